"""Files that are one text: plain, HTML and Markdown."""

from summarizer.files.piece import Document
from summarizer.options import TextFormat
from summarizer.reading.charset import decode


def plain(content: bytes) -> Document:
    """A text file. Raises NotText."""
    return _whole(content, "text")


def html(content: bytes) -> Document:
    """A page, with its `lang` changed. Raises NotText."""
    return _whole(content, "html")


def markdown(content: bytes) -> Document:
    """A Markdown file. Raises NotText."""
    return _whole(content, "markdown")


def _whole(content: bytes, form: TextFormat) -> Document:
    text = decode(content, None)
    return Document((text,), form, lambda texts, _language: texts[0].encode())
