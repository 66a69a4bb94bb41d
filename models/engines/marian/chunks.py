"""Splits a long text into chunks of a length that student models are trained on, and joins their translations."""

import re
from collections.abc import Sequence

MAX_TOKENS = 128
"""Tokens per chunk. Firefox has the same limit."""

_SPACE = re.compile(r"\s")
_BREAKS = (
    re.compile(r"[.!?…。！？؟।](?=\W|$)|[。！？]"),
    re.compile(r"[,;:،؛，、；：—–](?=\s|$)|[，、；：]"),
    _SPACE,
)
"""Where a chunk may end, best first: after a sentence, a clause, a word."""

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
"""Scripts that are written without spaces."""


def split(text: str, spans: Sequence[tuple[int, int]], max_tokens: int = MAX_TOKENS) -> list[tuple[int, int]]:
    """Returns the start and end of each chunk, in characters. `spans` are those of the tokens. No text is dropped."""
    chunks: list[tuple[int, int]] = []
    start = first = 0
    while len(spans) - first > max_tokens:
        limit = max(spans[first + max_tokens - 1][1], start + 1)
        end = _best_break(text, start, limit)
        chunks.append((start, end))
        start = end
        first = next((index for index in range(first + 1, len(spans)) if spans[index][0] >= end), len(spans))
    return [*chunks, (start, len(text))]


def join(before: str, after: str) -> str:
    """Joins the translations of two successive chunks, with a space if their script uses spaces."""
    near = f"{before[-1:]}{after[:1]}"
    is_spaced = len(near) == 2 and not any(_UNSPACED.match(letter) or letter.isspace() for letter in near)  # noqa: PLR2004
    return f"{before} {after}" if is_spaced else before + after


def _best_break(text: str, start: int, limit: int) -> int:
    """Returns the best end of a chunk, at most `limit`, preferably in the second half of the chunk."""
    for earliest in (start + (limit - start) // 2, start):
        for pattern in _BREAKS:
            if ends := [match.end() for match in pattern.finditer(text, earliest, limit)]:
                return ends[-1]
    return limit
