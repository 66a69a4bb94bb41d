"""SRT and WebVTT subtitles: only the text of the cues is translated.

Both formats are blocks of lines: a line with an arrow gives the times, the lines below it the text. Subtitle libraries
normalize a file when they write it; here numbers, times, settings, notes, styles and line ends are preserved exactly.
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
    """The text of a cue: its position in the file, its number of lines, its tags, and its piece."""

    start: int
    end: int
    lines: int
    tags: tuple[str, ...]
    piece: tuple[str | InlineCode, ...]


def subtitles(content: bytes) -> Document:
    """Reads a subtitle file. Raises NotText."""
    text = decode(content, None)
    cues = [cue for start, end in _text_blocks(text) for cue in _cues(text, start, end)]
    newline = "\r\n" if "\r\n" in text else "\n"

    def write(texts: Sequence[str], _language: str) -> bytes:
        out, at = "", 0
        for cue, translation in zip(cues, texts, strict=True):
            out += text[at : cue.start] + newline.join(_wrapped(_with_tags(cue, translation), cue.lines))
            at = cue.end
        return (out + text[at:]).encode()

    return Document(tuple(to_html(cue.piece) for cue in cues), "html", write)


def _text_blocks(text: str) -> Iterator[tuple[int, int]]:
    """The start and end of the lines below each arrow."""
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
    """The lines as one text, or as one text per speaker if each line starts with a dash."""
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
    """Codes for matching opening and closing tags by index; the key of both is the index of the opening tag."""
    codes: dict[int, InlineCode] = {}
    opened: list[tuple[str, int]] = []
    for at, tag in enumerate(tags):
        name = match[1] if (match := _NAME.match(tag)) else ""
        if tag.startswith("</"):
            if opened and opened[-1][0] == name:
                key = opened.pop()[1]
                codes |= {key: InlineCode("opening", key), at: InlineCode("closing", key)}
        elif name:
            opened.append((name, at))
    return codes


def _with_tags(cue: _Cue, translation: str) -> str:
    out = ""
    for part in from_html(translation):
        if isinstance(part, str):
            out += " ".join(part.split("\n"))
        elif part.kind == "closing":
            match = _NAME.match(cue.tags[part.key])
            out += f"</{match[1]}>" if match else ""
        else:
            out += cue.tags[part.key]
    return out.replace("-->", "→")  # an arrow would start a new cue


def _wrapped(text: str, lines: int) -> list[str]:
    """The text in at most `lines` lines of similar length, broken at spaces."""
    words = re.split(r" (?![^<]*>)", text)
    out: list[str] = []
    for remaining in range(lines, 0, -1):
        width = sum(map(_displayed_width, words)) / remaining
        count, length = 0, 0.0
        while count < len(words) and (remaining == 1 or length + _displayed_width(words[count]) / 2 < width):
            length += _displayed_width(words[count])
            count += 1
        out.append(" ".join(words[:count]))
        words = words[count:]
    return [line for line in out if line] or [""]


def _displayed_width(word: str) -> int:
    """The displayed characters of a word and the space after it."""
    return len(_TAG.sub("", word)) + 1
