"""A text in pieces of a length that a student model was trained on. None is left out, however long the text is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST = 128
"""Tokens of a piece; Firefox cuts there too, and nobody trains student models on longer sentences."""

_SPACE = re.compile(r"\s")
_ENDS = (
    re.compile(r"[.!?…。！？؟।](?=\W|$)|[。！？]"),
    re.compile(r"[,;:،؛，、；：—–](?=\s|$)|[，、；：]"),
    _SPACE,
)
"""Where a piece ends best: behind a sentence, a clause, a word."""

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
"""Scripts that are written without spaces."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text from a character on, and its tokens."""

    start: int
    text: str
    tokens: tuple[int, ...]


def cuts(text: str, spans: Sequence[tuple[int, int]], most: int = MOST) -> list[tuple[int, int]]:
    """The text in stretches of at most `most` tokens, which stand at `spans`; each ends as well as it can."""
    found: list[tuple[int, int]] = []
    start = first = 0
    while len(spans) - first > most:
        reach = max(spans[first + most - 1][1], start + 1)
        end = _best(text, start, reach)
        found.append((start, end))
        start = end
        first = next((at for at in range(first + 1, len(spans)) if spans[at][0] >= end), len(spans))
    return [*found, (start, len(text))]


def joined(before: str, after: str) -> str:
    """Two translations of pieces that follow each other in a text."""
    near = f"{before[-1:]}{after[:1]}"
    is_spaced = len(near) == 2 and not any(_UNSPACED.match(letter) or letter.isspace() for letter in near)  # noqa: PLR2004
    return f"{before} {after}" if is_spaced else before + after


def _best(text: str, start: int, reach: int) -> int:
    """The best end of a stretch from `start` on, not beyond `reach`; in its second half where there is one."""
    for least in (start + (reach - start) // 2, start):
        for ends in _ENDS:
            if places := [match.end() for match in ends.finditer(text, least, reach)]:
                return places[-1]
    return reach
