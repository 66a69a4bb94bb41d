"""Names that a sentence and its reference share, and one of them swapped for another sentence's."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from summarizer.article import Span
from summarizer.checking.distinctive_words import generic_words, translated_words
from summarizer.checking.facts import facts
from summarizer.checking.facts.names import Name
from summarizer.checking.facts.spoken import PhoneticText
from summarizer.checking.missing_names import phonetic_names

NEAR = 0.2
"""How near by its sound what stands for a name has to be, so that its place is known."""


class Shared(NamedTuple):
    """A name as the source and as the reference spell it."""

    source: str
    reference: str


def shared(source: str, reference: str, languages: tuple[str, str]) -> list[Shared]:
    """The names of a pair: places that both know by code, and what is spelled or sounds alike."""
    found = {*_places(source, reference, languages)}
    if all(map(generic_words, languages)):
        found |= {Shared(name, name) for name, _ in _names(reference, languages[1]) if name in source}
    elif translated_words(languages[0]):
        found |= {Shared(*pair) for pair in _heard(source, reference, languages)}
    else:
        found |= {Shared(*reversed(pair)) for pair in _heard(reference, source, languages[::-1])}
    return sorted(found)


def swapped(reference: str, own: Sequence[Shared], others: Sequence[Shared], whole: str, chance: random.Random) -> str:
    """The reference with one of its names made one that stands nowhere in `whole`, the pair's text in small letters."""
    fresh = [
        other for other in others if not any(word in whole for spelled in other for word in spelled.casefold().split())
    ]
    return reference.replace(chance.choice(own).reference, chance.choice(fresh).reference)


def _names(text: str, language: str) -> Iterator[tuple[str, str]]:
    """The names of a text, and their places' codes."""
    for fact in facts(text, language):
        if isinstance(fact.value, Name):
            yield fact.text, fact.value.place


def _places(source: str, reference: str, languages: tuple[str, str]) -> Iterator[Shared]:
    codes = {place: name for name, place in _names(source, languages[0]) if place}
    for name, place in _names(reference, languages[1]):
        if place in codes:
            yield Shared(codes[place], name)


def _heard(latin: str, other: str, languages: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Names of a text in Latin letters with what stands for them in another, word by word and in one place."""
    spoken = PhoneticText(other, languages[1])
    for name in phonetic_names(latin, languages[0]):
        found = [spoken.nearest(word) for word in name.words]
        span = Span(min(one.span.start for one in found), max(one.span.end for one in found))
        length = sum(one.span.end - one.span.start for one in found)
        if all(one.distance <= NEAR for one in found) and length <= span.end - span.start < length + len(found) + 1:
            yield name.fact.text, other[span.start : span.end]
