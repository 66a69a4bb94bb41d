"""Opens files for translation by their extension."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Protocol

from summarizer.errors import NotText
from summarizer.files.docx import docx
from summarizer.files.epub import epub
from summarizer.files.odt import odt
from summarizer.files.pdf import pdf
from summarizer.files.piece import Document
from summarizer.files.pptx import pptx
from summarizer.files.single_text import html, markdown, plain
from summarizer.files.subtitles import subtitles
from summarizer.files.tmx import tmx
from summarizer.files.xliff import xliff

__all__ = ["TRANSLATABLE", "Document", "open_document", "translated_name"]


class _BilingualReader(Protocol):
    def __call__(self, content: bytes, target: str | None, *, replace: bool) -> Document: ...


_READERS: dict[str, Callable[[bytes], Document]] = {
    ".docx": docx,
    ".epub": epub,
    ".htm": html,
    ".html": html,
    ".md": markdown,
    ".odt": odt,
    ".pdf": pdf,
    ".pptx": pptx,
    ".srt": subtitles,
    ".txt": plain,
    ".vtt": subtitles,
}

_BILINGUAL: dict[str, _BilingualReader] = {".tmx": tmx, ".xlf": xliff, ".xliff": xliff}
"""Readers of files that may already have translations."""

TRANSLATABLE = tuple(sorted((*_READERS, *_BILINGUAL)))
"""The extensions of the supported file types."""


def open_document(name: str, content: bytes, target: str | None = None, *, replace: bool = False) -> Document:
    """Returns the document in a file; its extension determines the format. Raises NotText.

    Translations into `target` that a TMX or XLIFF file already has are kept, unless `replace` is set.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix in _BILINGUAL:
        return _BILINGUAL[suffix](content, target, replace=replace)
    if suffix in _READERS:
        return _READERS[suffix](content)
    raise NotText(f"The file type of {name!r} is not supported.", f"Send one of {', '.join(TRANSLATABLE)}.")


def translated_name(name: str) -> str:
    """Returns the name of a translated file: the same, but a PDF becomes a Word document."""
    path = PurePath(name)
    return str(path.with_suffix(".docx")) if path.suffix.lower() == ".pdf" else name
