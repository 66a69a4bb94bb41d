"""Finds names in Latin script that a text in another script does not mention, by their sounds.

Only names that other languages do not translate are compared, so the table of the first language must list translated
words (only English has them). The table of the other language has the phonetic distance from which a name is missing
(`apart`), since scripts preserve sounds to different degrees. If a language marks foreign names by its spelling, these
are also compared in the opposite direction.
"""

from collections.abc import Iterator
from functools import cache

import regex
from babel import Locale

from summarizer.checking.distinctive_words import MIN_LETTERS, DistinctiveName, distinctive_names, translated_words
from summarizer.checking.facts import facts
from summarizer.checking.facts.names import Name
from summarizer.checking.facts.phones import mass, phones
from summarizer.checking.facts.sound import folded
from summarizer.checking.facts.spoken import PhoneticText
from summarizer.checking.facts.tables import table

MIN_DISTANCE = 0.26
"""Distance to every word of a text from which a foreign name is missing from it. Measured like `apart`."""

MIN_MASS = 2.0
"""Phonetic mass below which a name is too short to be distinctive."""

STEM = 4
"""Leading letters that a country and its people have in common."""

_PARTS = regex.compile(r"[·\s]")


def missing_names(own: PhoneticText, other: PhoneticText) -> list[str]:
    """Returns the names of a text that a text in another language lacks; none if the tables do not cover the pair."""
    if translated_words(own.language):
        names = phonetic_names(own.text, own.language)
        return [name.fact.text for name in names if not _is_mentioned(name.words, other)]
    return [name for name in own.foreign if not _is_place(name, own) and _is_missing(name, other)]


def is_missing_country(name: Name, other: PhoneticText) -> bool:
    """Returns whether a name is an English country name (not of its people) that sounds like no word of a text."""
    return "".join(name.words) in _territories() and not _is_mentioned(name.words, other)


def phonetic_names(text: str, language: str) -> Iterator[DistinctiveName]:
    """Yields the names of a text in Latin script that other languages spell as they sound."""
    for name in distinctive_names(text, facts(text, language), translated_words(language)):
        if name.words and not name.value.place and not _is_translated(name):
            yield name


def _is_translated(name: DistinctiveName) -> bool:
    """Whether a name may be translated (an acronym, a people, `Grand Prix`) or is too short to compare."""
    capital = sum(char.isupper() for char in name.fact.text)
    long = [word for word in name.value.words if len(word) >= MIN_LETTERS]
    is_mixed = len(name.words) < min(len(long), 2)
    is_people = len(name.words) == 1 and name.words[0].startswith(_countries())
    return is_mixed or is_people or 2 * capital > len(name.fact.text) or sum(map(_mass, name.words)) < MIN_MASS


def _mass(word: str) -> float:
    return mass(phones(word))


def _is_mentioned(words: tuple[str, ...], text: PhoneticText) -> bool:
    """Whether the words of a name, on average or joined, sound like words of a text; True if `apart` is not known."""
    apart = table(text.language).get("names", {}).get("apart", 1.0)
    mean = sum(text.nearest(word).distance for word in words) / len(words)
    return bool(min(mean, text.nearest("".join(words)).distance) <= apart)


def _is_missing(name: str, other: PhoneticText) -> bool:
    """Whether no part of a foreign name sounds like a word of the other text."""
    return min(other.nearest(part).distance for part in (name, *_PARTS.split(name)) if part) > MIN_DISTANCE


def _is_place(name: str, own: PhoneticText) -> bool:
    """Whether a name is a known place or part of one, which is compared by its code."""
    known = (fact for fact in facts(own.text, own.language) if isinstance(fact.value, Name) and fact.value.place)
    return any(fact.text in name or name in fact.text for fact in known)


@cache
def _territories() -> frozenset[str]:
    return frozenset(folded(name) for code, name in Locale.parse("en").territories.items() if code.isalpha())


@cache
def _countries() -> tuple[str, ...]:
    """The leading letters of the names of countries and their peoples."""
    return tuple(name[: max(STEM, len(name) - 1)] for name in _territories() if len(name) >= STEM)
