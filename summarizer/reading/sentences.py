"""A text's sentences, lossless: the pieces joined are the text."""

import sentencex

from summarizer.article import Sentence, Span
from summarizer.languages import primary


def sentences(text: str, language: str) -> tuple[Sentence, ...]:
    """The sentences of a text in the language given (BCP 47), with their spans in it.

    Each sentence's `text` and `after` joined in order are the input; white space before the first belongs to it.
    """
    pieces = sentencex.segment(primary(language), text)
    found: list[Sentence] = []
    start = 0
    for piece in _with_words(pieces):
        body = piece.rstrip()
        found.append(Sentence(body, Span(start, start + len(body)), piece[len(body) :]))
        start += len(piece)
    return tuple(found)


def _with_words(pieces: list[str]) -> list[str]:
    """The pieces with those that are white space joined to their neighbours."""
    joined: list[str] = []
    for piece in pieces:
        if joined and (not piece.strip() or not joined[-1].strip()):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined
