"""Words of pages round their articles, from data/phrases.toml, and ways to find them in a line."""

import tomllib
from functools import cache
from pathlib import Path

import regex

TABLE = Path(__file__).parent / "data" / "phrases.toml"

_CORE = regex.compile(r"[\W\d_]*+(.*[^\W\d_])?", regex.DOTALL)


def normalized(line: str) -> str:
    """A line as the word lists spell it: small letters, without digits and punctuation at its ends."""
    return str(_CORE.match(line.casefold())[1] or "")


@cache
def phrases(key: str) -> frozenset[str]:
    """The phrases of one list of the table, as `bare` spells them."""
    return frozenset(map(normalized, tomllib.loads(TABLE.read_text("utf-8"))[key]))


@cache
def word_pattern(key: str) -> regex.Pattern[str]:
    """Finds a word of the list anywhere."""
    words = "|".join(map(regex.escape, phrases(key)))
    return regex.compile(rf"\b(?:{words})\b|(?:サイト|사이트|网站|網站|เว็บไซต์)")


def opening_phrase(key: str, words: str) -> regex.Match[str] | None:
    """The phrase that the words begin with; two letters rule most lines out at once."""
    return _starting(key).match(words) if words[:2] in _beginnings(key) else None


@cache
def _beginnings(key: str) -> frozenset[str]:
    return frozenset(phrase[:2] for phrase in phrases(key))


@cache
def _starting(key: str) -> regex.Pattern[str]:
    words = "|".join(map(regex.escape, sorted(phrases(key), key=len, reverse=True)))
    return regex.compile(rf"(?:{words})(?!\w)")
