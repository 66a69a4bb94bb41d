"""A language's words for numbers, from its table, and the patterns that find them."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import regex

from summarizer.checking.facts.digits import DIGITS
from summarizer.checking.facts.tables import is_known_spaced, one_of, table, words
from summarizer.languages import primary

THOUSAND, MYRIAD = 1_000, 10_000
"""The multiplier that closes a group: a thousand, or ten thousand where words are not spaced."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A language's words for numbers, and the pattern that finds them and digits."""

    small: dict[str, Decimal]
    multipliers: dict[str, Decimal]
    alone: frozenset[str]
    uncounted: frozenset[str]
    pattern: regex.Pattern[str]
    gap: regex.Pattern[str]
    ones: regex.Pattern[str]
    counters: regex.Pattern[str]
    native: frozenset[str]
    compound: regex.Pattern[str] | None
    closing: int
    is_unit_first: bool


@cache
def lexicon(language: str) -> Lexicon:
    """The words of a language's table; without one, digits alone."""
    data: dict[str, Any] = table(language).get("numbers", {})
    small = _small(data)
    native = {word: Decimal(at) for at, word in enumerate(data.get("native", ()), 2)}
    multipliers = {
        key(word): Decimal(value) for value, cell in data.get("multipliers", {}).items() for word in words(cell)
    }
    spelled = [*small, *multipliers, *native]
    spaced = is_known_spaced(language) and primary(language) != "ko"
    pattern = f"(?P<digits>{DIGITS})|" + (
        one_of(spelled, language, name="word")
        if spaced
        else f"(?P<word>{'|'.join(map(regex.escape, spelled)) or '(?!)'})"
    )
    joiners = "|".join(map(regex.escape, [*words(data.get("joiners", "")), *words(data.get("ones", ""))])) or r"(?!)"
    return Lexicon(
        small | native,
        multipliers,
        frozenset(words(data.get("alone", ""))),
        frozenset([*words(data.get("uncounted", "")), *_fractions(data)]),
        regex.compile(pattern, regex.IGNORECASE),
        regex.compile(rf"[\s\-‐‑]*(?:(?:{joiners})[\s\-‐‑]*)*" if spaced else r"\s?", regex.IGNORECASE),
        regex.compile(rf"(?<!\p{{L}})(?:{'|'.join(words(data.get('ones', ''))) or '(?!)'})\s$", regex.IGNORECASE),
        regex.compile(rf"\s?(?:{'|'.join(words(data.get('counters', ''))) or '(?!)'})"),
        frozenset(native),
        _compound([*small, *multipliers, *words(data.get("joiners", ""))]) if data.get("compound") else None,
        THOUSAND if spaced else MYRIAD,
        bool(data.get("unit_first")),
    )


def key(word: str) -> str:
    """How a word is looked up."""
    return " ".join(word.lower().replace("-", " ").replace("‐", " ").replace("‑", " ").split())


def _small(data: dict[str, Any]) -> dict[str, Decimal]:
    cells = [
        *enumerate(data.get("small", ())),
        *((10 * at, cell) for at, cell in enumerate(data.get("tens", ()), 2)),
        *((100 * at, cell) for at, cell in enumerate(data.get("hundreds", ()), 1)),
        *((int(value), cell) for value, cell in data.get("others", {}).items()),
        *((at, cell) for at, cell in enumerate(data.get("ordinals", ()), 3)),
    ]
    if teen := data.get("teen"):
        cells += [(10 + at, f"{cell} {teen}") for at, cell in enumerate(data["small"][:10])]
    found = {key(word): Decimal(value) for value, cell in cells for word in words(cell)}
    return found | _fractions(data)


def _fractions(data: dict[str, Any]) -> dict[str, Decimal]:
    return {key(word): Decimal(value) for value, cell in data.get("fractions", {}).items() for word in words(cell)}


def _compound(parts: list[str]) -> regex.Pattern[str]:
    """Whole words that are several number words in one: `zweihundertfünfzig`."""
    body = "|".join(regex.escape(part) for part in sorted(parts, key=len, reverse=True) if " " not in part)
    return regex.compile(rf"(?<!\p{{L}})(?P<part>{body}){{2,}}(?!\p{{L}})", regex.IGNORECASE)
