"""Trie patterns of phrases."""

import regex
from hypothesis import given
from hypothesis import strategies as st

from summarizer.checking.facts.tree import alternation, escaped_characters

PHRASES = st.lists(st.text("abc. ", min_size=1, max_size=4), max_size=8)


def pattern(phrases: list[str]) -> regex.Pattern[str]:
    return regex.compile(alternation(map(escaped_characters, phrases)))


@given(PHRASES, st.text("abc. ", max_size=12))
def test_the_longest_alternative_matches(phrases: list[str], text: str) -> None:
    one_by_one = regex.compile("|".join(map(regex.escape, sorted(phrases, key=len, reverse=True))) or r"(?!)")
    assert [m.span() for m in pattern(phrases).finditer(text)] == [m.span() for m in one_by_one.finditer(text)]


def test_a_shorter_alternative_matches_if_the_longer_fails() -> None:
    compiled = regex.compile(rf"(?:{alternation(map(escaped_characters, ['New York', 'New', 'New Yor']))})(?!\p{{L}})")
    assert compiled.findall("New Yorkers, New Yor, New York") == ["New", "New Yor", "New York"]


def test_common_prefixes_are_shared() -> None:
    assert alternation(map(escaped_characters, ["seven", "seventy"])).count("v") == 1
