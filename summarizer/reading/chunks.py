"""A text in pieces that a model's window takes."""

from collections.abc import Callable, Iterator

import regex

from summarizer.reading.sentences import sentences

CLAUSE = regex.compile(r".+?(?:[,;:،؛，、；：—–]\s*|\s+(?=[(«„“])|\Z)", regex.DOTALL)
WORD = regex.compile(r"\S+\s*|\s+")
GRAPHEME = regex.compile(r"\X")


def chunks(text: str, language: str, budget: int, count: Callable[[str], int]) -> tuple[str, ...]:
    """The text in pieces of at most `budget` by `count`, which joined are the text.

    They are cut at sentence ends; a sentence over the budget at clause ends, then between words, then graphemes.
    A single grapheme over the budget stands alone: nothing is cut inside one. Raises ValueError for a budget below 1.
    """
    if budget < 1:
        raise ValueError(f"a budget of {budget} holds nothing")
    whole = (sentence.text + sentence.after for sentence in sentences(text, language))
    return tuple(_packed((piece for sentence in whole for piece in _fitting(sentence, budget, count)), budget, count))


def _fitting(text: str, budget: int, count: Callable[[str], int]) -> Iterator[str]:
    if count(text) <= budget:
        yield text
        return
    for pattern in (CLAUSE, WORD, GRAPHEME):
        pieces = pattern.findall(text)
        if len(pieces) > 1:
            for piece in _packed(pieces, budget, count):
                yield from _fitting(piece, budget, count)
            return
    yield text


def _packed(pieces: "Iterator[str] | list[str]", budget: int, count: Callable[[str], int]) -> Iterator[str]:
    """Neighbouring pieces joined while they fit."""
    chunk = ""
    for piece in pieces:
        if chunk and count(chunk + piece) > budget:
            yield chunk
            chunk = ""
        chunk += piece
    if chunk:
        yield chunk
