"""An article's sentences, ready to be compared with a sentence in another language."""

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

COGNATE = 4
"""Consonants that a word shares with its kin in other languages."""

LONG = 6
"""Letters from which a word may have kin in other languages."""

HEARD = 0.12
"""Distance of sounds up to which a word is taken for a name in another script."""

SHORT = 1.5
"""Mass of a word's sounds below which any other sounds like it."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+")


class CrossLingualIndex:
    """The sentences of a text in one language, by the terms that they share with others'."""

    def __init__(self, sentences: Sequence[str], language: str) -> None:
        self._sentences = sentences
        self._language = language

    def terms(self, text: str, language: str) -> tuple[SentenceIndex, frozenset[str]]:
        """The sentences' index and the terms of a text in another language.

        Numbers, dates and places are the same terms in every language. A name is its sounds; in another script it is
        looked for by how it sounds.
        """
        own = cross_lingual_terms(text, language)
        if script(language) == script(self._language):
            return self._index, own | self._index.known(cognate_terms(text))
        names = frozenset(_spelled(text, language))
        index = SentenceIndex(
            [terms | _heard(names, spoken) for terms, spoken in zip(self._terms, self._spoken, strict=True)]
        )
        heard = _heard(self._names, PhoneticText(text, language)) | _skeletons(names)
        return index, own | index.known(cognate_terms(text) | heard)

    @cached_property
    def _index(self) -> SentenceIndex:
        return SentenceIndex(self._terms)

    @cached_property
    def _terms(self) -> list[frozenset[str]]:
        return [cross_lingual_terms(text, self._language) | cognate_terms(text) for text in self._sentences]

    @cached_property
    def _spoken(self) -> list[PhoneticText]:
        return [PhoneticText(text, self._language) for text in self._sentences]

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(word for text in self._sentences for word in _spelled(text, self._language))


def cross_lingual_terms(text: str, language: str) -> frozenset[str]:
    """The terms of a text that is compared with another language's: numbers, dates, places, and names by sound."""
    found = set()
    for fact in facts(text, language):
        if isinstance(fact.value, Quantity):
            found.add(f"{fact.value.amount:f}")
        elif isinstance(fact.value, NumberPair):
            found |= {f"{amount:f}" for amount in fact.value}
        elif isinstance(fact.value, PartialDate):
            found |= {f"{part}:{value}" for part, value in fact.value._asdict().items() if value is not None}
        elif isinstance(fact.value, Name):
            found |= {fact.value.place} if fact.value.place else _skeletons(fact.value.words)
    return frozenset(found - {""})


def cognate_terms(text: str) -> frozenset[str]:
    """The sounds of a text's long words, by which some of them are told in a kindred language."""
    return frozenset(f"~{skeleton(word)[:COGNATE]}" for word in _WORD.findall(text) if len(folded(word)) >= LONG)


def _spelled(text: str, language: str) -> Iterator[str]:
    """The words of a text's names, and what is spelled as foreign words are."""
    for fact in facts(text, language):
        if isinstance(fact.value, Name) and not fact.value.place:
            yield from fact.value.words
    for name in PhoneticText(text, language).foreign:
        yield from _WORD.findall(name)


def _heard(names: frozenset[str], spoken: PhoneticText) -> frozenset[str]:
    """Those of the names that a text says."""
    long = (name for name in names if mass(phones(name)) >= SHORT)
    return _skeletons(name for name in long if spoken.nearest(name).distance <= HEARD)


def _skeletons(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(skeleton, names)) - {""}
