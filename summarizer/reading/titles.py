"""Which line of a page is the article's headline: the one whose words the article repeats."""

from collections.abc import Sequence

import regex

from summarizer.reading.lines import Line, LineKind

WIDTHS = range(12, 220)
"""A headline's width, in any script."""

NEAR = 30
"""So many lines before the article are looked at."""

SHARED = 0.3
"""The share of a headline's words that its article repeats, at least. A choice: a quarter are names or numbers."""

ENOUGH, BEGINNING = 4, 80
"""Shared words that are enough, and the lines of the article that are looked at for them."""

_WORD = regex.compile(r"[\p{L}\p{M}]{4,}|\p{N}{2,}")
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]{2,}")
_TRAIL = regex.compile(r"(?:.*\s[>›»/|]\s){2}")
_STEM = 5
_ASKS = ("?", "!", "？", "！", "؟", "”", "»", "」", '"')


def find_headline(above: Sequence[Line], article: Sequence[Line]) -> Line | None:
    """The line above the article that is its headline, or None: the first of those whose words it repeats most."""
    found = best_headline(above, article)
    return found[1] if found[0] else None


def best_headline(above: Sequence[Line], article: Sequence[Line]) -> tuple[int, Line | None]:
    """How many words, up to four, the likeliest headline shares with the article, and that line."""
    words = _words(" ".join(line.text for line in article[:BEGINNING]))
    best = max(above[-NEAR:], key=lambda line: _shared(line, words), default=None)
    return (_shared(best, words), best) if best else (0, None)


def _shared(line: Line, article: frozenset[str]) -> int:
    """How many words, up to four, a line that may be a headline has in common with the article's; 0 where too few.

    Words count by their beginnings, so that endings may differ. Above four a headline is told by standing first.
    """
    words = _words(line.text)
    fits = line.width in WIDTHS and (line.shape is LineKind.SHORT or line.text.endswith(_ASKS))
    fits = fits and not _TRAIL.match(line.text)
    common = len(words & article)
    return min(common, ENOUGH) if fits and words and common / len(words) >= SHARED else 0


def _words(text: str) -> frozenset[str]:
    """Beginnings of words, and pairs of letters where words are not spaced."""
    pairs = {run[place : place + 2] for run in _DENSE.findall(text) for place in range(len(run) - 1)}
    return frozenset(word[:_STEM] for word in _WORD.findall(_DENSE.sub(" ", text.casefold()))) | pairs
