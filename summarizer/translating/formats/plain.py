"""Plain text: a line is a passage, and the white space between lines stays."""

import regex

from summarizer.translating.passages import Markup, Passage

_LINES = regex.compile(r"(\s*\n\s*|\A\s+|\s+\Z)")


def parse(text: str) -> Markup:
    """The text in pieces, which joined are the text."""
    pieces = _LINES.split(text)
    return tuple(piece if at % 2 else Passage(piece, piece) for at, piece in enumerate(pieces) if piece)
