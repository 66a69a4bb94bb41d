"""Splits pasted text into lines, or into paragraphs if its lines are wrapped, and classifies each."""

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from summarizer.article import Span
from summarizer.reading.line_kinds import TAIL, KnownPhrases, LineKind, classify_line

__all__ = ["Line", "LineKind", "is_teaser", "lines"]


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity: the same text elsewhere is another line
class Line:
    """A non-blank line without surrounding white space; `width` counts East Asian characters twice."""

    text: str
    span: Span
    width: int
    kind: LineKind


MIN_WRAPPED = 3
"""The number of wrapped lines from which a text counts as wrapped."""

_LINE = regex.compile(r"\S(?:[^\n]*\S)?")
_BLOCK = regex.compile(r"\S(?:(?:[^\n]|\n(?![ \t\r]*\n))*\S)?")
_FILLED = regex.compile(r"^[^\n]{45,100}\n(?=\S)", regex.MULTILINE)
_CUT = regex.compile(r"^[^\n]{44,99}[^\s.!?…:;\"”»]\r?\n(?=\p{Ll})", regex.MULTILINE)
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]+")
_TEASER = regex.compile(r"(?:\.\.\.|…|\[…\])\W*\Z")


def lines(text: str) -> Iterator[Line]:
    """Yields the non-blank lines of a text."""
    known = KnownPhrases.within(text)
    for match in (_BLOCK if _is_wrapped(text) else _LINE).finditer(text):
        line = match.group()
        width = len(line) if line.isascii() else len(line) + sum(map(len, _DENSE.findall(line)))
        yield Line(line, Span(*match.span()), width, classify_line(line, width, known))


def _is_wrapped(text: str) -> bool:
    """Whether paragraphs are wrapped: more than a third of the full lines break off inside a sentence."""
    broken = len(_CUT.findall(text))
    return broken >= MIN_WRAPPED and 3 * broken > len(_FILLED.findall(text))


def is_teaser(line: Line) -> bool:
    """Returns whether the line ends in an ellipsis, as the teaser of another article does."""
    return bool(_TEASER.search(line.text[-TAIL:]))
