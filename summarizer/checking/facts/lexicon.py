"""The number words of a language, from its table, and the patterns that find them."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

import regex

from summarizer.checking.facts.digits import DIGITS
from summarizer.checking.facts.tables import any_of, is_known_spaced, phrases, table
from summarizer.checking.facts.tree import alternation, escaped_characters
from summarizer.languages import primary

_HYPHEN = regex.compile(r"[-‐‑]")
_DOTS = str.maketrans({"ı": "i", "\u0307": None})

THOUSAND, MYRIAD = 1_000, 10_000
"""The multiplier that closes a group: a thousand, or ten thousand in scripts without spaces."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The number words of a language, and the patterns that find them and digits."""

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
    part: regex.Pattern[str]
    ordinals: frozenset[str]


@cache
def lexicon(language: str) -> Lexicon:
    """Returns the number words of a language; only digits if it has no table."""
    data: dict[str, Any] = table(language).get("numbers", {})
    small = _small(data)
    native = {word: Decimal(at) for at, word in enumerate(data.get("native", ()), 2)}
    multipliers = {
        lookup_key(word): Decimal(value)
        for value, cell in data.get("multipliers", {}).items()
        for word in phrases(cell)
    }
    forms = list(_forms(data))
    spaced = is_known_spaced(language) and primary(language) != "ko"
    unless = "|".join(map(regex.escape, phrases(data.get("unless", "")))) or "(?!)"
    pattern = f"(?P<digits>{DIGITS})|(?!{unless})" + (
        any_of(forms, language, name="word") if spaced else f"(?P<word>{alternation(map(escaped_characters, forms))})"
    )
    joiners = (
        "|".join(map(regex.escape, [*phrases(data.get("joiners", "")), *phrases(data.get("ones", ""))])) or r"(?!)"
    )
    return Lexicon(
        small | native,
        multipliers,
        frozenset(map(lookup_key, phrases(data.get("alone", "")))),
        frozenset([*map(lookup_key, phrases(data.get("uncounted", ""))), *_fractions(data)]),
        regex.compile(pattern, regex.IGNORECASE),
        regex.compile(rf"[\s\-‐‑]*(?:(?:{joiners})[\s\-‐‑]*)*" if spaced else r"\s?", regex.IGNORECASE),
        regex.compile(rf"(?<!\p{{L}})(?:{'|'.join(phrases(data.get('ones', ''))) or '(?!)'})\s$", regex.IGNORECASE),
        regex.compile(rf"\s?(?:{'|'.join(phrases(data.get('counters', ''))) or '(?!)'})"),
        frozenset(native),
        _compound(data, unless) if "compound" in data else None,
        THOUSAND if spaced else MYRIAD,
        bool(data.get("unit_first")),
        regex.compile(rf"\s(?:{'|'.join(phrases(data.get('part', ''))) or '(?!)'})(?!\p{{L}})"),
        frozenset(lookup_key(word) for cell in data.get("ordinals", ()) for word in phrases(cell)),
    )


@lru_cache(maxsize=100_000)
def lookup_key(word: str) -> str:
    """Returns the lookup key of a word, the same for all spellings that its pattern matches: `İKİ`, `iki`."""
    return " ".join(_HYPHEN.sub(" ", word.casefold()).translate(_DOTS).split())


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
    return {lookup_key(word): Decimal(value) for value, cell in cells for word in phrases(cell)} | _fractions(data)


def _forms(data: dict[str, Any]) -> Iterator[str]:
    """All number words of the table as written."""
    for row in ("small", "tens", "hundreds", "ordinals", "native"):
        yield from (word for cell in data.get(row, ()) for word in phrases(cell))
    for row in ("others", "multipliers", "fractions"):
        yield from (word for cell in data.get(row, {}).values() for word in phrases(cell))
    if teen := data.get("teen"):
        yield from (f"{cell} {teen}" for cell in data["small"][:10])


def _fractions(data: dict[str, Any]) -> dict[str, Decimal]:
    return {
        lookup_key(word): Decimal(value) for value, cell in data.get("fractions", {}).items() for word in phrases(cell)
    }


def _compound(data: dict[str, Any], unless: str) -> regex.Pattern[str]:
    """Words composed of several number words, or of a number and the counted noun: `zweihundert`, `zweistündig`."""
    parts = sorted([*_forms(data), *phrases(data.get("joiners", ""))], key=len, reverse=True)
    body = alternation(escaped_characters(part) for part in parts if " " not in part)
    endings = "|".join(map(regex.escape, phrases(data["compound"]))) or "(?!)"
    pattern = rf"(?P<part>{body}){{2,}}(?!\p{{L}})|(?P<part>{body})+(?:{endings})\p{{L}}*"
    return regex.compile(rf"(?<!\p{{L}})(?!{unless})(?:{pattern})", regex.IGNORECASE)
