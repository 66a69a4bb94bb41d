"""A model's answer without what it puts round it."""

import pytest

from summarizer.writing.tidy import tidy, unquoted


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("Here is the summary: It rained.", "It rained."),
        ("Sure! Here's what happened", "Sure! Here's what happened"),
        ("**Headline:** Rain falls", "Headline: Rain falls"),
        ("Headline: Rain falls", "Rain falls"),
        ('"Rain falls"', "Rain falls"),
        ("« La pluie tombe »", "La pluie tombe"),
        ("“Rain,” he said, “falls.”", "“Rain,” he said, “falls.”"),
        ("- one\n- two", "one two"),
        ("  It rained.\n\nIt poured. ", "It rained. It poured."),
        ("", ""),
    ],
)
def test_tidy(answer: str, text: str):
    assert tidy(answer) == text


def test_a_quotation_inside_stays():
    assert unquoted('He said "no"') == 'He said "no"'
