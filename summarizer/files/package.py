"""Documents that are ZIP archives of XML files: Word, PowerPoint, OpenDocument, EPUB."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Protocol

from lxml import etree

from summarizer.errors import NotText, TooLong
from summarizer.files.piece import Document, Piece, from_html, serialize_xml, to_html

MAX_UNPACKED_BYTES = 200_000_000
"""The size limit of an unpacked document."""


class Package:
    """The files of an archive by name; `kind` describes the document in error messages.

    Raises NotText if the archive is damaged, and TooLong if it is too large when unpacked.
    """

    def __init__(self, content: bytes, kind: str) -> None:
        self._kind = kind
        self._entries, self.files = self._unpacked(content)

    def error(self, problem: object) -> NotText:
        """Returns the error of a damaged document."""
        return NotText(
            f"The file is not {self._kind}: {problem}.", "Open it in the program that made it; save it again."
        )

    def pack(self, changed: Mapping[str, bytes]) -> bytes:
        """Returns the archive with changed files, in the order and with the compression of the original."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, data in self.files.items():
                entry = zipfile.ZipInfo(name, self._entries[name].date_time)
                entry.compress_type = self._entries[name].compress_type
                archive.writestr(entry, changed.get(name, data))
        return out.getvalue()

    def _unpacked(self, content: bytes) -> tuple[dict[str, zipfile.ZipInfo], dict[str, bytes]]:
        try:
            archive = zipfile.ZipFile(io.BytesIO(content))
            entries = {entry.filename: entry for entry in archive.infolist()}
            size = sum(entry.file_size for entry in entries.values())
            if size <= MAX_UNPACKED_BYTES:
                return entries, {name: archive.read(entry) for name, entry in entries.items()}
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - zipfile and its decompressors raise any exception for damaged files
            raise self.error(error) from None
        raise TooLong(f"The unpacked document has {size:,} bytes; the limit is {MAX_UNPACKED_BYTES:,}.")


class Paragraph(Protocol):
    """A paragraph in an XML file: its text, and a function that replaces it."""

    piece: Piece

    def fill(self, piece: Piece) -> None:
        """Replaces the content of the paragraph."""


def document_of(package: Package, roots: Mapping[str, "etree._Element"], paragraphs: Sequence[Paragraph]) -> Document:
    """Returns a document with paragraphs in XML files of a package, given by name."""

    def write(texts: Sequence[str], _language: str) -> bytes:
        for paragraph, text in reversed(list(zip(paragraphs, texts, strict=True))):  # nested paragraphs first
            paragraph.fill(from_html(text))
        return package.pack({name: serialize_xml(root) for name, root in roots.items()})

    return Document(tuple(to_html(paragraph.piece) for paragraph in paragraphs), "html", write)
