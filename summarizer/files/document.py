"""Opens files for translation by their extension."""

from collections.abc import Callable
from pathlib import PurePath

from summarizer.errors import NotText
from summarizer.files.docx import docx
from summarizer.files.piece import Document
from summarizer.files.single_text import html, markdown, plain
from summarizer.files.subtitles import subtitles
from summarizer.files.tmx import tmx
from summarizer.files.xliff import xliff

__all__ = ["TRANSLATABLE", "Document", "open_document"]

TRANSLATABLE: dict[str, Callable[[bytes], Document]] = {
    ".docx": docx,
    ".htm": html,
    ".html": html,
    ".md": markdown,
    ".srt": subtitles,
    ".tmx": tmx,
    ".txt": plain,
    ".vtt": subtitles,
    ".xlf": xliff,
    ".xliff": xliff,
}
"""Readers of the supported file types, by extension."""


def open_document(name: str, content: bytes) -> Document:
    """Returns the document in a file; its extension determines the format. Raises NotText."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in TRANSLATABLE:
        raise NotText(f"The file type of {name!r} is not supported.", f"Send one of {', '.join(TRANSLATABLE)}.")
    return TRANSLATABLE[suffix](content)
