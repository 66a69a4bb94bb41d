"""A translator of files for tests: what each word becomes is told, and codes stay."""

from collections.abc import Callable

from summarizer.files import Document
from summarizer.files.piece import from_html, to_html


def rendered(document: Document, language: str = "fr", say: Callable[[str], str] = str.upper) -> bytes:
    """The file with `say` of its words."""
    pieces = [[say(part) if isinstance(part, str) else part for part in from_html(text)] for text in document.texts]
    return document.write([to_html(piece) for piece in pieces], language)
