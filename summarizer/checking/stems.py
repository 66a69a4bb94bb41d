"""The words of a text without their endings, by which one sentence's are found again in another."""

from collections.abc import Iterator

import regex

from summarizer.checking.facts.sound import folded
from summarizer.checking.facts.tables import is_known_spaced

LENGTH = 5
"""Letters that tell a word from others, endings aside."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+")
_LETTER = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{M}\p{Nd}]+", regex.VERSION1)


def tokens(text: str, language: str) -> Iterator[regex.Match[str]]:
    """The words of a text, or its letters where words are not spaced."""
    yield from (_WORD if is_known_spaced(language) else _LETTER).finditer(text)


def stem(word: str) -> str:
    """The first letters of a word in plain ones."""
    return (folded(word) or word)[:LENGTH]


def stems(text: str, language: str) -> set[str]:
    """The stems of a text."""
    return {stem(match.group()) for match in tokens(text, language)}
