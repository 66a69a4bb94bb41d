"""Files that are a single text: plain text, HTML and Markdown."""

from summarizer.files.piece import Document
from summarizer.options import TextFormat
from summarizer.reading.charset import decode


def plain(content: bytes) -> Document:
    """Reads a text file. Raises NotText."""
    return _document(content, "text")


def html(content: bytes) -> Document:
    """Reads an HTML page. Raises NotText."""
    return _document(content, "html")


def markdown(content: bytes) -> Document:
    """Reads a Markdown file. Raises NotText."""
    return _document(content, "markdown")


def _document(content: bytes, text_format: TextFormat) -> Document:
    text = decode(content, None)
    return Document((text,), text_format, lambda texts, _language: texts[0].encode())
