"""Word documents: translates the text of all paragraphs, also in headers, footers, tables and notes."""

import io
import re
import zipfile
from collections.abc import Sequence

from summarizer.errors import NotText, TooLong
from summarizer.files.piece import Document, from_html, parse_xml, serialize_xml, to_html
from summarizer.files.runs import RunElements

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
"""The parts of the package with visible text."""

MAX_UNPACKED_BYTES = 200_000_000
"""The size limit of an unpacked document."""

RUNS = RunElements(
    paragraph=f"{W}p",
    run=f"{W}r",
    text=f"{W}t",
    properties=f"{W}rPr",
    paragraph_properties=f"{W}pPr",
    breaks={f"{W}{name}" for name in ("br", "cr", "tab", "ptab")},
    containers={f"{W}{name}" for name in ("hyperlink", "ins", "moveTo", "smartTag", "sdt", "fldSimple")},
    contents=f"{W}sdtContent",
    dropped={f"{W}{name}" for name in ("proofErr", "lastRenderedPageBreak", "softHyphen")},
    invisible={f"{W}{name}" for name in ("lang", "noProof", "rsid")},
    characters={f"{W}noBreakHyphen": "\u2011"},
    text_attributes={"{http://www.w3.org/XML/1998/namespace}space": "preserve"},
)


def docx(content: bytes) -> Document:
    """Reads a Word document. Raises NotText, and TooLong if it is too large when unpacked."""
    files = _unpacked(content)
    roots = {info: parse_xml(data) for info, data in files.items() if PARTS.fullmatch(info.filename)}
    if not any(info.filename == "word/document.xml" for info in roots):
        raise NotText("The file is not a Word document: it has no main document part.", "Save it as .docx again.")
    paragraphs = [paragraph for root in roots.values() for paragraph in RUNS.paragraphs(root)]

    def write(texts: Sequence[str], _language: str) -> bytes:
        for paragraph, text in zip(paragraphs, texts, strict=True):
            paragraph.fill(from_html(text))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
            for info, data in files.items():
                written.writestr(info, serialize_xml(roots[info]) if info in roots else data)
        return out.getvalue()

    return Document(tuple(to_html(paragraph.piece) for paragraph in paragraphs), "html", write)


def _unpacked(content: bytes) -> dict[zipfile.ZipInfo, bytes]:
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
        size = sum(info.file_size for info in package.infolist())
        if size <= MAX_UNPACKED_BYTES:
            return {info: package.read(info) for info in package.infolist()}
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - zipfile and its decompressors raise arbitrary exceptions for damaged files
        raise NotText(f"The file is not a Word document: {error}.", "Save it as .docx again.") from None
    raise TooLong(f"The unpacked document has {size:,} bytes; the limit is {MAX_UNPACKED_BYTES:,}.")
