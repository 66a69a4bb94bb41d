"""Locating a phrase in a translation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.translating.alignment import MATCH, locate, nearest_gap, proportional_span


@pytest.mark.parametrize(
    ("phrases", "text", "near", "words"),
    [
        (["Union européenne"], "Le vote de l'Union européenne aura lieu lundi.", 0.3, "Union européenne"),
        (["ici"], "Cliquez ici pour lire.", 0.3, "ici"),
        (["premier ministre"], "Personne n'avait prévenu le Premier ministre.", 0.9, "Premier ministre"),
        (["气候变化"], "阅读更多关于气候变化和巴黎协定的内容。", 0.4, "气候变化"),
        (["London"], "Officials in Paris and London.", 0.9, "London"),
    ],
)
def test_the_most_similar_words_are_located(phrases: list[str], text: str, near: float, words: str):
    span, likeness = locate(phrases, text, near)
    assert text[span.start : span.end] == words
    assert likeness > MATCH


def test_of_two_matches_the_nearer_is_located():
    text = "le maire et le maire"
    assert locate(["maire"], text, 0.1)[0].start == 3
    assert locate(["maire"], text, 0.9)[0].start == 15


@given(st.lists(st.text(max_size=10), max_size=3), st.text(max_size=60), st.floats(0, 1), st.floats(0, 1))
def test_spans_are_within_the_text(phrases: list[str], text: str, start: float, end: float):
    for span in (locate(phrases, text, start)[0], proportional_span(text, start, max(start, end))):
        assert 0 <= span.start <= span.end <= len(text)
    assert 0 <= nearest_gap(text, start) <= len(text)
