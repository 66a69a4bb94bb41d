"""Phrases as one pattern."""

import regex
from hypothesis import given
from hypothesis import strategies as st

from summarizer.checking.facts.tree import alternation, escaped_characters

PHRASES = st.lists(st.text("abc. ", min_size=1, max_size=4), max_size=8)


def pattern(phrases: list[str]) -> regex.Pattern[str]:
    return regex.compile(alternation(map(escaped_characters, phrases)))


@given(PHRASES, st.text("abc. ", max_size=12))
def test_the_longest_phrase_is_found_wherever_one_stands(phrases: list[str], text: str) -> None:
    one_by_one = regex.compile("|".join(map(regex.escape, sorted(phrases, key=len, reverse=True))) or r"(?!)")
    assert [m.span() for m in pattern(phrases).finditer(text)] == [m.span() for m in one_by_one.finditer(text)]


def test_a_shorter_phrase_is_found_where_the_longer_does_not_end_as_it_must() -> None:
    found = regex.compile(rf"(?:{alternation(map(escaped_characters, ['New York', 'New', 'New Yor']))})(?!\p{{L}})")
    assert found.findall("New Yorkers, New Yor, New York") == ["New", "New Yor", "New York"]


def test_what_phrases_begin_with_is_read_once() -> None:
    assert alternation(map(escaped_characters, ["seven", "seventy"])).count("v") == 1
