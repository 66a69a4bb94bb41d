"""Which sentences of an article say what a text says, by the terms that they share, rare ones first."""

import math
from collections import Counter
from collections.abc import Sequence

import regex

from summarizer.checking.facts.tables import is_known_spaced

ENOUGH = 0.3
"""Share of a text's weight that a sentence must hold to count as its support."""

MORE = 0.2
"""Share that a second sentence must add."""

STEM = 6
"""Letters of a word that count, since endings change."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+")


class SentenceIndex:
    """Sentences by their terms."""

    def __init__(self, sentences: Sequence[frozenset[str]]) -> None:
        self._sentences = sentences
        seen = Counter(term for sentence in sentences for term in sentence)
        self._weights = {term: math.log(1 + len(sentences) / count) for term, count in seen.items()}
        # A term that no sentence has weighs as much as one that a single sentence has: it is missing support.
        self._rarest = math.log(1 + len(sentences))

    def known(self, terms: frozenset[str]) -> frozenset[str]:
        """Those of the terms that any sentence has."""
        return frozenset(self._weights.keys() & terms)

    def best(self, terms: frozenset[str]) -> list[int]:
        """The one or two sentences that hold most of the terms' weight, in their order."""
        found: list[int] = []
        whole, left = self._weight(terms), terms
        for least in (ENOUGH, MORE):
            shares = [self._weight(left & sentence) for sentence in self._sentences]
            at = max(range(len(shares)), key=shares.__getitem__, default=None)
            if at is None or not whole or shares[at] / whole < least:
                break
            found.append(at)
            left -= self._sentences[at]
        return sorted(found)

    def share(self, terms: frozenset[str], chosen: Sequence[int], missing: int) -> float:
        """The share of the terms' weight that the chosen sentences hold; `missing` more things are in none."""
        held = frozenset(term for at in chosen for term in self._sentences[at])
        whole = self._weight(terms) + missing * self._rarest
        return self._weight(terms & held) / whole if whole else 0.0

    def _weight(self, terms: frozenset[str]) -> float:
        # Exact: sets have no order, and a part of a sum that is rounded otherwise may be more than the whole.
        return math.fsum(self._weights.get(term, self._rarest) for term in terms)


def monolingual_terms(text: str, language: str) -> frozenset[str]:
    """The terms of a text that is compared with others in its language: words, or pairs of letters."""
    words = _WORD.findall(text.casefold())
    if is_known_spaced(language):
        return frozenset(word[:STEM] for word in words if len(word) > 2 or word.isdigit())  # noqa: PLR2004 - "of", "de"
    return frozenset(word[at : at + 2] for word in words for at in range(max(len(word) - 1, 1)))
