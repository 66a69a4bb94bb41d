"""Parses numbers in digits of any script, with the thousands and decimal separators of their language."""

import unicodedata
from decimal import Decimal
from functools import cache

import regex
from babel import Locale, UnknownLocaleError

GROUPED = 3
"""Digits of a group; whether a single separator before a group marks decimals depends on the language."""

DIGITS = (
    r"(?=\p{Nd})(?<!\p{Nd})(?<!\p{Lu}[\p{L}\p{Nd}]*[-‐‑])(?:"  # the digits of Covid-19 and F-16 belong to names
    r"\p{Nd}{1,3}(?:[\p{Zs}'’]\p{Nd}{3})+(?!\p{Nd})(?:[.,٫]\p{Nd}+)?"
    r"|\p{Nd}{1,2}(?:,\p{Nd}{2})+,\p{Nd}{3}(?!\p{Nd})(?:\.\p{Nd}+)?"  # lakhs and crores
    r"|\p{Nd}{1,3}(?P<sep>[.,٬])\p{Nd}{3}(?:(?P=sep)\p{Nd}{3})*(?!\p{Nd})(?:[.,٫]\p{Nd}+)?"
    r"|\p{Nd}+(?:[.,٫]\p{Nd}+)?)"
)

_SIGNS = regex.compile(r"[.,٫٬]")


def amount(numeral: str, language: str) -> Decimal:
    """Returns the value of a numeral matched by DIGITS: "1.000" is 1000 in German and 1 in English."""
    plain = "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in numeral)
    signs = _SIGNS.findall(plain)
    if signs and _is_decimal(plain, signs, language):
        integer, _, fraction = plain.rpartition(signs[-1])
        return Decimal(f"{_only_digits(integer) or '0'}.{fraction}")
    return Decimal(_only_digits(plain))


def _is_decimal(plain: str, signs: list[str], language: str) -> bool:
    """Whether the last separator is a decimal separator."""
    last = signs[-1]
    if last in "٫٬":
        return last == "٫"
    if signs.count(last) > 1:
        return False
    if len(set(signs)) > 1:
        return True
    integer, _, fraction = plain.rpartition(last)
    if len(fraction) != GROUPED or not 1 <= len(_only_digits(integer)) <= GROUPED or integer == "0":
        return True
    return last == decimal_sign(language) and set(fraction) != {"0"}  # three zero decimals are unlikely


@cache
def decimal_sign(language: str) -> str:
    """Returns the decimal separator by CLDR."""
    try:
        symbols = Locale.parse(language, sep="-").number_symbols
    except (UnknownLocaleError, ValueError):
        return "."
    return str(symbols["latn"]["decimal"]) if "latn" in symbols else "."


def _only_digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())
