"""Pasted text in lines, or in paragraphs where a margin cut them into lines, each with its shape."""

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from summarizer.article import Span
from summarizer.reading.line_kinds import TAIL, KnownPhrases, LineKind, classify_line

__all__ = ["Line", "LineKind", "is_teaser", "lines"]


@dataclass(frozen=True, slots=True, eq=False)  # each line is itself: the same words elsewhere are another
class Line:
    """One line that is not blank, without the white space round it; `width` counts dense scripts' letters twice."""

    text: str
    span: Span
    width: int
    shape: LineKind


CUT = 3
"""So many lines that a margin cut make a text of wrapped lines."""

_LINE = regex.compile(r"\S(?:[^\n]*\S)?")
_BLOCK = regex.compile(r"\S(?:(?:[^\n]|\n(?![ \t\r]*\n))*\S)?")
_FILLED = regex.compile(r"^[^\n]{45,100}\n(?=\S)", regex.MULTILINE)
_CUT = regex.compile(r"^[^\n]{44,99}[^\s.!?…:;\"”»]\r?\n(?=\p{Ll})", regex.MULTILINE)
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]+")
_TEASER = regex.compile(r"(?:\.\.\.|…|\[…\])\W*\Z")


def lines(text: str) -> Iterator[Line]:
    """The lines that are not blank, each with what it looks like."""
    said = KnownPhrases.within(text)
    for found in (_BLOCK if _is_wrapped(text) else _LINE).finditer(text):
        line = found.group()
        width = len(line) if line.isascii() else len(line) + sum(map(len, _DENSE.findall(line)))
        yield Line(line, Span(*found.span()), width, classify_line(line, width, said))


def _is_wrapped(text: str) -> bool:
    """Whether a margin cut the paragraphs into lines: a third of the filled lines break a sentence."""
    cut = len(_CUT.findall(text))
    return cut >= CUT and 3 * cut > len(_FILLED.findall(text))


def is_teaser(line: Line) -> bool:
    """Whether the line breaks off, as the beginning of an article does on the page that links to it."""
    return bool(_TEASER.search(line.text[-TAIL:]))
