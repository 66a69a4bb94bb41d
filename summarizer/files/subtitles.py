"""SRT and WebVTT subtitles: only the text of the cues is translated.

Both formats are blocks of lines: a line with an arrow gives the times, the lines below it the text. Subtitle libraries
normalize a file when they write it; here numbers, times, settings, notes, styles and line ends are preserved exactly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

import regex

from summarizer.files.piece import Document, InlineCode, from_html, to_html
from summarizer.files.speakers import MARKUP, group_by_speaker, label
from summarizer.reading.charset import decode

_TAG = regex.compile(MARKUP)
_NAME = regex.compile(r"</?([^\s.>/]+)")
_LINE = regex.compile(r"[^\s][^\r\n]*")
_CHARACTERS = r"\p{Han}\p{Hiragana}\p{Katakana}"
_BREAK = regex.compile(rf"(?:{MARKUP})(*SKIP)(*FAIL)| |(?<=[{_CHARACTERS}，。！？、；：])(?=[{_CHARACTERS}「『（])")


@dataclass(frozen=True, slots=True)
class _Cue:
    """The text of a cue: its position in the file, what separates its lines, its tags, and its piece."""

    start: int
    end: int
    separators: tuple[str, ...]
    tags: tuple[str, ...]
    piece: tuple[str | InlineCode, ...]


def subtitles(content: bytes) -> Document:
    """Reads a subtitle file. Raises NotText."""
    text = decode(content, None)
    blocks = _webvtt_blocks(text) if text.removeprefix("\ufeff").startswith("WEBVTT") else _srt_blocks(text)
    cues = [cue for start, end in blocks for cue in _cues(text, start, end)]

    def write(texts: Sequence[str], _language: str) -> bytes:
        pieces, at = [], 0
        for cue, translation in zip(cues, texts, strict=True):
            lines = _wrapped(_with_tags(cue, translation), len(cue.separators) + 1)
            separated = zip_longest(lines, cue.separators[: len(lines) - 1], fillvalue="")
            pieces += [text[at : cue.start], *(part for pair in separated for part in pair)]
            at = cue.end
        return "".join([*pieces, text[at:]]).encode()

    return Document(tuple(to_html(cue.piece) for cue in cues), "html", write)


def _webvtt_blocks(text: str) -> Iterator[tuple[int, int]]:
    """The start and end of the lines below each arrow, up to a blank line."""
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


def _srt_blocks(text: str) -> Iterator[tuple[int, int]]:
    """The start and end of the lines below each arrow, up to the next cue's number: players show all of them."""
    at, start, last, number = 0, None, "", 0
    for line in text.splitlines(keepends=True):
        if "-->" in line:
            if start is not None:
                yield start, number if last.strip().isdecimal() else at
            start = at + len(line)
        last, number = line, at
        at += len(line)
    if start is not None:
        yield start, at


def _cues(text: str, start: int, end: int) -> Iterator[_Cue]:
    """The lines as one text for each speaker, sound or song, without the speakers' names in capitals."""
    for group in group_by_speaker(text, [match.span() for match in _LINE.finditer(text, start, end)]):
        first = group[0][0] + len(label(text[slice(*group[0])]))
        lines = [(first, group[0][1]), *group[1:]]
        joined = " ".join(text[begin:stop].strip() for begin, stop in lines)
        separators = tuple(text[one[1] : other[0]] for one, other in pairwise(lines))
        yield _Cue(first, lines[-1][1], separators, *_piece(joined))


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
    """The text in at most `lines` lines of similar length, broken at spaces, or between Chinese or Japanese letters."""
    edges = [0, *(match.end() for match in _BREAK.finditer(text)), len(text)]
    words = [text[start:end] for start, end in pairwise(edges)]
    widths = [len(_TAG.sub("", word)) for word in words]
    out, at, left = list[str](), 0, sum(widths)
    for remaining in range(lines, 0, -1):
        first, width, length = at, left / remaining, 0
        while at < len(words) and (remaining == 1 or length + widths[at] / 2 < width):
            length += widths[at]
            at += 1
        left -= length
        out.append("".join(words[first:at]).strip(" "))
    return [line for line in out if line] or [""]
