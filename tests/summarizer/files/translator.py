"""A fake translator of documents."""

from collections.abc import Callable

from summarizer.files import Document
from summarizer.files.piece import from_html, to_html


def rendered(document: Document, language: str = "fr", translate: Callable[[str], str] = str.upper) -> bytes:
    """Returns the file with each string of its texts translated by `translate`; inline codes are preserved."""
    pieces = [
        [translate(part) if isinstance(part, str) else part for part in from_html(text)] for text in document.texts
    ]
    return document.write([to_html(piece) for piece in pieces], language)
