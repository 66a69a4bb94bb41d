"""Detects names of a sentence that its translation replaces by other names, from the pair alone.

Places and institutions are compared by code in any two languages. Between two languages in Latin script, other names
are compared by spelling: a source name with a word unlike any in the translation is missing, and a target name with
hardly a word like any in the source is new; only both together are reported. Between English and most other languages,
names are compared by sound: see `missing_names`.
"""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from summarizer.checking.distinctive_words import DistinctiveName, distinctive_names, generic_words, translated_words
from summarizer.checking.facts.held import fact_index
from summarizer.checking.facts.names import parts
from summarizer.checking.facts.sound import folded, is_form, skeleton
from summarizer.checking.facts.spoken import PhoneticText
from summarizer.checking.missing_names import is_missing_country, missing_names

MIN_CONSONANTS = 3
"""Leading consonants that identify a name."""

PREFIX = 4
"""Leading letters that variants of a name share: `Athens`, `Athènes`."""

MIN_PART = 5
"""Letters from which one word may contain the other, or share its beginning."""

MIN_SIMILARITY = 0.6
"""Dice coefficient of letter bigrams from which two words may be the same name: `Irkutsk`, `Irkoutsk`."""


def swapped_names(source: str, target: str, source_language: str, target_language: str) -> Iterator[tuple[str, str]]:
    """Yields pairs of a missing source name and the new target name in its place; languages as BCP 47 tags.

    If only one of the two is known, the other is empty.
    """
    compares_spelling = bool(generic_words(source_language) and generic_words(target_language))
    one, other = (
        _NamedText(text, tag, places_only=not compares_spelling)
        for text, tag in ((source, source_language), (target, target_language))
    )
    new = [name for name in other.names if other.is_new(name, one)]
    missing = [name for name in one.names if one.is_missing(name, other)]
    if not compares_spelling and (translated_words(source_language) or translated_words(target_language)):
        phonetic = PhoneticText(source, source_language), PhoneticText(target, target_language)
        yield from _swapped_by_sound(missing, new, *phonetic)
    else:
        yield from zip(_texts(missing), _texts(new), strict=False)


def _swapped_by_sound(
    missing: list[DistinctiveName], new: list[DistinctiveName], source: PhoneticText, target: PhoneticText
) -> Iterator[tuple[str, str]]:
    """Compares names by sound; `missing` and `new` are places, which are compared by code."""
    unmatched, others = missing_names(source, target), missing_names(target, source)
    if (unmatched or missing) and (others or new):
        yield from zip([*unmatched, *_texts(missing)], [*others, *_texts(new)], strict=False)
    elif translated_words(source.language) and not target.marks_foreign_names:
        countries = [name for name in missing if is_missing_country(name.value, target)]
        yield from ((name, "") for name in (*unmatched, *_texts(countries)))
    elif translated_words(target.language) and not source.marks_foreign_names:
        countries = [name for name in new if is_missing_country(name.value, source)]
        yield from (("", name) for name in (*others, *_texts(countries)))


def _texts(names: list[DistinctiveName]) -> list[str]:
    return [name.fact.text for name in names]


class _NamedText:
    """A text with its names, and its words for matching the names of another text."""

    def __init__(self, text: str, language: str, *, places_only: bool) -> None:
        self._facts = fact_index(text, language)
        self._words = {folded(word) for word in parts(text)} - {""}
        self._capital = {folded(word) for word in parts(text) if word[0].isupper()} - {""}
        self._acronyms = {"".join(sorted(folded(word))) for word in parts(text) if word.isupper()}
        names = list(distinctive_names(text, self._facts.facts, generic_words(language)))
        self._initials = {"".join(word[0] for word in name.value.words) for name in names}
        self.names = [name for name in names if name.value.place or not places_only]

    def is_missing(self, name: DistinctiveName, other: "_NamedText") -> bool:
        """Whether the other text lacks a word of the name."""
        if name.value.place:
            return self.is_new(name, other)
        return any(not other.has(word) for word in name.words)

    def is_new(self, name: DistinctiveName, other: "_NamedText") -> bool:
        """Whether the other text contains no more than half of the name."""
        if place := name.value.place:
            return not other.mentions_place(place) and not any(map(other.has, name.words))
        return bool(name.words) and sum(map(other.has, name.words)) <= len(name.words) / 2

    def mentions_place(self, code: str) -> bool:
        """Whether the text mentions the place with a code."""
        return self._facts.mentions_place(code)

    def has(self, word: str) -> bool:
        """Whether the text has a variant of the word, or its acronym in another language: HIV, VIH."""
        return (
            word in self._initials
            or "".join(sorted(word)) in self._acronyms
            or any(_is_variant(word, own) for own in self._capital)
            or any(_is_derived(word, own) for own in self._words)
        )


def _is_variant(one: str, other: str) -> bool:
    """Whether two folded names may be the same: they have a prefix or consonants in common, or a similar spelling."""
    if one[:PREFIX] == other[:PREFIX] or _is_derived(one, other):
        return True
    consonants, others = skeleton(one), skeleton(other)
    if one[0] == other[0] and len(consonants) > 1 and consonants[:MIN_CONSONANTS] == others[:MIN_CONSONANTS]:
        return True
    return (consonants == others and len(consonants) >= MIN_CONSONANTS) or _similarity(one, other) >= MIN_SIMILARITY


def _is_derived(one: str, other: str) -> bool:
    """Whether a folded word may be derived from a name, or a name from it: `Egyptian`, `égyptien`."""
    if is_form(one, other) or one[:MIN_PART] == other[:MIN_PART]:
        return True
    return min(len(one), len(other)) >= MIN_PART and (one in other or other in one)


def _similarity(one: str, other: str) -> float:
    total = len(one) + len(other) - 2
    return 2 * (_bigrams(one) & _bigrams(other)).total() / total if total else 0.0


@lru_cache(maxsize=1_000)
def _bigrams(word: str) -> Counter[tuple[str, str]]:
    return Counter(pairwise(word))
