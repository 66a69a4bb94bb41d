"""Numbers with their units: how much of what, the same in every language."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

import regex

from summarizer.article import Span
from summarizer.checking.facts.fact import Fact, FactKind
from summarizer.checking.facts.numerals import Numeral, numerals
from summarizer.checking.facts.units import unit_after, unit_before


class Quantity(NamedTuple):
    """An amount, and its unit: `%`, a currency's ISO code, a name from data/units.toml, or none."""

    amount: Decimal
    unit: str


class NumberPair(NamedTuple):
    """Two numbers that say something only together: a score, or a range without a unit."""

    first: Decimal
    second: Decimal


PAIRED = 1000
"""Numbers from which two with a dash between them are years."""

TENTH = regex.compile(r"成|割")
"""Tenths as Chinese and Japanese count shares."""

_CLOCK = regex.compile(
    r"(?<![\p{Nd}:.,])(\p{Nd}{1,2})(?:[:：h]|\s?h\s?)(\p{Nd}{2})(?![\p{Nd}:])(?:\s?([ap])\.?m\b)?", regex.IGNORECASE
)
_SPOKEN = regex.compile(
    r"(?<!\p{Nd})(\p{Nd}{1,2})\s?(?:時|点|點|시|giờ|heures?|Uhr|часов|часа|час|година|годині)\s?"
    r"(\p{Nd}{1,2})(?:\s?(?:分|분|phút|minutes?|Minuten|минут\p{L}?|хвилин\p{L}?))"
)
_FRACTION = regex.compile(r"(?!百)[\p{Nd}一二三四五六七八九十]+\s?分[の之]\s?[\p{Nd}一二三四五六七八九十]+")
_ROMAN = regex.compile(r"(?<![\p{L}\p{Nd}])(?=[IVX]{2})X{0,3}(?:IX|IV|V?I{0,3})(?![\p{L}\p{Nd}])")
_BETWEEN = regex.compile(r"\s?[-–—~〜～、至到]\s?|\s\p{L}{1,4}\s")
_DASH = regex.compile(r"\s?[-–—:：]\s?")


@dataclass(frozen=True, slots=True)
class _Found:
    value: Decimal
    unit: str
    span: Span


def quantities(text: str, language: str) -> Iterator[Fact]:
    """The numbers of a text with their units, and its times of day in minutes (unit `time`)."""
    rest, found = text, []
    for match in _FRACTION.finditer(text):
        rest = mask(rest, match.span())
    for match in (*_CLOCK.finditer(text), *_SPOKEN.finditer(text)):
        minutes = _minutes(match)
        if minutes is not None:
            found.append(_Found(Decimal(minutes), "time", Span(*match.span())))
            rest = mask(rest, match.span())
    found += [_Found(Decimal(_roman(one.group())), "", Span(*one.span())) for one in _ROMAN.finditer(rest)]
    end = 0
    for numeral in numerals(rest, language):
        if numeral.span.start >= end:  # else it is a part of a unit: the "cent" of "40 pour cent"
            found.append(_measured(numeral, rest, language))
            end = found[-1].span.end
    yield from _paired(list(_shared(sorted(found, key=lambda one: one.span.start), text)), text)


def _paired(found: list[_Found], text: str) -> Iterator[Fact]:
    """The numbers as facts; two with a dash between them and no unit are a score."""
    coming = iter(zip(found, [*found[1:], None], strict=False))
    for one, following in coming:
        if following and _is_score(one, following, text):
            span, value = Span(one.span.start, following.span.end), NumberPair(one.value, following.value)
            next(coming)
        else:
            span, value = one.span, Quantity(one.value, one.unit)  # type: ignore[assignment]
        yield Fact(FactKind.NUMBER, value, text[span.start : span.end], span)


def _is_score(one: _Found, other: _Found, text: str) -> bool:
    bare = not one.unit and not other.unit and max(one.value, other.value) < PAIRED
    return bare and bool(_DASH.fullmatch(text, one.span.end, other.span.start))


def mask(text: str, span: tuple[int, int]) -> str:
    """The text with a span's characters as object replacements, which are part of no word and no number."""
    return text[: span[0]] + "\ufffc" * (span[1] - span[0]) + text[span[1] :]


def _measured(numeral: Numeral, text: str, language: str) -> _Found:
    start, end = numeral.span.start, numeral.span.end
    if tenth := TENTH.match(text, end):
        return _Found(numeral.value * 10, "%", Span(start, tenth.end()))
    before, after = unit_before(text, start, language), unit_after(text, end, language)
    if before and not (after and before[0] == after[0]):
        return _Found(numeral.value, before[0], Span(before[1], end))
    if after:
        return _Found(numeral.value, after[0], Span(start, after[1]))
    return _Found(numeral.value, "", numeral.span)


def _shared(found: list[_Found], text: str) -> Iterator[_Found]:
    """Numbers side by side share the last one's unit: "20 to 30 percent"."""
    for at, one in enumerate(found):
        following = found[at + 1] if at + 1 < len(found) else None
        if (
            following
            and not one.unit
            and following.unit not in {"", "time"}
            and _BETWEEN.fullmatch(text, one.span.end, following.span.start)
        ):
            yield replace(one, unit=following.unit)
        else:
            yield one


def _minutes(match: regex.Match[str]) -> int | None:
    hour, minute = int(match[1]), int(match[2])
    if minute > 59 or hour > 23:  # noqa: PLR2004 - a score, not a time
        return None
    if match.re is _CLOCK and match[3]:
        hour = hour % 12 + (12 if match[3].lower() == "p" else 0)
    return hour * 60 + minute


def _roman(numeral: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in numeral]
    return sum(-one if one < other else one for one, other in zip(values, [*values[1:], 0], strict=True))
