"""The choice of a notification's title and body."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.checking.findings import CheckedSentence
from summarizer.checking.measure import graphemes, is_complete
from summarizer.checking.overlap import overlap
from summarizer.editing.judge import Judge, Verdict
from summarizer.editing.story import Story
from summarizer.editing.wording import MAX_OVERLAP, CandidateLine, CandidateLines, choose_wordings
from summarizer.editions import Method, Wording
from summarizer.errors import CannotFit
from summarizer.options import BlurbOptions
from summarizer.payloads import sms_text
from summarizer.reading import read
from summarizer.sms import segments


class Lenient(Judge):
    """Accepts every line: what an article supports is tested elsewhere."""

    def sentence(self, text: str) -> Verdict:
        return Verdict(CheckedSentence(text, 1.0, (), ()), "accepted")

    title = sentence


LENIENT = Lenient(Story.of(read(text="The city opened its new tram line on Monday.")), "repair")

LONG = "The city opened its new tram line on Monday, with six months of delay, and shopkeepers asked for compensation."


def line(text: str, method: Method = "written", *, copies_opening: bool = False) -> CandidateLine:
    return CandidateLine(text, CheckedSentence(text, 1.0, (), ()), method, copies_opening=copies_opening)


def offer(titles: list[str], bodies: list[str]) -> CandidateLines:
    return CandidateLines(tuple(map(line, titles)), tuple(map(line, bodies)))


def options(title_max: int, body_max: int, alternatives: int = 1, **more: object) -> BlurbOptions:
    return BlurbOptions(("en",), "custom", title_max, body_max, alternatives, **more)  # type: ignore[arg-type]


def first(lines: CandidateLines, options: BlurbOptions, language: str = "en", *, shorten: bool = False) -> Wording:
    return choose_wordings(lines, options, language, LENIENT, shorten=shorten)[0].wording


def test_a_cut_that_the_article_does_not_support_is_not_used():
    judge = Judge(Story.of(read(text=LONG.replace("Monday", "Tuesday"))), "repair")
    with pytest.raises(CannotFit):
        choose_wordings(offer(["Tram opens"], [LONG]), options(20, 60), "en", judge, shorten=True)
    choose_wordings(
        offer(["Tram opens"], [LONG.replace("Monday", "Tuesday")]), options(20, 60), "en", judge, shorten=True
    )


def test_the_first_lines_that_fit_are_chosen():
    lines = offer(["A title that is far too long", "Short title"], ["A body that says much more.", "A body."])
    assert first(lines, options(12, 10)) == Wording("Short title", "A body.")


def test_a_line_is_cut_at_a_clause_if_none_fits():
    assert first(offer(["Tram opens"], [LONG]), options(20, 60), shorten=True).body == (
        "The city opened its new tram line on Monday."
    )
    with pytest.raises(CannotFit):
        choose_wordings(offer(["Tram opens"], [LONG]), options(20, 60), "en", LENIENT)


def test_a_title_may_be_cut_before_a_phrase_of_place_or_opposition():
    long = "Les alliés américains intensifient leur combat contre l'État islamique"
    chosen = first(offer([long], ["Ils l'ont dit à Rome."]), options(50, 100), "fr", shorten=True)
    assert chosen.title == "Les alliés américains intensifient leur combat"


def test_a_cut_at_a_clause_is_preferred_to_one_before_a_phrase():
    body = "Austria will make it a police station, after years of debate over how to prevent that in the town."
    cut = first(offer(["A new station"], [body]), options(20, 70), shorten=True).body
    assert cut == "Austria will make it a police station."


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ("Depuis quatre ans, le ministre prépare une réforme que personne ne connaît encore.", "fr"),
        ("So it is, the ministry has said to all who had asked for a word about the new line.", "en"),
        ("“So it will be for years, and no other way, and for all of us,” said the minister.", "en"),
    ],
)
def test_a_line_is_not_cut_to_a_beginning_that_says_little(body: str, language: str):
    with pytest.raises(CannotFit):
        choose_wordings(offer(["Tram"], [body]), options(20, 60), language, LENIENT, shorten=True)


def test_a_chinese_line_has_clauses():
    chosen = first(
        offer(["水库"], ["青石水库加固工程提前完工，下游八万居民从此不再担心洪水。"]),
        options(9, 20),
        "zh",
        shorten=True,
    )
    assert chosen.body == "青石水库加固工程提前完工。"


def test_a_body_does_not_repeat_its_title():
    lines = offer(["The tram opens"], ["The tram opens on Monday.", "Shopkeepers ask for money."])
    assert first(lines, options(40, 60)).body == "Shopkeepers ask for money."


def test_a_body_that_adds_to_the_title_is_preferred():
    lines = offer(["New tram line opens in Lyon"], ["Lyon opens a new tram line.", "Shopkeepers ask for money."])
    assert first(lines, options(40, 60)).body == "Shopkeepers ask for money."


def test_a_title_with_a_name_is_preferred():
    body = "An officer is said to have helped smugglers."
    for named in ("Miami officer Ralph Mata charged", "Complaint names 12 smugglers"):
        assert first(offer(["A criminal complaint unsealed", named], [body]), options(50, 100)).title == named
    only = offer(["A criminal complaint unsealed"], [body])
    assert first(only, options(50, 100)).title == "A criminal complaint unsealed"


def test_written_lines_are_preferred_to_copied_ones_and_to_copies_of_the_opening():
    bodies = (
        line("The harbour is closed.", "extracted"),
        line("Ships wait outside.", copies_opening=True),
        line("Winds keep rising."),
    )
    chosen = choose_wordings(CandidateLines((line("Storm at sea"),), bodies), options(40, 60, 3), "en", LENIENT)
    assert [choice.body.text for choice in chosen][:1] == ["Winds keep rising."]
    assert (
        choose_wordings(CandidateLines((line("Storm"),), bodies[:2]), options(40, 60), "en", LENIENT)[0].body.text
        == "Ships wait outside."
    )


def test_no_word_is_truncated_to_fit():
    lines = offer(["Unconstitutional proceedings"], ["Unconstitutional proceedings continue."])
    with pytest.raises(CannotFit, match="title of 10 and a body of 20") as error:
        choose_wordings(lines, options(10, 20), "en", LENIENT, shorten=True)
    assert "title_max" in error.value.hint


@pytest.mark.parametrize(
    ("language", "body", "closed"),
    [
        ("en", "Ships wait outside,", "Ships wait outside."),
        ("zh", "船只在港外等候", "船只在港外等候。"),
        ("hi", "जहाज बाहर रुके हैं", "जहाज बाहर रुके हैं।"),
        ("th", "เรือรออยู่ด้านนอก", "เรือรออยู่ด้านนอก"),
        ("en", "Who pays?”", "Who pays?”"),
    ],
)
def test_a_body_ends_with_the_full_stop_of_its_language(language: str, body: str, closed: str):
    assert first(offer(["x"], [body]), options(40, 60), language).body == closed


@pytest.mark.parametrize("body", ["1", "1.", "0..", "The points are: 2", " , "])
def test_a_body_that_a_full_stop_does_not_complete_is_not_used(body: str):
    with pytest.raises(CannotFit):
        choose_wordings(offer(["Storm"], [body]), options(40, 60), "en", LENIENT, shorten=True)
    assert first(offer(["Storm"], [body, "Winds rise."]), options(40, 60)).body == "Winds rise."


def test_a_line_that_ends_in_an_ellipsis_is_not_used():
    assert first(offer(["Storm"], ["Ships wait…", "Winds rise."]), options(40, 60)).body == "Winds rise."


def test_lines_have_no_markup_or_control_characters():
    lines = offer(["<b>Storm</b>\u202e at sea"], ["Winds\u0000 **rise**\nquickly."])
    assert first(lines, options(40, 60)) == Wording("Storm at sea", "Winds rise quickly.")


def test_the_error_for_a_long_link_names_the_service_and_its_limit():
    with pytest.raises(CannotFit, match="fcm accepts 2048 bytes") as error:
        choose_wordings(
            offer(["Storm"], ["Winds rise."]),
            options(40, 60, link="https://x.org/" + "a" * 1000, topic="n"),
            "en",
            LENIENT,
        )
    assert "link" in error.value.hint


def test_text_messages_are_counted_in_segments():
    limits = BlurbOptions(("ru",), "sms", segments=1)
    short, long = "Ветер усиливается.", "Ветер усиливается, и корабли ждут у входа в порт уже вторые сутки подряд."
    assert first(offer(["Шторм"], [long, short]), limits, "ru").body == short
    with pytest.raises(CannotFit, match="1 text messages"):
        choose_wordings(offer(["Шторм"], [long]), limits, "ru", LENIENT)


LINES = st.lists(st.text(min_size=1, max_size=80), max_size=4)


@given(LINES, LINES, st.tuples(st.integers(10, 40), st.integers(20, 80)), st.sampled_from(["en", "zh", "ar", "hi"]))
def test_chosen_wordings_fit_are_complete_and_distinct(
    titles: list[str], bodies: list[str], limits: tuple[int, int], language: str
):
    try:
        chosen = choose_wordings(offer(titles, bodies), options(*limits, 5), language, LENIENT, shorten=True)
    except CannotFit:
        return
    for choice in chosen:
        assert graphemes(choice.wording.title) <= limits[0]
        assert graphemes(choice.wording.body) <= limits[1]
        assert is_complete(choice.wording.body, language)
        assert not {*"\u202e\u2066\0\n\t"} & {*choice.wording.title, *choice.wording.body}
    for one, other in pairwise(chosen):
        assert overlap(one.wording.body, other.wording.body, language) < MAX_OVERLAP


@given(st.text(max_size=40), st.text(max_size=200))
def test_a_text_message_fits_its_segments(title: str, body: str):
    text = sms_text(Wording(title, body))
    count = segments(text)
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    assert count <= max(-(-units // 60), 1)
    assert count >= units / 160
