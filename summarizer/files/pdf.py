"""PDF documents: translates their paragraphs, and writes them as a Word document."""

import io
from collections.abc import Sequence

import regex

from summarizer.files.piece import Document
from summarizer.languages import direction
from summarizer.reading.worker import read_document

_CONTROL = regex.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML does not allow."""


def pdf(content: bytes) -> Document:
    """Reads a PDF in bounded time and memory; images and layout are lost.

    Raises UnreadableDocument if it is damaged or password-protected, and TooComplex over the limits.
    """
    text = _CONTROL.sub("", read_document(content, "pdf"))
    return Document(tuple(paragraph for paragraph in text.split("\n\n") if paragraph.strip()), "text", _word)


def _word(texts: Sequence[str], language: str) -> bytes:
    from docx import Document as Word  # noqa: PLC0415 - loaded on first use
    from docx.oxml import OxmlElement  # noqa: PLC0415

    word, out = Word(), io.BytesIO()
    word.core_properties.language = language
    for text in texts:
        paragraph = word.add_paragraph(_CONTROL.sub("", text))
        if direction(language) == "rtl":
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))  # noqa: SLF001 - python-docx has no property
    word.save(out)
    return out.getvalue()
