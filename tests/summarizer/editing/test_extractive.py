"""Texts that are only copied, and sentences without evidence."""

from collections.abc import Callable

import pytest

from models.engines.fake import FakeEngine
from models.protocol import Markup, Prompt
from models.settings import ModelSettings
from summarizer.checking.measure import words
from summarizer.desk import Desk
from summarizer.editing.extractive import is_prose
from summarizer.editing.judge import Judge
from summarizer.editing.story import Story
from summarizer.options import BlurbOptions, SummaryOptions
from summarizer.reading import read
from tests.desk import ARTICLE, FIGURES, LEAD, pool

SEATS = "Results of the vote\n\nParty\tSeats\nGreens\t12\nLiberals\t7\nLabour\t19\n\nThe council meets on 3 May."
PACKING = "Packing list\n\n- Tent\n- Sleeping bag\n- Stove and gas\n- Two litres of water\n- First-aid kit\n- Rope"
PROGRAMME = "Programme\n\n19:00 Doors open\n19:30 Welcome\n20:00 Concert of the city orchestra\n22:00 Reception"
INVENTED = "The Greens, with their many seats, have won the council election, securing a majority."


def writes(text: str, title: str = "Greens win council election") -> Callable[[Prompt], str]:
    def answer(prompt: Prompt) -> str:
        task = "".join(piece.text for piece in prompt.pieces if isinstance(piece, Markup))
        return title if "HEADLINE" in task else text

    return answer


def desk(text: str) -> Desk:
    return Desk(pool(FakeEngine(answer=writes(text), window=2048)), ModelSettings(model="test/desk"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SEATS, "The council meets on 3 May."),
        ("weather is fine", "weather is fine"),
        ("The airline has identified a pilot customer.", "The airline has identified a pilot customer."),
    ],
)
def test_a_text_that_is_not_prose_is_copied(text: str, expected: str):
    result = desk(INVENTED).summarise(text, SummaryOptions("en"))
    assert result.text == expected
    assert {sentence.method for sentence in result.sentences} == {"extracted"}
    assert "extracted" in [warning.kind for warning in result.warnings]


@pytest.mark.parametrize("text", [SEATS, PACKING, PROGRAMME, "weather is fine"])
@pytest.mark.parametrize("style", ["paragraph", "headline"])
def test_every_word_about_a_table_or_a_list_is_copied(text: str, style: str):
    options = SummaryOptions("en", style=style)  # type: ignore[arg-type]
    result = desk("A group of travellers embarks on a six-month journey.").summarise(text, options)
    for sentence in result.sentences:
        assert sentence.text.rstrip(".") in " ".join(text.split())
    assert words(result.text, "en") <= words(text, "en")


def test_a_notification_about_a_table_is_copied():
    (result,) = desk(INVENTED).blurb(SEATS, BlurbOptions(("en",))).blurbs
    assert "Greens" not in f"{result.wording.title} {result.wording.body}"
    assert result.method == "extracted"


@pytest.mark.parametrize(
    "invented",
    [
        "A news agency has identified a potential customer for its pilot project.",
        "The weather is fine, and the sun is shining brightly.",
    ],
)
def test_a_sentence_without_evidence_is_replaced(invented: str):
    result = desk(invented).summarise(ARTICLE, SummaryOptions("en"))
    assert invented not in result.text
    assert all(sentence.evidence and sentence.support > 0 for sentence in result.sentences)


def test_a_sentence_without_evidence_is_rejected_unless_findings_are_only_reported():
    story, text = Story.of(read(text=ARTICLE)), "The weather is fine, and the sun is shining brightly."
    assert Judge(story, "repair").sentence(text).standing == "rejected"
    assert Judge(story, "report").sentence(text).standing == "accepted"
    assert Judge(story, "repair").sentence(FIGURES).standing == "accepted"


def test_a_summary_is_not_longer_than_its_article():
    text = f"{LEAD} {FIGURES}"
    longer = f"{LEAD} {FIGURES} {' '.join(reversed(LEAD.split()))}."
    result = desk(longer).summarise(text, SummaryOptions("en", length="long"))
    assert words(result.text, "en") <= words(text, "en")


@pytest.mark.parametrize(("text", "expected"), [(ARTICLE, True), (SEATS, False), (PACKING, False), (PROGRAMME, False)])
def test_prose_is_distinguished_from_tables_and_lists(text: str, expected: bool):  # noqa: FBT001
    assert is_prose(read(text=text, source_language="en")) is expected
