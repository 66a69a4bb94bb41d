"""Finds the headline of an article on a page: the line whose words the article repeats most."""

from collections.abc import Sequence

import regex

from summarizer.reading.lines import Line, LineKind

WIDTHS = range(12, 220)
"""The width of a headline, in any script."""

NEAR = 30
"""The number of lines before the article that are candidates."""

MIN_SHARE = 0.3
"""The share of a headline's words that its article repeats, at least. A choice: a quarter are names or numbers."""

MAX_SHARED_WORDS, LEADING_LINES = 4, 80
"""The number of shared words that is counted at most, and the lines of the article that are searched for them."""

_WORD = regex.compile(r"[\p{L}\p{M}]{4,}|\p{N}{2,}")
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]{2,}")
_TRAIL = regex.compile(r"(?:.*\s[>›»/|]\s){2}")
_STEM = 5
_END_MARKS = ("?", "!", "？", "！", "؟", "”", "»", "」", '"')


def find_headline(above: Sequence[Line], article: Sequence[Line]) -> Line | None:
    """Returns the line above the article that is its headline, or None: the first of those with the highest score."""
    score, line = best_headline(above, article)
    return line if score else None


def best_headline(above: Sequence[Line], article: Sequence[Line]) -> tuple[int, Line | None]:
    """Returns the number of words, up to four, that the likeliest headline shares with the article, and that line."""
    words = _words(" ".join(line.text for line in article[:LEADING_LINES]))
    best = max(above[-NEAR:], key=lambda line: _shared(line, words), default=None)
    return (_shared(best, words), best) if best else (0, None)


def _shared(line: Line, article: frozenset[str]) -> int:
    """The number of words, up to four, that a candidate shares with the article; 0 if they are too few.

    Words are compared by their first letters, since endings differ. With four or more shared words, the first of
    several candidates wins.
    """
    words = _words(line.text)
    is_candidate = line.width in WIDTHS and (line.kind is LineKind.SHORT or line.text.endswith(_END_MARKS))
    is_candidate = is_candidate and not _TRAIL.match(line.text)
    common = len(words & article)
    return min(common, MAX_SHARED_WORDS) if is_candidate and words and common / len(words) >= MIN_SHARE else 0


def _words(text: str) -> frozenset[str]:
    """Prefixes of words, or letter bigrams in scripts without spaces."""
    pairs = {run[place : place + 2] for run in _DENSE.findall(text) for place in range(len(run) - 1)}
    return frozenset(word[:_STEM] for word in _WORD.findall(_DENSE.sub(" ", text.casefold()))) | pairs
