"""Splits a text into chunks that fit a model's context window."""

from collections.abc import Callable, Iterator

import regex

from summarizer.reading.sentences import sentences

CLAUSE = regex.compile(r".+?(?:[,;:،؛，、；：—–]\s*|\s+(?=[(«„“])|\Z)", regex.DOTALL)
WORD = regex.compile(r"\S+\s*|\s+")
GRAPHEME = regex.compile(r"\X")


def chunks(text: str, language: str, budget: int, count: Callable[[str], int]) -> tuple[str, ...]:
    """Returns chunks of at most `budget` units, as measured by `count`; concatenated they equal the text.

    Splits at sentence ends; a sentence over the budget at clause ends, then between words, then between graphemes.
    A single grapheme over the budget becomes its own chunk. Raises ValueError for a budget below 1.
    """
    if budget < 1:
        raise ValueError(f"budget must be at least 1, not {budget}")
    units = (sentence.text + sentence.trailing_space for sentence in sentences(text, language))
    return tuple(_packed((piece for unit in units for piece in _split(unit, budget, count)), budget, count))


def _split(text: str, budget: int, count: Callable[[str], int]) -> Iterator[str]:
    if count(text) <= budget:
        yield text
        return
    for pattern in (CLAUSE, WORD, GRAPHEME):
        pieces = pattern.findall(text)
        if len(pieces) > 1:
            for piece in _packed(pieces, budget, count):
                yield from _split(piece, budget, count)
            return
    yield text


def _packed(pieces: "Iterator[str] | list[str]", budget: int, count: Callable[[str], int]) -> Iterator[str]:
    """Joins adjacent pieces as long as they fit."""
    chunk = ""
    for piece in pieces:
        if chunk and count(chunk + piece) > budget:
            yield chunk
            chunk = ""
        chunk += piece
    if chunk:
        yield chunk
