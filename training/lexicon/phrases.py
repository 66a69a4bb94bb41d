"""Extraction and counting of phrase pairs that are consistent with a word alignment."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from models.lexicons.lexicon import MAX_WORDS
from models.lexicons.words import is_word
from training.lexicon.alignment import Links
from training.lexicon.tokenization import Sentence

MAX_TARGET_WORDS = 4
"""The longest translation of a phrase."""

Phrase = tuple[str, ...]
"""A source phrase, as normalized tokens."""

Range = tuple[int, int]
"""The indexes of a phrase's first and last token."""


@dataclass(slots=True)
class Counts:
    """How often each source phrase was aligned with each target phrase, and how often each source word occurred."""

    pairs: Counter[tuple[Phrase, str]] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)

    def add(self, source: Sentence, target: Sentence, links: Links) -> None:
        """Counts the phrases of a sentence pair."""
        self.words.update(token for token in source.tokens if is_word(token))
        for (first, last), inside in phrase_pairs(source, target, links):
            self.pairs[source.tokens[first : last + 1], target.part(*inside)] += 1


def transpose(links: Links) -> Links:
    """Returns the links of the opposite direction."""
    return frozenset((other, one) for one, other in links)


def phrase_pairs(source: Sentence, target: Sentence, links: Links) -> Iterator[tuple[Range, Range]]:
    """Yields source and target ranges in which no token is linked to one outside (Koehn, Och and Marcu, 2003).

    Phrases start and end with a linked token and contain no punctuation.
    """
    forward, backward = _extents(links), _extents(transpose(links))
    punctuation = {at for at, token in enumerate(target.tokens) if not is_word(token)}
    for first in sorted(forward):
        low, high = forward[first]
        for last in range(first, min(first + MAX_WORDS, len(source.tokens))):
            if not is_word(source.tokens[last]):
                break
            if last not in forward:
                continue
            low, high = min(low, forward[last][0]), max(high, forward[last][1])
            inside = range(low, high + 1)
            if len(inside) > MAX_TARGET_WORDS:
                break
            if punctuation.isdisjoint(inside) and all(_within(backward.get(at), first, last) for at in inside):
                yield (first, last), (low, high)


def _within(extent: Range | None, first: int, last: int) -> bool:
    return extent is None or (first <= extent[0] and extent[1] <= last)


def _extents(links: Iterable[tuple[int, int]]) -> dict[int, Range]:
    """Returns the lowest and highest index each token is linked to."""
    found: dict[int, Range] = {}
    for one, other in links:
        low, high = found.get(one, (other, other))
        found[one] = min(low, other), max(high, other)
    return found
