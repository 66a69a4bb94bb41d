"""Names of a sentence for which its translation has others, told from the pair alone.

Places and institutions are known by their codes, in any two languages. Other names keep their spelling, more or less,
between two languages in Latin letters: one of which a word is like nothing in the translation is gone, and one of
which hardly a word is like any of the source has come. Both have to be there. Between English and most
other languages, names keep their sounds: see `unheard`.
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

BONES = 3
"""Consonants at a word's start that tell it from others."""

START = 4
"""Letters at the start that kindred words share: `Athens`, `Athènes`."""

PART = 5
"""Letters from which a word in small letters may have a name in it, or be one's beginning."""

LIKE = 0.6
"""Dice's likeness of letter pairs from which two words may be one name: `Irkutsk`, `Irkoutsk`."""


def swapped_names(source: str, target: str, source_language: str, target_language: str) -> Iterator[tuple[str, str]]:
    """Names of the source that are gone, each with one that came in its stead; BCP 47 tags.

    Where only one of the two could be told, the other is empty.
    """
    is_spelled = bool(generic_words(source_language) and generic_words(target_language))
    one, other = (
        _Side(text, tag, places_only=not is_spelled)
        for text, tag in ((source, source_language), (target, target_language))
    )
    come = [name for name in other.names if other.is_strange(name, one)]
    gone = [name for name in one.names if one.is_gone(name, other)]
    if not is_spelled and (translated_words(source_language) or translated_words(target_language)):
        yield from _by_sound(gone, come, PhoneticText(source, source_language), PhoneticText(target, target_language))
    else:
        yield from zip(_texts(gone), _texts(come), strict=False)


def _by_sound(
    gone: list[DistinctiveName], come: list[DistinctiveName], source: PhoneticText, target: PhoneticText
) -> Iterator[tuple[str, str]]:
    """The same where names keep their sounds alone; the places that are gone and that have come are known."""
    left, new = missing_names(source, target), missing_names(target, source)
    if (left or gone) and (new or come):
        yield from zip([*left, *_texts(gone)], [*new, *_texts(come)], strict=False)
    elif translated_words(source.language) and not target.is_marked:
        countries = [name for name in gone if is_missing_country(name.value, target)]
        yield from ((name, "") for name in (*left, *_texts(countries)))
    elif translated_words(target.language) and not source.is_marked:
        countries = [name for name in come if is_missing_country(name.value, source)]
        yield from (("", name) for name in (*new, *_texts(countries)))


def _texts(names: list[DistinctiveName]) -> list[str]:
    return [name.fact.text for name in names]


class _Side:
    """A text, its names, and the words that another text's names are looked for among."""

    def __init__(self, text: str, language: str, *, places_only: bool) -> None:
        self._held = fact_index(text, language)
        self._words = {folded(word) for word in parts(text)} - {""}
        self._capital = {folded(word) for word in parts(text) if word[0].isupper()} - {""}
        self._acronyms = {"".join(sorted(folded(word))) for word in parts(text) if word.isupper()}
        found = list(distinctive_names(text, self._held.facts, generic_words(language)))
        self._initials = {"".join(word[0] for word in name.value.words) for name in found}
        self.names = [name for name in found if name.value.place or not places_only]

    def is_gone(self, name: DistinctiveName, other: "_Side") -> bool:
        """Whether the other text leaves a word of this one's name out."""
        if name.value.place:
            return self.is_strange(name, other)
        return any(not other.has(word) for word in name.words)

    def is_strange(self, name: DistinctiveName, other: "_Side") -> bool:
        """Whether the other text has no more than half of this one's name."""
        if place := name.value.place:
            return not other.knows(place) and not any(map(other.has, name.words))
        return bool(name.words) and sum(map(other.has, name.words)) <= len(name.words) / 2

    def knows(self, place: str) -> bool:
        """Whether the text names the place of a code."""
        return self._held.knows_place(place)

    def has(self, word: str) -> bool:
        """Whether the text has a word that may be this one, or its abbreviation in another language: HIV, VIH."""
        return (
            word in self._initials
            or "".join(sorted(word)) in self._acronyms
            or any(_is_like(word, own) for own in self._capital)
            or any(_is_kin(word, own) for own in self._words)
        )


def _is_like(one: str, other: str) -> bool:
    """Whether two folded names may be one: they begin alike, sound alike, or are spelt much alike."""
    if one[:START] == other[:START] or _is_kin(one, other):
        return True
    bones, others = skeleton(one), skeleton(other)
    if one[0] == other[0] and len(bones) > 1 and bones[:BONES] == others[:BONES]:
        return True
    return (bones == others and len(bones) >= BONES) or _likeness(one, other) >= LIKE


def _is_kin(one: str, other: str) -> bool:
    """Whether a folded name may be made from a word, or a word from it: `Egyptian`, `égyptien`."""
    if is_form(one, other) or one[:PART] == other[:PART]:
        return True
    return min(len(one), len(other)) >= PART and (one in other or other in one)


def _likeness(one: str, other: str) -> float:
    whole = len(one) + len(other) - 2
    return 2 * (_pairs(one) & _pairs(other)).total() / whole if whole else 0.0


@lru_cache(maxsize=1_000)
def _pairs(word: str) -> Counter[tuple[str, str]]:
    return Counter(pairwise(word))
