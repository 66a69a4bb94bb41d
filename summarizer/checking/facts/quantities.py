"""Finds numbers with their units, as language-independent values."""

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
    """An amount and its unit: `%`, an ISO 4217 currency code, a name from data/units.toml, or ""."""

    amount: Decimal
    unit: str


class NumberPair(NamedTuple):
    """Two numbers that belong together: a score, or a range without a unit."""

    first: Decimal
    second: Decimal


MIN_YEAR = 1000
"""The number from which two numbers joined by a dash are years."""

TENTH = regex.compile(r"成|割")
"""Tenths, in which Chinese and Japanese count shares."""

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
class _Measure:
    value: Decimal
    unit: str
    span: Span


def quantities(text: str, language: str) -> Iterator[Fact]:
    """Yields the numbers of a text with their units; times of day are in minutes (unit `time`)."""
    rest, measures = text, []
    for match in _FRACTION.finditer(text):
        rest = mask(rest, match.span())
    for match in (*_CLOCK.finditer(text), *_SPOKEN.finditer(text)):
        minutes = _minutes(match)
        if minutes is not None:
            measures.append(_Measure(Decimal(minutes), "time", Span(*match.span())))
            rest = mask(rest, match.span())
    measures += [_Measure(Decimal(_roman(one.group())), "", Span(*one.span())) for one in _ROMAN.finditer(rest)]
    end = 0
    for numeral in numerals(rest, language):
        if numeral.span.start >= end:  # otherwise it is part of a unit: the "cent" of "40 pour cent"
            measures.append(_with_unit(numeral, rest, language))
            end = measures[-1].span.end
    measures.sort(key=lambda one: one.span.start)
    yield from _as_facts(list(_with_shared_units(measures, text)), text)


def _as_facts(measures: list[_Measure], text: str) -> Iterator[Fact]:
    """The numbers as facts; two numbers without units joined by a dash are a pair."""
    remaining = iter(zip(measures, [*measures[1:], None], strict=False))
    for one, following in remaining:
        if following and _is_pair(one, following, text):
            span, value = Span(one.span.start, following.span.end), NumberPair(one.value, following.value)
            next(remaining)
        else:
            span, value = one.span, Quantity(one.value, one.unit)  # type: ignore[assignment]
        yield Fact(FactKind.NUMBER, value, text[span.start : span.end], span)


def _is_pair(one: _Measure, other: _Measure, text: str) -> bool:
    has_no_unit = not one.unit and not other.unit and max(one.value, other.value) < MIN_YEAR
    return has_no_unit and bool(_DASH.fullmatch(text, one.span.end, other.span.start))


def mask(text: str, span: tuple[int, int]) -> str:
    """Returns the text with a span replaced by U+FFFC, which is not part of any word or number."""
    return text[: span[0]] + "\ufffc" * (span[1] - span[0]) + text[span[1] :]


def _with_unit(numeral: Numeral, text: str, language: str) -> _Measure:
    start, end = numeral.span.start, numeral.span.end
    if tenth := TENTH.match(text, end):
        return _Measure(numeral.value * 10, "%", Span(start, tenth.end()))
    before, after = unit_before(text, start, language), unit_after(text, end, language)
    if before and not (after and before[0] == after[0]):
        return _Measure(numeral.value, before[0], Span(before[1], end))
    if after:
        return _Measure(numeral.value, after[0], Span(start, after[1]))
    return _Measure(numeral.value, "", numeral.span)


def _with_shared_units(measures: list[_Measure], text: str) -> Iterator[_Measure]:
    """Gives a number without a unit the unit of the next number: "20 to 30 percent"."""
    for one, following in zip(measures, [*measures[1:], None], strict=False):
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
