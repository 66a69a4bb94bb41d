"""Notifications: fallbacks for lines that are not supported or do not fit."""

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
from summarizer.errors import CannotFit, CannotSupport, NotTranslated
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
    (result,) = desk.blurb(ARTICLE, options or BlurbOptions(("en",))).blurbs
    return result


def test_supported_lines_are_written_once_with_their_evidence():
    result = blurb(newsroom(body=FIGURES))
    assert (result.wording.title, result.wording.body, result.method) == (TITLE, FIGURES, "written")
    (span,) = result.evidence
    assert ARTICLE[span.start : span.end] == FIGURES


def test_an_unsupported_body_is_replaced_by_a_sentence_of_the_article():
    result = blurb(newsroom(body=INVENTED))
    assert result.wording.body in {LEAD, FIGURES, LIBYA}
    assert result.method == "extracted"


def test_a_body_ends_with_its_first_sentence():
    endless = f"{FIGURES} And so it went on " + "and on " * 200
    result = blurb(newsroom(body=endless))
    assert (result.wording.body, result.method) == (FIGURES, "written")


def test_a_copied_body_is_self_contained():
    desk = Desk(pool(FakeEngine(answer=newsroom(body=INVENTED), window=2048)), ModelSettings(model="test/desk"))
    text = f'"We have been sitting here for nine hours now," she said.\n\nRome wants to know.\n\n{ARTICLE}'
    (result,) = desk.blurb(text, BlurbOptions(("en",))).blurbs
    assert result.wording.body in {LEAD, FIGURES, LIBYA}


def test_an_unsupported_title_is_never_used():
    result = blurb(newsroom(title="Group loses 75 percent"), BlurbOptions(("en",), title_max=120))
    assert "75" not in result.wording.title
    assert result.method == "extracted"


def test_several_sentences_are_not_a_title():
    answer = newsroom(title="Group loses 75 percent", body=f"{FIGURES} {LIBYA}")
    assert "Libya" not in blurb(answer, BlurbOptions(("en",), title_max=500)).wording.title


def test_refuse_names_the_findings():
    with pytest.raises(CannotSupport, match="75"):
        blurb(newsroom(body=INVENTED), BlurbOptions(("en",), strictness="refuse"))


def test_a_translation_that_changes_a_number_is_not_used():
    def answer(prompt: Prompt) -> str:
        text = newsroom(body=FIGURES)(prompt)
        return text.replace("40", "14") if "40 %" in text else text

    result = blurb(answer, BlurbOptions(("fr",)))
    assert "14" not in result.wording.body


def test_alternatives_are_distinct():
    result = blurb(newsroom(), BlurbOptions(("en",), alternatives=5))
    lines = [result.wording, *result.alternatives]
    assert len({line.title for line in lines}) == len({line.body for line in lines}) == len(lines)


LINES = st.one_of(
    st.text(max_size=120),
    st.builds(
        "The group has lost {} percent of its territory{}".format, st.integers(0, 99), st.sampled_from(["", ".", "…"])
    ),
)


@settings(max_examples=50, deadline=None)
@given(LINES, LINES, st.sampled_from(["report", "repair"]), st.sampled_from(["en", "fr"]), st.integers(0, 1500))
def test_no_notification_has_an_unsupported_number_or_is_too_large(
    title: str, body: str, strictness: Strictness, language: str, link: int
):
    options = BlurbOptions((language,), topic="news", link="https://x.org/" + "a" * link, strictness=strictness)
    try:
        result = blurb(newsroom(title, body), options)
    except (CannotFit, CannotSupport, NotTranslated):
        return
    supported = {fact.value for fact in facts(ARTICLE, "en") if fact.kind == "number"}
    stated = facts(f"{result.wording.title}\n{result.wording.body}", language)
    assert {fact.value for fact in stated if fact.kind == "number"} <= supported
    assert encoded_size(payloads(result.wording, options)["fcm"]) <= PAYLOAD_BYTES["fcm_topic"]


def test_only_the_best_lines_that_will_fit_are_translated():
    headlines = iter(["The allies vow to step up their fight against the group", "Allies meet", TITLE])
    bodies = iter([FIGURES, LEAD])
    translated: list[str] = []

    def answer(prompt: Prompt) -> str:
        task = "".join(piece.text for piece in prompt.pieces if isinstance(piece, Markup))
        if "TRANSLATE" in task:
            translated.append(echo(prompt))
            return FRENCH.get(translated[-1], "Réunion des alliés")
        return next(headlines) if "HEADLINE" in task else next(bodies)

    result = blurb(answer, BlurbOptions(("fr",)))
    assert translated == ["Allies meet", FIGURES]
    assert (result.wording.title, result.wording.body) == ("Réunion des alliés", FRENCH[FIGURES])


def test_other_lines_are_translated_if_the_best_do_not_fit():
    bodies = iter([FIGURES, LEAD])

    def answer(prompt: Prompt) -> str:
        text = newsroom(body="")(prompt) or next(bodies)
        return text * 3 if text == FRENCH[FIGURES] else text

    result = blurb(answer, BlurbOptions(("fr",)))
    assert result.wording.body == FRENCH[LEAD]


def test_a_line_that_is_too_long_is_cut_before_translation():
    translated: list[str] = []

    def answer(prompt: Prompt) -> str:
        if "TRANSLATE" in "".join(piece.text for piece in prompt.pieces if isinstance(piece, Markup)):
            translated.append(echo(prompt))
        return newsroom(f"{TITLE}, ministers told reporters in Rome after they had met on Tuesday")(prompt)

    blurb(answer, BlurbOptions(("fr",)))
    assert translated == [TITLE, LEAD]


def test_no_copied_sentence_has_part_of_a_quotation():
    desk = Desk(pool(FakeEngine(answer=newsroom(body=INVENTED), window=2048)), ModelSettings(model="test/desk"))
    half = 'The envoy was called to the ministry to be told so", the ministry has announced.'
    (result,) = desk.blurb(f"{LEAD}\n\n{half}\n\n{FIGURES}", BlurbOptions(("en",))).blurbs
    assert result.wording.body in {LEAD, FIGURES}
