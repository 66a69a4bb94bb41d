"""Finds the units of numbers: percent, currencies, and CLDR's units of measurement, in each language."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import product

import regex
from babel import Locale, UnknownLocaleError
from babel.units import format_unit

from summarizer.checking.facts.tables import any_of, is_known_spaced, phrases, table

COUNTS: tuple[int | Decimal, ...] = (1, 2, 5, Decimal("1.5"))
"""Numbers that together cover every plural category of CLDR."""

_DIGITS = regex.compile(r"[\p{Nd}.,٫]+")
_LETTER = regex.compile(r"[\p{L}\p{M}]")  # Hindi words may end in a vowel sign
_LINK = r"(?:(?<=\p{L})\.)?(?:[\s\-‐‑]|(?<=\s)(?:de\s|d['’]|di\s))*"


TIMES = frozenset({"second", "minute", "hour", "day", "week", "month"})
"""Units that are never omitted: "five" does not match "five hours". Years may be omitted, as in ages."""

PARTS = frozenset({"date", "score"})
"""Pseudo-units of numbers that are part of a date or a score and match only numbers without a unit."""


def are_compatible(claimed: str, actual: str, *, same_language: bool = False) -> bool:
    """Returns whether a number claimed with one unit can be the same as a number with another.

    A claim may omit any unit except percent. A claim must not add a unit; between different languages it may, since
    the unit may have gone unrecognized.
    """
    if claimed == actual or (not claimed and actual != "%"):
        return True
    if not actual:
        return claimed != "%" and not (same_language and (claimed in TIMES or claimed in _currencies()))
    if not claimed or actual in PARTS:
        return False
    families = table("units")["families"]
    return actual in families.get(claimed, ()) or claimed in families.get(actual, ())


@cache
def _currencies() -> frozenset[str]:
    return frozenset(table("units")["signs"].keys() | {"pound", "franc", "peso", "riyal", "dinar", "dirham"}) - {
        "celsius",
        "fahrenheit",
    }


def unit_after(text: str, at: int, language: str) -> tuple[str, int] | None:
    """Returns the unit after a number that ends at `at`, and the end of the unit; None if there is no unit."""
    match = _after(language).match(text, at)
    return (_codes(language).get(_key(match["unit"]), ""), match.end()) if match else None


def unit_before(text: str, at: int, language: str) -> tuple[str, int] | None:
    """Returns the unit before a number that starts at `at`, and the start of the unit; None if there is no unit."""
    match = _before(language).search(text, max(0, at - 20), at)
    return (_codes(language).get(_key(match["unit"]), ""), match.start("unit")) if match else None


@cache
def _codes(language: str) -> dict[str, str]:
    """Units by their names; the table of the language takes precedence over CLDR."""
    own = table(language)
    cells = {"%": own.get("numbers", {}).get("percent", "") + "|" + own.get("numbers", {}).get("percent_before", "")}
    codes = {_key(word): code for code, word in _cldr(language)}
    for rows in (table("units")["signs"], own.get("units", {}), cells):
        codes |= {_key(word): code for code, cell in rows.items() for word in phrases(cell)}
    return codes


def _key(word: str) -> str:
    return " ".join(word.replace("-", " ").casefold().split())


def _cldr(language: str) -> Iterator[tuple[str, str]]:
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return
    for code, names in table("units")["cldr"].items():
        for name, count in product(names, COUNTS):
            word = _DIGITS.sub("", format_unit(count, name, "long", locale=locale)).strip()
            short = _DIGITS.sub("", format_unit(count, name, "short", locale=locale)).strip()
            yield from ((code, one) for one in (word, short) if len(one) > 1 or not one.isascii())


@cache
def _after(language: str) -> regex.Pattern[str]:
    spelled = [word for word in _codes(language) if _LETTER.match(word[-1])]
    signs = "|".join(map(regex.escape, sorted(_codes(language).keys() - spelled, key=len, reverse=True)))
    body = any_of(spelled, language, name="unit")
    return regex.compile(rf"\s?(?P<unit>{signs})|{_LINK}{body}", regex.IGNORECASE)


@cache
def _before(language: str) -> regex.Pattern[str]:
    first = phrases(table(language).get("numbers", {}).get("percent_before", ""))
    signs = [*(word for cell in table("units")["signs"].values() for word in phrases(cell)), *first]
    body = "|".join(map(regex.escape, sorted(signs, key=len, reverse=True)))
    start = r"(?<!\p{L})" if is_known_spaced(language) else ""
    return regex.compile(rf"{start}(?P<unit>{body})\s?$", regex.IGNORECASE)
