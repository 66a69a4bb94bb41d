"""What becomes of a notification whose lines do not hold or do not fit."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.engines.fake import FakeEngine, echo
from models.protocol import Markup, Prompt
from models.settings import ModelSettings
from summarizer.checking.facts import facts
from summarizer.desk import Desk
from summarizer.editions import Blurb
from summarizer.errors import CannotFit, CannotSupport
from summarizer.options import PAYLOAD_BYTES, BlurbOptions, Strictness
from summarizer.payloads import encoded_size, payloads
from tests.desk import ARTICLE, FIGURES, FRENCH, LEAD, LIBYA, pool

TITLE = "Allies vow to step up fight"
INVENTED = "The group has lost 75 percent of its men."


def newsroom(title: str = TITLE, body: str = LEAD) -> Callable[[Prompt], str]:
    def answer(prompt: Prompt) -> str:
        task = "".join(piece.text for piece in prompt.pieces if isinstance(piece, Markup))
        if "TRANSLATE" in task:
            return FRENCH.get(echo(prompt), echo(prompt))
        return title if "HEADLINE" in task else body

    return answer


def blurb(answer: Callable[[Prompt], str], options: BlurbOptions | None = None) -> Blurb:
    desk = Desk(pool(FakeEngine(answer=answer, window=2048)), ModelSettings(model="test/desk"))
    (made,) = desk.blurb(ARTICLE, options or BlurbOptions(("en",))).blurbs
    return made


def test_what_holds_is_written_once_with_its_evidence():
    made = blurb(newsroom(body=FIGURES))
    assert (made.wording.title, made.wording.body, made.method) == (TITLE, FIGURES, "written")
    (span,) = made.evidence
    assert ARTICLE[span.start : span.end] == FIGURES


def test_a_body_that_does_not_hold_gives_way_to_the_articles_own():
    made = blurb(newsroom(body=INVENTED))
    assert made.wording.body in {LEAD, FIGURES, LIBYA}
    assert made.method == "extracted"


def test_a_body_ends_with_its_first_sentence():
    endless = f"{FIGURES} And so it went on " + "and on " * 200
    made = blurb(newsroom(body=endless))
    assert (made.wording.body, made.method) == (FIGURES, "written")


def test_of_the_articles_own_a_body_says_something_by_itself():
    desk = Desk(pool(FakeEngine(answer=newsroom(body=INVENTED), window=2048)), ModelSettings(model="test/desk"))
    begun = f'"We have been sitting here for nine hours now," she said.\n\nRome wants to know.\n\n{ARTICLE}'
    (made,) = desk.blurb(begun, BlurbOptions(("en",))).blurbs
    assert made.wording.body in {LEAD, FIGURES, LIBYA}


def test_a_title_that_does_not_hold_is_never_sent():
    made = blurb(newsroom(title="Group loses 75 percent"), BlurbOptions(("en",), title_max=120))
    assert "75" not in made.wording.title
    assert made.method == "extracted"


def test_what_has_several_sentences_is_no_title():
    answer = newsroom(title="Group loses 75 percent", body=f"{FIGURES} {LIBYA}")
    assert "Libya" not in blurb(answer, BlurbOptions(("en",), title_max=500)).wording.title


def test_refuse_names_what_did_not_hold():
    with pytest.raises(CannotSupport, match="75"):
        blurb(newsroom(body=INVENTED), BlurbOptions(("en",), strictness="refuse"))


def test_a_translation_that_changes_a_number_is_not_sent():
    def answer(prompt: Prompt) -> str:
        said = newsroom(body=FIGURES)(prompt)
        return said.replace("40", "14") if "40 %" in said else said

    made = blurb(answer, BlurbOptions(("fr",)))
    assert "14" not in made.wording.body


def test_alternatives_are_really_different():
    made = blurb(newsroom(), BlurbOptions(("en",), alternatives=5))
    lines = [made.wording, *made.alternatives]
    assert len({line.title for line in lines}) == len({line.body for line in lines}) == len(lines)


LINES = st.one_of(
    st.text(max_size=120),
    st.builds(
        "The group has lost {} percent of its territory{}".format, st.integers(0, 99), st.sampled_from(["", ".", "…"])
    ),
)


@settings(max_examples=50, deadline=None)
@given(LINES, LINES, st.sampled_from(["report", "repair"]), st.sampled_from(["en", "fr"]), st.integers(0, 1500))
def test_no_notification_holds_a_number_that_its_article_does_not_or_is_too_big_to_send(
    title: str, body: str, strictness: Strictness, language: str, link: int
):
    options = BlurbOptions((language,), topic="news", link="https://x.org/" + "a" * link, strictness=strictness)
    try:
        made = blurb(newsroom(title, body), options)
    except (CannotFit, CannotSupport):
        return
    held = {fact.value for fact in facts(ARTICLE, "en") if fact.kind == "number"}
    said = facts(f"{made.wording.title}\n{made.wording.body}", language)
    assert {fact.value for fact in said if fact.kind == "number"} <= held
    assert encoded_size(payloads(made.wording, options)["fcm"]) <= PAYLOAD_BYTES["fcm_topic"]


def test_of_several_lines_only_the_best_that_will_fit_are_translated():
    headlines = iter(["The allies vow to step up their fight against the group", "Allies meet", TITLE])
    bodies = iter([FIGURES, LEAD])
    translated: list[str] = []

    def answer(prompt: Prompt) -> str:
        task = "".join(piece.text for piece in prompt.pieces if isinstance(piece, Markup))
        if "TRANSLATE" in task:
            translated.append(echo(prompt))
            return FRENCH.get(translated[-1], "Réunion des alliés")
        return next(headlines) if "HEADLINE" in task else next(bodies)

    made = blurb(answer, BlurbOptions(("fr",)))
    assert translated == ["Allies meet", FIGURES]
    assert (made.wording.title, made.wording.body) == ("Réunion des alliés", FRENCH[FIGURES])


def test_where_the_best_lines_do_not_fit_in_translation_the_others_are_tried():
    bodies = iter([FIGURES, LEAD])

    def answer(prompt: Prompt) -> str:
        said = newsroom(body="")(prompt) or next(bodies)
        return said * 3 if said == FRENCH[FIGURES] else said

    made = blurb(answer, BlurbOptions(("fr",)))
    assert made.wording.body == FRENCH[LEAD]


def test_what_is_too_long_is_cut_before_it_is_translated():
    asked: list[str] = []

    def answer(prompt: Prompt) -> str:
        if "TRANSLATE" in "".join(piece.text for piece in prompt.pieces if isinstance(piece, Markup)):
            asked.append(echo(prompt))
        return newsroom(f"{TITLE}, ministers told reporters in Rome after they had met on Tuesday")(prompt)

    blurb(answer, BlurbOptions(("fr",)))
    assert asked == [TITLE, LEAD]


def test_of_the_articles_own_none_has_half_a_quotation():
    desk = Desk(pool(FakeEngine(answer=newsroom(body=INVENTED), window=2048)), ModelSettings(model="test/desk"))
    half = 'The envoy was called to the ministry to be told so", the ministry has announced.'
    (made,) = desk.blurb(f"{LEAD}\n\n{half}\n\n{FIGURES}", BlurbOptions(("en",))).blurbs
    assert made.wording.body in {LEAD, FIGURES}
