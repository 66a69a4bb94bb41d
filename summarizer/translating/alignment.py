"""Word alignment: finds the words of a translation that correspond to a phrase of its source."""

import unicodedata
from collections import Counter
from collections.abc import Sequence

import regex

from summarizer.article import Span

MATCH = 0.5
"""Minimum similarity at which words are taken for the phrase's translation."""

DISTANCE_PENALTY = 0.15
"""Similarity subtracted from words at the opposite end of the sentence; proportionally less from nearer words."""

SEARCH_WORDS = 80
"""Words searched before and after the expected position."""

_LINKED = regex.compile(r"(?=[-'’‐])|(?<=[-'’‐])")
_UNIT = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*|[\p{L}\p{M}]+|\p{N}+(?:[.,]\p{N}+)*|[^\s\p{L}\p{M}\p{N}]"
)


def locate(phrases: Sequence[str], text: str, near: float) -> tuple[Span, float]:
    """Returns the words of `text` most similar to one of `phrases`, and their similarity from 0 to 1.

    `near` is the phrase's relative position in its own sentence, from 0 to 1. The similarity is the Dice coefficient
    of letter bigrams.
    """
    units = list(_UNIT.finditer(text))
    if not units:
        return Span(0, len(text)), 0.0
    best, similarity = Span(0, 0), -1.0
    middle = round(near * len(units))
    for phrase in dict.fromkeys(filter(None, map(str.strip, phrases))):
        bigrams, length = _bigrams(phrase), len(_UNIT.findall(phrase))
        for first in range(max(middle - SEARCH_WORDS, 0), min(middle + SEARCH_WORDS, len(units))):
            for count in range(max(length - 2, length // 2, 1), length + length // 2 + 2):
                if first + count > len(units):
                    break
                span = Span(units[first].start(), units[first + count - 1].end())
                distance = abs((first + count / 2) / len(units) - near)
                score = _dice(bigrams, _bigrams(text[span.start : span.end])) - DISTANCE_PENALTY * distance
                if score > similarity:
                    best, similarity = span, score
    return best, max(similarity, 0.0)


def proportional_span(text: str, start: float, end: float) -> Span:
    """Returns the words between two relative positions: a guess for a phrase that was not located."""
    units = list(_UNIT.finditer(text))
    if not units:
        return Span(0, len(text))
    first = min(round(start * len(units)), len(units) - 1)
    last = min(max(round(end * len(units)), first + 1), len(units))
    return Span(units[first].start(), units[last - 1].end())


def nearest_gap(text: str, share: float) -> int:
    """Returns the offset of the word boundary nearest to a relative position in the text."""
    ends = [0, *(int(unit.end()) for unit in _UNIT.finditer(text) if not _LINKED.match(text, unit.end())), len(text)]
    return min(ends, key=lambda end: abs(end - share * len(text)))


def _dice(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def _bigrams(text: str) -> Counter[str]:
    """Counts letter bigrams, ignoring case and accents, with word boundaries marked."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = regex.findall(r"[\p{L}\p{N}]+|[^\s\p{M}]", "".join(c for c in plain if not unicodedata.combining(c)))
    return Counter(f"{a}{b}" for word in words for a, b in zip(f" {word}", f"{word} ", strict=True))
