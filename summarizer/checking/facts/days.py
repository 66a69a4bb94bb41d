"""Finds dates and weekdays by CLDR's names in every language. Relative dates ("yesterday") are ignored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import regex
from babel import Locale, UnknownLocaleError

from summarizer.article import Span
from summarizer.checking.facts.fact import Fact, FactKind
from summarizer.checking.facts.tables import is_known_spaced, phrases, table
from summarizer.checking.facts.tree import alternation, escaped_characters
from summarizer.languages import primary


class PartialDate(NamedTuple):
    """A date of which parts may be unknown; Monday is weekday 0."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None


MONTHS, DAYS, CENTURY = 12, 31, 100

ENDINGS = {
    "de": r"(?:s|abend|morgen|mittag|vormittag|nachmittag|nacht)?",
    "en": r"(?:s)?",
    "ru": r"(?:ом|ем|[аяьйоуеюы])?",
    "uk": r"(?:ого|ому|ом|ем|ою|ею|[аяьийоуіїею])?",
    "tr": r"(?:['’]\p{L}+|[dt][ae](?:n|ki)?|[ıiuü]n?|s[ıi]|[ae])?",
}
"""Endings of the names of months and weekdays."""

NUMBERED = frozenset({"zh", "ja", "ko", "vi"})
"""Languages whose months are numbered."""

CAPITAL = frozenset({"en", "de", "tr", "id", "vi"})
"""Languages in which weekdays have a capital letter and homonyms do not."""

_FINAL = regex.compile(r"(?<=\p{Cyrillic}{3})(?:ого|[аяьйоуиіїею])$")
"""The endings of Russian and Ukrainian names; ENDINGS adds those of all cases."""

_WEEKS = ("周", "週", "星期", "礼拜", "禮拜")

AMBIGUOUS = frozenset({"may", "march"})
"""Names of months that are also other words; they are months only next to a number or a preposition."""

_NUMERIC = regex.compile(
    r"(?<![\p{Nd}./-])(?:(?P<year>\p{Nd}{4})([-/.])(?P<month>\p{Nd}{1,2})\2(?P<day>\p{Nd}{1,2})"
    r"|(?P<one>\p{Nd}{1,2})([-/.])(?P<two>\p{Nd}{1,2})\6(?P<last>\p{Nd}{4}|\p{Nd}{2}))(?![\p{Nd}/]|[.-]\p{Nd})"
)
_EAST = regex.compile(
    r"(?:(?P<year>\p{Nd}{4})\s?[年년]\s?)?(?P<month>\p{Nd}{1,2})\s?[月월](?:\s?(?P<day>\p{Nd}{1,2})\s?[日号號일])?"
    r"|(?P<alone>\p{Nd}{4})\s?[年년](?![間间])"
)
_VIETNAMESE = regex.compile(
    r"(?:ngày\s+(?P<day>\p{Nd}{1,2})\s+)?tháng\s+(?P<month>\p{Nd}{1,2})(?:,?\s+năm\s+(?P<year>\p{Nd}{4}))?"
    r"|(?:ngày|sáng|chiều|tối|hôm|đêm|trưa)\s+(?P<one>\p{Nd}{1,2})[/-](?P<two>\p{Nd}{1,2})(?![\p{Nd}/-])",
    regex.IGNORECASE,
)
_BEFORE = r"(?:in|last|since|until|by|early|late|of|next|this|from|mid|to|and|before|after|during)\s+$"


@dataclass(frozen=True, slots=True)
class _Names:
    months: dict[str, int]
    wide: frozenset[str]
    weekdays: dict[str, int]
    date_pattern: regex.Pattern[str]
    weekday_pattern: regex.Pattern[str]
    is_month_first: bool


def dates(text: str, language: str) -> Iterator[Fact]:
    """Yields the dates and weekdays of a text; of overlapping matches, the first and longest."""
    used: list[Span] = []
    for match, date in sorted(_candidates(text, language), key=lambda one: (one[0].start(), -one[0].end())):
        span = Span(*match.span())
        if date != PartialDate() and not any(other.start < span.end and span.start < other.end for other in used):
            used.append(span)
            yield Fact(FactKind.DATE, date, match.group(), span)
            if since := match.groupdict().get("since"):
                yield Fact(FactKind.DATE, date._replace(day=int(since)), match.group(), span)


def _candidates(text: str, language: str) -> Iterator[tuple[regex.Match[str], PartialDate]]:
    names = _names(language)
    for match in _NUMERIC.finditer(text):
        yield match, _numeric(match, is_month_first=names.is_month_first)
    if not is_known_spaced(language) or primary(language) == "ko":
        for match in _EAST.finditer(text):
            yield (
                match,
                _valid(_number(match["year"] or match["alone"]), _number(match["month"]), _number(match["day"])),
            )
    elif primary(language) == "vi":
        for match in _VIETNAMESE.finditer(text):
            day, month = match["day"] or match["one"], match["month"] or match["two"]
            yield match, _valid(_number(match["year"]), _number(month), _number(day))
    for match in names.date_pattern.finditer(text):
        yield match, _named(match, names, text)
    for match in names.weekday_pattern.finditer(text):
        yield match, PartialDate(weekday=names.weekdays.get(_key(match["name"])))


