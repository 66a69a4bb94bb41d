"""SRT and WebVTT: the words of each cue, and nothing else of the file, are another's afterwards.

Both are blocks of lines in which a line with an arrow says when, and the lines below it what. Libraries that read them
into cues write their own style of file; here numbers, times, settings, notes, styles and line ends stay byte for byte.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from summarizer.files.piece import Document, InlineCode, from_html, to_html
from summarizer.reading.charset import decode

_TAG = re.compile(r"<[^<>\n]*>|\{\\[^{}\n]*\}")
_NAME = re.compile(r"</?([^\s.>/]+)")
_SPEAKER = re.compile(r"\s*[-–—]\s?\S")


@dataclass(frozen=True, slots=True)
class _Cue:
    """Words of a cue: where they stand in the file, how many lines they have, and the tags among them."""

    start: int
    end: int
    lines: int
    tags: tuple[str, ...]
    piece: tuple[str | InlineCode, ...]


def subtitles(content: bytes) -> Document:
    """A file of subtitles. Raises NotText."""
    text = decode(content, None)
    cues = [cue for start, end in _said(text) for cue in _cues(text, start, end)]
    newline = "\r\n" if "\r\n" in text else "\n"

    def write(texts: Sequence[str], _language: str) -> bytes:
        out, at = "", 0
        for cue, said in zip(cues, texts, strict=True):
            out += text[at : cue.start] + newline.join(_wrapped(_tagged(cue, said), cue.lines))
            at = cue.end
        return (out + text[at:]).encode()

    return Document(tuple(to_html(cue.piece) for cue in cues), "html", write)


def _said(text: str) -> Iterator[tuple[int, int]]:
    """Where the lines below each arrow begin and end."""
    at, start = 0, None
    for line in text.splitlines(keepends=True):
        if start is not None and not line.strip():
            yield start, at
            start = None
        at += len(line)
        if "-->" in line:
            start = at
    if start is not None:
        yield start, at


def _cues(text: str, start: int, end: int) -> Iterator[_Cue]:
    """The words there, as one; those of several speakers, who have a line each, apart."""
    lines = [match.span() for match in re.finditer(r"[^\r\n]+", text[start:end])]
    if len(lines) > 1 and all(_SPEAKER.match(text[start + begin : start + stop]) for begin, stop in lines):
        groups = [[line] for line in lines]
    else:
        groups = [lines] if lines else []
    for group in groups:
        first, last = start + group[0][0], start + group[-1][1]
        joined = " ".join(text[start + begin : start + stop].strip() for begin, stop in group)
        yield _Cue(first, last, len(group), *_piece(joined))


def _piece(text: str) -> tuple[tuple[str, ...], tuple[str | InlineCode, ...]]:
    tags = _TAG.findall(text)
    partners = _partners(tags)
    piece: list[str | InlineCode] = []
    edges = [0, *(edge for match in _TAG.finditer(text) for edge in match.span()), len(text)]
    for at, (start, end) in enumerate(pairwise(edges)):
        if at % 2 == 0:
            piece.append(text[start:end])
        else:
            piece.append(partners.get(at // 2) or InlineCode("point", at // 2))
    return tuple(tags), tuple(part for part in piece if part)


def _partners(tags: Sequence[str]) -> dict[int, InlineCode]:
    """Tags that open and close, by their places; the key of both is the opening's place."""
    found: dict[int, InlineCode] = {}
    opened: list[tuple[str, int]] = []
    for at, tag in enumerate(tags):
        name = match[1] if (match := _NAME.match(tag)) else ""
        if tag.startswith("</"):
            if opened and opened[-1][0] == name:
                key = opened.pop()[1]
                found |= {key: InlineCode("opening", key), at: InlineCode("closing", key)}
        elif name:
            opened.append((name, at))
    return found


def _tagged(cue: _Cue, said: str) -> str:
    out = ""
    for part in from_html(said):
        if isinstance(part, str):
            out += " ".join(part.split("\n"))
        elif part.kind == "closing":
            match = _NAME.match(cue.tags[part.key])
            out += f"</{match[1]}>" if match else ""
        else:
            out += cue.tags[part.key]
    return out.replace("-->", "→")  # which would be a time


def _wrapped(text: str, lines: int) -> list[str]:
    """The text in at most so many lines of like length, broken at spaces."""
    words = re.split(r" (?![^<]*>)", text)
    out: list[str] = []
    for left in range(lines, 0, -1):
        width = sum(map(_shown, words)) / left
        take, length = 0, 0.0
        while take < len(words) and (left == 1 or length + _shown(words[take]) / 2 < width):
            length += _shown(words[take])
            take += 1
        out.append(" ".join(words[:take]))
        words = words[take:]
    return [line for line in out if line] or [""]


def _shown(word: str) -> int:
    """The places that a word and the space behind it take on the screen."""
    return len(_TAG.sub("", word)) + 1
