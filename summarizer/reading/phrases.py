"""Phrases of web page interfaces (data/phrases.toml), and functions to find them in a line."""

import tomllib
from functools import cache
from pathlib import Path

import regex

TABLE = Path(__file__).parent / "data" / "phrases.toml"

_CORE = regex.compile(r"[\W\d_]*+(.*[^\W\d_])?", regex.DOTALL)


def normalized(line: str) -> str:
    """Returns a line as the lists spell it: case-folded, without leading and trailing digits and punctuation."""
    return str(_CORE.match(line.casefold())[1] or "")


@cache
def phrases(key: str) -> frozenset[str]:
    """Returns the normalized phrases of one list of the table."""
    return frozenset(map(normalized, tomllib.loads(TABLE.read_text("utf-8"))[key]))


@cache
def word_pattern(key: str) -> regex.Pattern[str]:
    """Returns a pattern that finds any word of the list, or "website" in languages without spaces."""
    words = "|".join(map(regex.escape, phrases(key)))
    return regex.compile(rf"\b(?:{words})\b|(?:サイト|사이트|网站|網站|เว็บไซต์)")


def opening_phrase(key: str, words: str) -> regex.Match[str] | None:
    """Returns the phrase of the list that a normalized line starts with, or None."""
    return _phrase_pattern(key).match(words) if words[:2] in _prefixes(key) else None  # the prefix rules most lines out


@cache
def _prefixes(key: str) -> frozenset[str]:
    return frozenset(phrase[:2] for phrase in phrases(key))


@cache
def _phrase_pattern(key: str) -> regex.Pattern[str]:
    words = "|".join(map(regex.escape, sorted(phrases(key), key=len, reverse=True)))
    return regex.compile(rf"(?:{words})(?!\w)")
