"""Which line of a page is the article's headline: the one whose words the article repeats."""

from collections.abc import Sequence

import regex

from summarizer.reading.lines import Line, Shape

WIDTHS = range(12, 220)
"""A headline's width, in any script."""

NEAR = 30
"""So many lines before the article are looked at."""

SHARED = 0.3
"""The share of a headline's words that its article repeats, at least. A choice: a quarter are names or numbers."""

_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]{2}|[\p{L}\p{M}]{4,}|\p{N}{2,}")
_STEM = 5
_ASKS = ("?", "!", "？", "！", "؟", "”", "»", "」", '"')


def headline(above: Sequence[Line], article: Sequence[Line]) -> Line | None:
    """The line above the article that is its headline, or None: the most words shared, the nearest among equals."""
    words = _words(" ".join(line.text for line in article))
    scored = [(_score(line, words), place, line) for place, line in enumerate(above[-NEAR:])]
    best = max(scored, key=lambda one: one[:2], default=None)
    return best[2] if best and best[0] else None


def _score(line: Line, article: frozenset[str]) -> float:
    """How many words the two share, if they are enough; words count by their beginnings, so that endings may differ."""
    words = _words(line.text)
    fits = line.width in WIDTHS and (line.shape is Shape.SHORT or line.text.endswith(_ASKS))
    shared = len(words & article)
    return float(shared) if fits and words and shared / len(words) >= SHARED else 0.0


def _words(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(text.casefold(), overlapped=True))
