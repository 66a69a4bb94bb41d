"""Where in a translation a phrase of its source stands."""

import unicodedata
from collections import Counter
from collections.abc import Sequence

import regex

from summarizer.article import Span

MATCH = 0.5
"""Likeness of letters from which a place counts as the phrase's."""

DISTANCE_PENALTY = 0.15
"""What a place at the other end of the sentence loses of its likeness."""

SEARCH_WORDS = 80
"""Words before and behind the expected place that are looked at."""

_LINKED = regex.compile(r"(?=[-'’‐])|(?<=[-'’‐])")
_UNIT = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*|[\p{L}\p{M}]+|\p{N}+(?:[.,]\p{N}+)*|[^\s\p{L}\p{M}\p{N}]"
)


def locate(phrases: Sequence[str], text: str, near: float) -> tuple[Span, float]:
    """The words of `text` that are most like one of `phrases`, and how like, from 0 to 1.

    `near` is where the phrase stands in its own sentence, from 0 to 1. The likeness is Dice's of pairs of letters.
    """
    units = list(_UNIT.finditer(text))
    if not units:
        return Span(0, len(text)), 0.0
    best, likeness = Span(0, 0), -1.0
    middle = round(near * len(units))
    for phrase in dict.fromkeys(filter(None, map(str.strip, phrases))):
        pairs, length = _pairs(phrase), len(_UNIT.findall(phrase))
        for first in range(max(middle - SEARCH_WORDS, 0), min(middle + SEARCH_WORDS, len(units))):
            for count in range(max(length - 2, length // 2, 1), length + length // 2 + 2):
                if first + count > len(units):
                    break
                span = Span(units[first].start(), units[first + count - 1].end())
                away = abs((first + count / 2) / len(units) - near)
                found = _likeness(pairs, _pairs(text[span.start : span.end])) - DISTANCE_PENALTY * away
                if found > likeness:
                    best, likeness = span, found
    return best, max(likeness, 0.0)


def proportional_span(text: str, start: float, end: float) -> Span:
    """The words from one share of a text to another: a guess for a phrase that is not found."""
    units = list(_UNIT.finditer(text))
    if not units:
        return Span(0, len(text))
    first = min(round(start * len(units)), len(units) - 1)
    last = min(max(round(end * len(units)), first + 1), len(units))
    return Span(units[first].start(), units[last - 1].end())


def nearest_gap(text: str, share: float) -> int:
    """The place between two words nearest to a share of the text."""
    ends = [0, *(int(unit.end()) for unit in _UNIT.finditer(text) if not _LINKED.match(text, unit.end())), len(text)]
    return min(ends, key=lambda end: abs(end - share * len(text)))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    whole = one.total() + other.total()
    return 2 * (one & other).total() / whole if whole else 0.0


def _pairs(text: str) -> Counter[str]:
    """Pairs of neighbouring letters, without case and accents, each word's ends marked."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = regex.findall(r"[\p{L}\p{N}]+|[^\s\p{M}]", "".join(c for c in plain if not unicodedata.combining(c)))
    return Counter(f"{a}{b}" for word in words for a, b in zip(f" {word}", f"{word} ", strict=True))
