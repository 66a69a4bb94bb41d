"""A file to translate: its texts, and the same file with others in their places."""

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
"""The files that are translated, by the ends of their names."""


def open_document(name: str, content: bytes) -> Document:
    """The texts of a file, which the end of its name says how to read. Raises NotText."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in TRANSLATABLE:
        raise NotText(f"{name} is no file that is translated.", f"Send one of {', '.join(TRANSLATABLE)}.")
    return TRANSLATABLE[suffix](content)
