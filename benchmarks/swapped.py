"""Finds names that a sentence and its reference share, and swaps one of them for a name from another sentence."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from summarizer.article import Span
from summarizer.checking.distinctive_words import generic_words, translated_words
from summarizer.checking.facts import facts
from summarizer.checking.facts.names import Name
from summarizer.checking.facts.spoken import PhoneticText
from summarizer.checking.missing_names import phonetic_names

MAX_DISTANCE = 0.2
"""Phonetic distance up to which a word is the transliteration of a name."""


class SharedName(NamedTuple):
    """A name as spelled in the source and in the reference."""

    source: str
    reference: str


def shared_names(source: str, reference: str, languages: tuple[str, str]) -> list[SharedName]:
    """Returns the names that a pair shares: places with the same code, and names with the same spelling or sound."""
    names = {*_places(source, reference, languages)}
    if all(map(generic_words, languages)):
        names |= {SharedName(name, name) for name, _ in _names(reference, languages[1]) if name in source}
    elif translated_words(languages[0]):
        names |= {SharedName(*pair) for pair in _transliterated(source, reference, languages)}
    else:
        names |= {SharedName(*reversed(pair)) for pair in _transliterated(reference, source, languages[::-1])}
    return sorted(names)


def with_swapped_name(
    reference: str, own: Sequence[SharedName], others: Sequence[SharedName], pair_text: str, rng: random.Random
) -> str:
    """Returns the reference with one name replaced by a name that is not in `pair_text`, the case-folded pair."""
    fresh = [
        other
        for other in others
        if not any(word in pair_text for spelling in other for word in spelling.casefold().split())
    ]
    return reference.replace(rng.choice(own).reference, rng.choice(fresh).reference)


def _names(text: str, language: str) -> Iterator[tuple[str, str]]:
    """The names of a text, with the codes of places."""
    for fact in facts(text, language):
        if isinstance(fact.value, Name):
            yield fact.text, fact.value.place


def _places(source: str, reference: str, languages: tuple[str, str]) -> Iterator[SharedName]:
    codes = {place: name for name, place in _names(source, languages[0]) if place}
    for name, place in _names(reference, languages[1]):
        if place in codes:
            yield SharedName(codes[place], name)


def _transliterated(latin: str, other: str, languages: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Names of a text in Latin script with their transliterations in another text, if their words are adjacent."""
    text = PhoneticText(other, languages[1])
    for name in phonetic_names(latin, languages[0]):
        matches = [text.nearest(word) for word in name.words]
        span = Span(min(one.span.start for one in matches), max(one.span.end for one in matches))
        length = sum(one.span.end - one.span.start for one in matches)
        is_adjacent = length <= span.end - span.start < length + len(matches) + 1
        if is_adjacent and all(one.distance <= MAX_DISTANCE for one in matches):
            yield name.fact.text, other[span.start : span.end]
