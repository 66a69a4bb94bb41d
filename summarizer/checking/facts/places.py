"""Finds countries, cities and institutions by a language-independent code, from CLDR and data/names.toml."""

from collections.abc import Iterator
from functools import cache

import regex
from babel import Locale, UnknownLocaleError
from babel.core import get_global

from summarizer.article import Span
from summarizer.checking.facts.tables import is_known_spaced, phrases, table
from summarizer.checking.facts.tree import alternation, escaped_characters
from summarizer.languages import primary

STEM = 4
"""Letters from which Russian and Ukrainian names are inflected."""

_BEFORE, _AFTER = r"(?<![\p{L}\p{M}])", r"(?![\p{L}\p{M}])"
_INSIDE = (r"(?<!\p{Latin}(?=\p{Latin}))", r"(?!(?<=\p{Latin})\p{Latin})")
"""Boundaries of Latin words, which are whole words in scripts without spaces too."""

_ENDINGS = r"(?:[аеиоуыюяйїієьмхв]{0,3}|[аеиіоьй]{0,2}[йнц]?с[ьк]\p{L}{1,4}|[ه-يةى]{0,3})"
_ENDING = regex.compile(r"(?<=\p{Cyrillic}{3})[аяьйиіїеєоы]$")


def places(text: str, language: str) -> Iterator[tuple[str, Span]]:
    """Yields the countries, cities and institutions in a text by code (`FR`, `Europe/Paris`, `UN`)."""
    codes, pattern = _gazetteer(language)
    for match in pattern.finditer(text):
        if code := codes.get(match["name"]):  # a case-insensitive match may not be in the table
            yield code, Span(*match.span())


@cache
def _gazetteer(language: str) -> tuple[dict[str, str], regex.Pattern[str]]:
    codes = {name: code for name, code in _names_and_codes(language) if len(name) > 1}
    full_names = {name for name in codes if not name.endswith("*")}
    codes |= {name.strip("*"): code for name, code in codes.items() if name.endswith("*")}
    stems = {name.strip("*") for name in codes.keys() - full_names}
    flags = regex.IGNORECASE if not any(char.isupper() for char in "".join(full_names)) else 0
    if not is_known_spaced(language) or primary(language) == "ko":
        return codes, regex.compile(rf"{_INSIDE[0]}(?P<name>{_any(full_names | stems)}){_INSIDE[1]}", flags)
    prefix = r"(?:[وفبلك])?" if primary(language) == "ar" else ""
    stem = rf"(?P<name>{_any(stems)}){_ENDINGS}{_AFTER}"
    pattern = rf"{_BEFORE}{prefix}(?:(?P<name>{_any(full_names)})(?:['’]?s)?{_AFTER}|{stem})"
    return codes, regex.compile(pattern, flags)


def _any(names: set[str]) -> str:
    return alternation(map(escaped_characters, sorted(names)))


def _names_and_codes(language: str) -> Iterator[tuple[str, str]]:
    """Names and their codes; later entries take precedence."""
    tag = primary(language)
    for name, code in _cldr(language):
        yield name, code
        if tag in {"ru", "uk"} and " " not in name and len(name) >= STEM:
            yield _ENDING.sub("", name) + "*", code
    rows = table("names")
    for code, cell in rows["institutions"].items():
        for name in phrases(cell):
            yield name, code
    for code, cell in rows["people"].items() if tag == "en" else ():
        for name in phrases(cell):
            yield name.title(), code


def _cldr(language: str) -> Iterator[tuple[str, str]]:
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en")
    for zone in get_global("zone_territories"):
        if "/" in zone and not zone.startswith("Etc"):
            city = locale.time_zones.get(zone, {}).get("city")
            yield str(city or zone.rpartition("/")[2].replace("_", " ")), zone
    for code, name in locale.territories.items():
        if code.isalpha() and code not in {"ZZ", "QO", "EZ"}:
            yield str(name), code


@cache
def place_names(code: str, language: str) -> tuple[str, ...]:
    """Returns the names of the place with a code in a language, in the nominative."""
    return tuple(name.strip("*") for name, other in _names_and_codes(language) if other == code)
