"""Names of a text in Latin letters that a text in another language does not say, told by their sounds.

Only names whose words other languages keep are looked for, so the one language's table has to say which are not
(English's does).
The other's says from what distance on a name is not there (`apart`), since scripts keep more or less of a sound. Where
a language writes foreign names in signs of their own, those are looked for the other way round, too.
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

STRANGE = 0.26
"""Distance from all words of a text from which a foreign name is none of its own. Measured as `apart` was."""

SHORT = 2.0
"""Mass of a name's sounds below which any other sounds like it."""

STEM = 4
"""Letters of a country's name that its people's has, too."""

_PARTS = regex.compile(r"[·\s]")


def missing_names(own: PhoneticText, other: PhoneticText) -> list[str]:
    """The names of a text that another, in another language, does not say; none where the tables do not know both."""
    if translated_words(own.language):
        return [name.fact.text for name in phonetic_names(own.text, own.language) if not _is_said(name.words, other)]
    return [name for name in own.foreign if not _is_place(name, own) and _is_strange(name, other)]


def is_missing_country(name: Name, other: PhoneticText) -> bool:
    """Whether a name is a country's own in English (not its people's), and no other text's words sound like it."""
    return "".join(name.words) in _territories() and not _is_said(name.words, other)


def phonetic_names(text: str, language: str) -> Iterator[DistinctiveName]:
    """The names of a text in Latin letters that every language spells as they sound."""
    for name in distinctive_names(text, facts(text, language), translated_words(language)):
        if name.words and not name.value.place and not _is_translated(name):
            yield name


def _is_translated(name: DistinctiveName) -> bool:
    """Whether languages have their own for it, or it is too short to tell: an acronym, a people, `Grand Prix`."""
    capital = sum(char.isupper() for char in name.fact.text)
    long = [word for word in name.value.words if len(word) >= MIN_LETTERS]
    is_mixed = len(name.words) < min(len(long), 2)
    is_people = len(name.words) == 1 and name.words[0].startswith(_countries())
    return is_mixed or is_people or 2 * capital > len(name.fact.text) or sum(map(_mass, name.words)) < SHORT


def _mass(word: str) -> float:
    return mass(phones(word))


def _is_said(words: tuple[str, ...], spoken: PhoneticText) -> bool:
    """Whether a text's words sound like these, on the mean, or like these in one; taken to where it is not known."""
    apart = table(spoken.language).get("names", {}).get("apart", 1.0)
    mean = sum(spoken.nearest(word).distance for word in words) / len(words)
    return bool(min(mean, spoken.nearest("".join(words)).distance) <= apart)


def _is_strange(name: str, other: PhoneticText) -> bool:
    """Whether no part of a foreign name sounds like a word of the other text."""
    return min(other.nearest(part).distance for part in (name, *_PARTS.split(name)) if part) > STRANGE


def _is_place(name: str, own: PhoneticText) -> bool:
    """Whether it is a known place or a part of one: those are compared by their codes."""
    known = (fact for fact in facts(own.text, own.language) if isinstance(fact.value, Name) and fact.value.place)
    return any(fact.text in name or name in fact.text for fact in known)


@cache
def _territories() -> frozenset[str]:
    return frozenset(folded(name) for code, name in Locale.parse("en").territories.items() if code.isalpha())


@cache
def _countries() -> tuple[str, ...]:
    """What the names of countries and of their people begin with."""
    return tuple(name[: max(STEM, len(name) - 1)] for name in _territories() if len(name) >= STEM)
