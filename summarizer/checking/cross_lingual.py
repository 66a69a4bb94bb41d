"""Compares the sentences of an article with a sentence in another language."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import regex

from summarizer.checking.evidence import SentenceIndex
from summarizer.checking.facts import facts
from summarizer.checking.facts.days import PartialDate
from summarizer.checking.facts.names import Name
from summarizer.checking.facts.phones import mass, phones
from summarizer.checking.facts.quantities import NumberPair, Quantity
from summarizer.checking.facts.sound import folded, skeleton
from summarizer.checking.facts.spoken import PhoneticText
from summarizer.languages import script

COGNATE_CONSONANTS = 4
"""Leading consonants that identify cognates."""

MIN_COGNATE_LETTERS = 6
"""Letters from which a word may have cognates."""

MAX_DISTANCE = 0.12
"""Phonetic distance up to which a word matches a name in another script."""

MIN_MASS = 1.5
"""Phonetic mass below which a name is too short to be distinctive."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+")


class CrossLingualIndex:
    """The sentences of a text, indexed by terms that do not depend on its language."""

    def __init__(self, sentences: Sequence[str], language: str) -> None:
        self._sentences = sentences
        self._language = language

    def terms(self, text: str, language: str) -> tuple[SentenceIndex, frozenset[str]]:
        """Returns an index of the sentences, and the terms of a text in another language to look up in it.

        Numbers, dates and places are the same terms in every language. A name is represented by its consonants; across
        scripts it is matched by its sounds.
        """
        terms = cross_lingual_terms(text, language)
        if script(language) == script(self._language):
            return self._index, terms | self._index.known(cognate_terms(text))
        names = frozenset(_name_words(text, language))
        sentences = zip(self._terms, self._phonetic, strict=True)
        index = SentenceIndex([own | _sounding_in(names, phonetic) for own, phonetic in sentences])
        name_terms = _sounding_in(self._names, PhoneticText(text, language)) | _skeletons(names)
        return index, terms | index.known(cognate_terms(text) | name_terms)

    @cached_property
    def _index(self) -> SentenceIndex:
        return SentenceIndex(self._terms)

    @cached_property
    def _terms(self) -> list[frozenset[str]]:
        return [cross_lingual_terms(text, self._language) | cognate_terms(text) for text in self._sentences]

    @cached_property
    def _phonetic(self) -> list[PhoneticText]:
        return [PhoneticText(text, self._language) for text in self._sentences]

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(word for text in self._sentences for word in _name_words(text, self._language))


def cross_lingual_terms(text: str, language: str) -> frozenset[str]:
    """Returns the terms of a text that do not depend on its language: numbers, dates, places, consonants of names."""
    terms = set()
    for fact in facts(text, language):
        if isinstance(fact.value, Quantity):
            terms.add(f"{fact.value.amount:f}")
        elif isinstance(fact.value, NumberPair):
            terms |= {f"{amount:f}" for amount in fact.value}
        elif isinstance(fact.value, PartialDate):
            terms |= {f"{part}:{value}" for part, value in fact.value._asdict().items() if value is not None}
        elif isinstance(fact.value, Name):
            terms |= {fact.value.place} if fact.value.place else _skeletons(fact.value.words)
    return frozenset(terms - {""})


def cognate_terms(text: str) -> frozenset[str]:
    """Returns the leading consonants of the long words of a text, which cognates in other languages share."""
    long = (word for word in _WORD.findall(text) if len(folded(word)) >= MIN_COGNATE_LETTERS)
    return frozenset(f"~{skeleton(word)[:COGNATE_CONSONANTS]}" for word in long)


def _name_words(text: str, language: str) -> Iterator[str]:
    """The words of the names of a text, and of everything spelled like a foreign name."""
    for fact in facts(text, language):
        if isinstance(fact.value, Name) and not fact.value.place:
            yield from fact.value.words
    for name in PhoneticText(text, language).foreign:
        yield from _WORD.findall(name)


def _sounding_in(names: frozenset[str], text: PhoneticText) -> frozenset[str]:
    """The consonants of those names that a text contains by their sounds."""
    long = (name for name in names if mass(phones(name)) >= MIN_MASS)
    return _skeletons(name for name in long if text.nearest(name).distance <= MAX_DISTANCE)


def _skeletons(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(skeleton, names)) - {""}
