"""Word documents: translates the text of all paragraphs, also in headers, footers, tables and notes."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from copy import deepcopy

from lxml import etree

from summarizer.errors import NotText, TooLong
from summarizer.files.piece import Document, InlineCode, Piece, from_html, parse_xml, serialize_xml, to_html

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"

PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
"""The parts of the package with visible text."""

MAX_UNPACKED_BYTES = 200_000_000
"""The size limit of an unpacked document."""

_CONTAINERS = {f"{W}{name}" for name in ("hyperlink", "ins", "smartTag", "sdt", "fldSimple")}
_DROPPED = {f"{W}{name}" for name in ("proofErr", "lastRenderedPageBreak")}
_INVISIBLE = {f"{W}{name}" for name in ("lang", "noProof", "rsid")}
"""Run properties without visible effect; runs that differ only in these are merged."""


def docx(content: bytes) -> Document:
    """Reads a Word document. Raises NotText, and TooLong if it is too large when unpacked."""
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
        files = {info: package.read(info) for info in _bounded(package)}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise NotText(f"The file is not a Word document: {error}.", "Save it as .docx again.") from None
    roots = {info: parse_xml(data) for info, data in files.items() if PARTS.fullmatch(info.filename)}
    if not any(info.filename == "word/document.xml" for info in roots):
        raise NotText("The file is not a Word document: it has no main document part.", "Save it as .docx again.")
    paragraphs = [_Paragraph(p) for root in roots.values() for p in root.iter(f"{W}p") if _has_words(p)]

    def write(texts: Sequence[str], _language: str) -> bytes:
        for paragraph, text in zip(paragraphs, texts, strict=True):
            paragraph.fill(from_html(text))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
            for info, data in files.items():
                written.writestr(info, serialize_xml(roots[info]) if info in roots else data)
        return out.getvalue()

    return Document(tuple(to_html(paragraph.piece) for paragraph in paragraphs), "html", write)


def _bounded(package: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    size = sum(info.file_size for info in package.infolist())
    if size > MAX_UNPACKED_BYTES:
        raise TooLong(f"The unpacked document has {size:,} bytes; the limit is {MAX_UNPACKED_BYTES:,}.")
    return package.infolist()


def _has_words(paragraph: "etree._Element") -> bool:
    """Whether the paragraph has text of its own, not only in nested paragraphs such as those of a text box."""
    return any(text.text and next(text.iterancestors(f"{W}p")) is paragraph for text in paragraph.iter(f"{W}t"))


class _Paragraph:
    """A paragraph as text with inline codes for differently formatted runs and for content that is not text."""

    def __init__(self, element: "etree._Element") -> None:
        self._element = element
        self._parts = _merged(_flat(element))
        lengths: dict[bytes, int] = {}
        for part in self._parts:
            if part.tag == f"{W}r":
                lengths[_format(part)] = lengths.get(_format(part), 0) + len(_text(part))
        self._base = max(lengths, key=lambda formatting: lengths[formatting], default=b"")  # the most frequent one
        self.piece: Piece = [code for key, part in enumerate(self._parts) for code in self._codes(key, part)]

    def fill(self, piece: Piece) -> None:
        """Replaces the content of the paragraph with a piece."""
        for child in [child for child in self._element if child.tag != f"{W}pPr"]:
            self._element.remove(child)
        plain = next((part for part in self._parts if part.tag == f"{W}r" and _format(part) == self._base), None)
        within: int | None = None
        for part in piece:
            if isinstance(part, str):
                template = plain if within is None else self._parts[within]
                self._element.append(_with_text(template, part))
            elif part.kind == "point":
                self._element.append(self._parts[part.key])
            else:
                within = part.key if part.kind == "opening" else None

    def _codes(self, key: int, part: "etree._Element") -> Iterator[str | InlineCode]:
        text = _text(part)
        if not text:
            yield InlineCode("point", key)
        elif part.tag == f"{W}r" and _format(part) == self._base:
            yield text
        else:
            yield from (InlineCode("opening", key), text, InlineCode("closing", key))


def _flat(paragraph: "etree._Element") -> Iterator["etree._Element"]:
    """The content of a paragraph as runs, each with either text or other content, and elements that enclose runs."""
    for child in paragraph:
        if child.tag in _DROPPED or child.tag == f"{W}pPr":
            continue
        if child.tag != f"{W}r" or child.find(f"{W}t") is None:
            yield child  # unchanged: a text box has its own paragraphs
            continue
        properties = child.find(f"{W}rPr")
        for content in child:
            if content.tag not in _DROPPED and content is not properties:
                run = etree.Element(f"{W}r")
                run.extend(deepcopy([part for part in (properties, content) if part is not None]))
                yield run


def _merged(parts: Iterator["etree._Element"]) -> list["etree._Element"]:
    """Merges adjacent text runs with the same formatting, which Word splits by editing history."""
    merged: list[etree._Element] = []
    for part in parts:
        last = merged[-1] if merged else None
        if last is not None and _is_text_run(part) and _is_text_run(last) and _format(part) == _format(last):
            last.find(f"{W}t").text += part.findtext(f"{W}t") or ""
        else:
            merged.append(part)
    return merged


def _is_text_run(part: "etree._Element") -> bool:
    return part.tag == f"{W}r" and bool(part.findtext(f"{W}t"))


def _text(part: "etree._Element") -> str:
    texts = part.findall(f"{W}t") if part.tag == f"{W}r" else part.iter(f"{W}t") if part.tag in _CONTAINERS else ()
    return "".join(text.text or "" for text in texts)


def _format(run: "etree._Element") -> bytes:
    properties = run.find(f"{W}rPr")
    visible = [etree.tostring(one) for one in ([] if properties is None else properties) if one.tag not in _INVISIBLE]
    return b"".join(visible)


def _with_text(template: "etree._Element | None", content: str) -> "etree._Element":
    """A copy of a run, or of an element that encloses runs, with other text."""
    copied = etree.Element(f"{W}r") if template is None else deepcopy(template)
    texts = list(copied.iter(f"{W}t"))
    if not texts:
        texts = [etree.SubElement(copied, f"{W}t")]
    texts[0].text = content
    texts[0].set(SPACE, "preserve")
    for text in texts[1:]:
        text.text = ""
    return copied
