"""Finds the sentences of an article that support a text, by shared terms weighted by inverse document frequency."""

import math
from collections import Counter
from collections.abc import Sequence

import regex

from summarizer.checking.facts.tables import is_known_spaced

MIN_SHARE = 0.3
"""Share of a text's weight that a sentence must cover to count as evidence."""

MIN_ADDED_SHARE = 0.2
"""Share that a second sentence must add."""

STEM = 6
"""Leading letters by which words are compared, since endings change."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+")


class SentenceIndex:
    """Sentences, each as a set of terms."""

    def __init__(self, sentences: Sequence[frozenset[str]]) -> None:
        self._sentences = sentences
        counts = Counter(term for sentence in sentences for term in sentence)
        self._weights = {term: math.log(1 + len(sentences) / count) for term, count in counts.items()}
        # An unknown term weighs as much as a term of a single sentence, since it lowers the support.
        self._max_weight = math.log(1 + len(sentences))

    def known(self, terms: frozenset[str]) -> frozenset[str]:
        """Returns the terms that occur in any sentence."""
        return frozenset(self._weights.keys() & terms)

    def best(self, terms: frozenset[str]) -> list[int]:
        """Returns the indices, in order, of the one or two sentences that cover most of the weight of the terms."""
        chosen: list[int] = []
        total, uncovered = self._weight(terms), terms
        for min_share in (MIN_SHARE, MIN_ADDED_SHARE):
            weights = [self._weight(uncovered & sentence) for sentence in self._sentences]
            at = max(range(len(weights)), key=weights.__getitem__, default=None)
            if at is None or not total or weights[at] / total < min_share:
                break
            chosen.append(at)
            uncovered -= self._sentences[at]
        return sorted(chosen)

    def share(self, terms: frozenset[str], chosen: Sequence[int], missing: int) -> float:
        """Returns the share of the weight of the terms that the chosen sentences cover.

        `missing` is the number of further items that no sentence contains.
        """
        covered = frozenset(term for at in chosen for term in self._sentences[at])
        total = self._weight(terms) + missing * self._max_weight
        return self._weight(terms & covered) / total if total else 0.0

    def _weight(self, terms: frozenset[str]) -> float:
        # fsum: sets are unordered, and with rounding errors the weight of a subset could exceed that of the set.
        return math.fsum(self._weights.get(term, self._max_weight) for term in terms)


def monolingual_terms(text: str, language: str) -> frozenset[str]:
    """Returns the terms of a text for comparison within its language: word prefixes, or letter bigrams."""
    words = _WORD.findall(text.casefold())
    if is_known_spaced(language):
        return frozenset(word[:STEM] for word in words if len(word) > 2 or word.isdigit())  # noqa: PLR2004 - "of", "de"
    return frozenset(word[at : at + 2] for word in words for at in range(max(len(word) - 1, 1)))
