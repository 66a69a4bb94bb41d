"""Stems words by truncation, so that sentences can be compared despite different endings."""

from collections.abc import Iterator

import regex

from summarizer.checking.facts.sound import folded
from summarizer.checking.facts.tables import is_known_spaced

LENGTH = 5
"""Letters of a stem."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+")
_LETTER = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{M}\p{Nd}]+", regex.VERSION1)


def tokens(text: str, language: str) -> Iterator[regex.Match[str]]:
    """Yields the words of a text, or its letters in scripts without spaces."""
    yield from (_WORD if is_known_spaced(language) else _LETTER).finditer(text)


def stem(word: str) -> str:
    """Returns the first letters of a folded word."""
    return (folded(word) or word)[:LENGTH]


def stems(text: str, language: str) -> set[str]:
    """Returns the stems of the words of a text."""
    return {stem(match.group()) for match in tokens(text, language)}
