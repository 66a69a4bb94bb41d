"""Names of a sentence for which its translation has others, told from the pair alone.

Places and institutions are known by their codes, in any two languages. Other names keep their spelling, more or less,
between two languages in Latin letters: one of which a word is like nothing in the translation is gone, and one of
which hardly a word is like any of the source has come. Both have to be there.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import regex

from summarizer.article import Span
from summarizer.checking.facts import Fact
from summarizer.checking.facts.held import Held
from summarizer.checking.facts.names import Name, parts
from summarizer.checking.facts.sound import folded, is_form, skeleton
from summarizer.checking.facts.tables import table, words
from summarizer.languages import primary
from summarizer.reading.language import small_words

LEAST = 3
"""Letters of a word, and consonants at its start, that tell it from others."""

START = 4
"""Letters at the start that kindred words share: `Athens`, `Athènes`."""

PART = 5
"""Letters from which a word in small letters may have a name in it, or be one's beginning."""

LIKE = 0.6
"""Dice's likeness of letter pairs from which two words may be one name: `Irkutsk`, `Irkoutsk`."""


_QUOTE = regex.compile(r"[“\"«„‘]\s?[^“”\"«»„‘’]{1,60}\s?[”\"»“’]")


def renamed(source: str, target: str, source_language: str, target_language: str) -> Iterator[tuple[str, str]]:
    """Names of the source that are gone, each with one that came in its stead; BCP 47 tags."""
    is_spelled = bool(_generic(source_language) and _generic(target_language))
    one, other = (
        _Side(text, tag, places_only=not is_spelled)
        for text, tag in ((source, source_language), (target, target_language))
    )
    come = [name for name in other.names if other.is_strange(name, one)]
    gone = (name for name in one.names if one.is_gone(name, other)) if come else ()
    yield from ((name.text, stead.text) for name, stead in zip(gone, come, strict=False))


class _Side:
    """A text, its names, and the words that another text's names are looked for among."""

    def __init__(self, text: str, language: str, *, places_only: bool) -> None:
        self._held = Held(text, language)
        self._generic = _generic(language)
        self._words = {folded(word) for word in parts(text)} - {""}
        self._capital = {folded(word) for word in parts(text) if word[0].isupper()} - {""}
        self._acronyms = {"".join(sorted(folded(word))) for word in parts(text) if word.isupper()}
        self._quotes = [Span(*match.span()) for match in _QUOTE.finditer(text)]
        found = [fact for fact in self._held.facts if isinstance(fact.value, Name)]
        self._initials = {"".join(word[0] for word in _name(fact).words) for fact in found}
        self.names = [fact for fact in found if _name(fact).place or not places_only]

    def is_gone(self, fact: Fact, other: "_Side") -> bool:
        """Whether the other text leaves a word of this one's name out."""
        if _name(fact).place:
            return self.is_strange(fact, other)
        return any(not other.has(word) for word in self._telling(fact))

    def is_strange(self, fact: Fact, other: "_Side") -> bool:
        """Whether the other text has no more than half of this one's name."""
        if place := _name(fact).place:
            return not other.knows(place) and not any(map(other.has, self._telling(fact)))
        telling = self._telling(fact)
        return bool(telling) and sum(map(other.has, telling)) <= len(telling) / 2

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

    def _telling(self, fact: Fact) -> list[str]:
        """The words of a name that languages keep; none where it ends as an institution's: `Supreme Court`."""
        found = [word for word in _name(fact).words if len(word) >= LEAST]
        if found and (found[-1] in self._generic or self._is_quoted(fact)):
            return []
        return [word for word in found if word not in self._generic]

    def _is_quoted(self, fact: Fact) -> bool:
        """Whether it is a title, or a part of one: those are translated."""
        return any(quote.start <= fact.span.start and fact.span.end <= quote.end for quote in self._quotes)


def _name(fact: Fact) -> Name:
    assert isinstance(fact.value, Name)
    return fact.value


def _is_like(one: str, other: str) -> bool:
    """Whether two folded names may be one: they begin alike, sound alike, or are spelt much alike."""
    if one[:START] == other[:START] or _is_kin(one, other):
        return True
    bones, others = skeleton(one), skeleton(other)
    if one[0] == other[0] and len(bones) > 1 and bones[:LEAST] == others[:LEAST]:
        return True
    return (bones == others and len(bones) >= LEAST) or _likeness(one, other) >= LIKE


def _is_kin(one: str, other: str) -> bool:
    """Whether a folded name may be made from a word, or a word from it: `Egyptian`, `égyptien`."""
    if is_form(one, other) or one[:PART] == other[:PART]:
        return True
    return min(len(one), len(other)) >= PART and (one in other or other in one)


def _likeness(one: str, other: str) -> float:
    pairs, others = Counter(pairwise(one)), Counter(pairwise(other))
    whole = pairs.total() + others.total()
    return 2 * (pairs & others).total() / whole if whole else 0.0


@cache
def _generic(language: str) -> frozenset[str]:
    """Words of names that every language has its own for; none where names are not compared by their letters."""
    own = words(table(language).get("names", {}).get("generic", ""))
    return frozenset(map(folded, (*own, *small_words(primary(language))))) if own else frozenset()
