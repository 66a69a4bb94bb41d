"""Plain text: each line is a passage, and the white space between lines is preserved."""

import regex

from summarizer.translating.passages import LINE_BREAKS, Markup, Passage

_LINES = regex.compile(rf"((?<!\s)\s*[{LINE_BREAKS}]\s*|\A\s+|(?<!\s)\s+\Z)")


def parse(text: str) -> Markup:
    """Returns the parts of a text; joined, they are the text."""
    pieces = _LINES.split(text)
    return tuple(piece if at % 2 else Passage(piece, piece) for at, piece in enumerate(pieces) if piece)