def _named(match: regex.Match[str], names: _Names, text: str) -> PartialDate:
    name, day = match["name"], _number(match["before"] or match["after"])
    year = _number(match["year"])
    if day is None and year is None:
        before = regex.search(_BEFORE, text[max(0, match.start() - 12) : match.start()], regex.IGNORECASE)
        if (
            _key(name) not in names.wide
            or name == "Mars"
            or (_key(name) in AMBIGUOUS and not (before and name[0].isupper()))
        ):
            return PartialDate()
    return _valid(year, names.months.get(_key(name)), day)


def _numeric(match: regex.Match[str], *, is_month_first: bool) -> PartialDate:
    if match["year"]:
        return _valid(_number(match["year"]), _number(match["month"]), _number(match["day"]))
    year = _number(match["last"]) or 0
    one, two = _number(match["one"]) or 0, _number(match["two"]) or 0
    month, day = (one, two) if (is_month_first and one <= MONTHS) or two > MONTHS else (two, one)
    return _valid(year + 2000 if year < CENTURY else year, month, day)


def _valid(year: int | None, month: int | None, day: int | None) -> PartialDate:
    """The date, or an empty one if month or day are out of range."""
    if (month is not None and not 1 <= month <= MONTHS) or (day is not None and not 1 <= day <= DAYS):
        return PartialDate()
    return PartialDate(year, month, day)


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _key(name: str) -> str:
    return " ".join(name.lower().rstrip(".").replace("'", "ʼ").replace("’", "ʼ").split())


@cache
def _names(language: str) -> _Names:
    """The names of months and weekdays in a language; East Asian and Vietnamese months are numbered."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return _Names({}, frozenset(), {}, regex.compile(r"(?!)"), regex.compile(r"(?!)"), is_month_first=False)
    own = {_key(name): at for at, cell in enumerate(_own_months(language), 1) for name in phrases(cell)}
    months = own | ({} if primary(language) in NUMBERED else _spelled(locale.months, ("abbreviated", "wide")))
    wide = frozenset(_spelled(locale.months, ("wide",))) | own.keys()
    weekdays = _spelled(locale.days, ("wide",))
    if primary(language) in {"zh", "ja"}:
        weekdays |= {week + day: min(at, 6) for week in _WEEKS for at, day in enumerate("一二三四五六日天")}
    order = locale.date_formats["short"].pattern.lower()
    is_month_first = order.find("m") < order.find("d") and "y" not in order[:1]
    date_pattern = _date_pattern(months, language, is_month_first=is_month_first)
    return _Names(months, wide, weekdays, date_pattern, _weekday_pattern(weekdays, language), is_month_first)


def _own_months(language: str) -> list[str]:
    return list(table(language).get("dates", {}).get("months", ()))


def _spelled(names: Any, widths: tuple[str, ...]) -> dict[str, int]:
    return {
        _FINAL.sub("", _key(name)): at
        for context in names.values()
        for width in widths
        for at, name in context.get(width, {}).items()
    }


def _date_pattern(months: dict[str, int], language: str, *, is_month_first: bool) -> regex.Pattern[str]:
    if not months:
        return regex.compile(r"(?!)")
    after = r"(?:\s+(?P<after>\p{Nd}{1,2})(?:st|nd|rd|th)?(?![\p{Nd}%:]|[.,]\p{Nd}))?"
    return regex.compile(
        r"(?:(?=\p{Nd})(?<![\p{Nd}.,:])(?:(?P<since>\p{Nd}{1,2})\.?\s?(?:[-–—]|bis|to|à|al|a|до|по|e|et|y|und|и)\s?)?(?P<before>\p{Nd}{1,2})(?:\.|er|st|nd|rd|th|[ºª°]|-го|-е)?\s+(?:de\s|of\s|من\s)?)?"
        + _inflected(months, language)
        + r"\.?"
        + (after if is_month_first else "(?P<after>(?!))?")
        + r"(?:,?\s+(?:de\s|del\s|of\s)?(?P<year>\p{Nd}{4})(?!\p{Nd}))?",
        regex.IGNORECASE,
    )


def _weekday_pattern(weekdays: dict[str, int], language: str) -> regex.Pattern[str]:
    if primary(language) in CAPITAL:
        weekdays = {name.title(): day for name, day in weekdays.items()}
        weekdays |= {name[0].lower() + name[1:]: day for name, day in weekdays.items() if " " in name}
    return regex.compile(_inflected(weekdays, language), 0 if primary(language) in CAPITAL else regex.IGNORECASE)


def _inflected(names: Iterable[str], language: str) -> str:
    """A pattern of the names with their endings; the group `name` is the name without its ending."""
    ending = ENDINGS.get(primary(language), "")
    any_of = alternation(map(escaped_characters, sorted(names, key=len, reverse=True))).replace("ʼ", "['’ʼ]")
    if not is_known_spaced(language) or primary(language) == "ko":
        return rf"(?P<name>{any_of})"
    before = r"(?<![\p{L}\p{M}])" + (r"(?:[وفبل]?)" if primary(language) == "ar" else "")
    return rf"{before}(?P<name>{any_of}){ending}(?![\p{{L}}\p{{M}}])"
