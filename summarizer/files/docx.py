"""Word documents: the words of each paragraph, headers, footers, tables and notes included; all else as it was."""

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
"""The parts of the package that readers see."""

MOST = 200_000_000
"""Bytes that a document may have when it is unpacked."""

_HOLDERS = {f"{W}{name}" for name in ("hyperlink", "ins", "smartTag", "sdt", "fldSimple")}
_DROPPED = {f"{W}{name}" for name in ("proofErr", "lastRenderedPageBreak")}
_SILENT = {f"{W}{name}" for name in ("lang", "noProof", "rsid")}
"""Properties of a run that do not show: runs that differ in them alone are one."""


def docx(content: bytes) -> Document:
    """A Word document. Raises NotText, and TooLong for one that unpacks to too much."""
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
        files = {info: package.read(info) for info in _bounded(package)}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise NotText(f"The file is no Word document: {error}.", "Save it as .docx again.") from None
    roots = {info: parse_xml(data) for info, data in files.items() if PARTS.fullmatch(info.filename)}
    if not any(info.filename == "word/document.xml" for info in roots):
        raise NotText("The file is no Word document: it has no text.", "Save it as .docx again.")
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
    if size > MOST:
        raise TooLong(f"The document unpacks to {size:,} bytes; {MOST:,} are the most.")
    return package.infolist()


def _has_words(paragraph: "etree._Element") -> bool:
    """Whether there are words in it that are not in another paragraph within it, such as a text box's."""
    return any(text.text and next(text.iterancestors(f"{W}p")) is paragraph for text in paragraph.iter(f"{W}t"))


class _Paragraph:
    """A paragraph's words; what is set off from most of them by its looks, and what is no word, as codes."""

    def __init__(self, element: "etree._Element") -> None:
        self._element = element
        self._parts = _merged(_flat(element))
        lengths: dict[bytes, int] = {}
        for part in self._parts:
            if part.tag == f"{W}r":
                lengths[_looks(part)] = lengths.get(_looks(part), 0) + len(_words(part))
        self._base = max(lengths, key=lambda looks: lengths[looks], default=b"")
        self.piece: Piece = [code for key, part in enumerate(self._parts) for code in self._codes(key, part)]

    def fill(self, piece: Piece) -> None:
        """Writes a piece in the place of the words."""
        for child in [child for child in self._element if child.tag != f"{W}pPr"]:
            self._element.remove(child)
        plain = next((part for part in self._parts if part.tag == f"{W}r" and _looks(part) == self._base), None)
        within: int | None = None
        for part in piece:
            if isinstance(part, str):
                model = plain if within is None else self._parts[within]
                self._element.append(_with_words(model, part))
            elif part.kind == "point":
                self._element.append(self._parts[part.key])
            else:
                within = part.key if part.kind == "opening" else None

    def _codes(self, key: int, part: "etree._Element") -> Iterator[str | InlineCode]:
        words = _words(part)
        if not words:
            yield InlineCode("point", key)
        elif part.tag == f"{W}r" and _looks(part) == self._base:
            yield words
        else:
            yield from (InlineCode("opening", key), words, InlineCode("closing", key))


def _flat(paragraph: "etree._Element") -> Iterator["etree._Element"]:
    """A paragraph's content as runs that hold either words or something else, and elements round words."""
    for child in paragraph:
        if child.tag in _DROPPED or child.tag == f"{W}pPr":
            continue
        if child.tag != f"{W}r" or child.find(f"{W}t") is None:
            yield child  # as it is: a text box in it has paragraphs of its own
            continue
        properties = child.find(f"{W}rPr")
        for content in child:
            if content.tag not in _DROPPED and content is not properties:
                run = etree.Element(f"{W}r")
                run.extend(deepcopy([part for part in (properties, content) if part is not None]))
                yield run


def _merged(parts: Iterator["etree._Element"]) -> list["etree._Element"]:
    """Runs of words that look alike and stand together, as one: Word parts them where somebody once typed."""
    found: list[etree._Element] = []
    for part in parts:
        last = found[-1] if found else None
        if last is not None and _is_words(part) and _is_words(last) and _looks(part) == _looks(last):
            last.find(f"{W}t").text += part.findtext(f"{W}t") or ""
        else:
            found.append(part)
    return found


def _is_words(part: "etree._Element") -> bool:
    return part.tag == f"{W}r" and bool(part.findtext(f"{W}t"))


def _words(part: "etree._Element") -> str:
    texts = part.findall(f"{W}t") if part.tag == f"{W}r" else part.iter(f"{W}t") if part.tag in _HOLDERS else ()
    return "".join(text.text or "" for text in texts)


def _looks(run: "etree._Element") -> bytes:
    properties = run.find(f"{W}rPr")
    shown = [etree.tostring(one) for one in ([] if properties is None else properties) if one.tag not in _SILENT]
    return b"".join(shown)


def _with_words(model: "etree._Element | None", words: str) -> "etree._Element":
    """A copy of a run, or of an element round runs, that says something else."""
    copied = etree.Element(f"{W}r") if model is None else deepcopy(model)
    texts = list(copied.iter(f"{W}t"))
    if not texts:
        texts = [etree.SubElement(copied, f"{W}t")]
    texts[0].text = words
    texts[0].set(SPACE, "preserve")
    for text in texts[1:]:
        text.text = ""
    return copied
