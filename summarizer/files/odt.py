"""OpenDocument texts: translates all paragraphs and headings, also in tables, notes, frames, headers and footers."""

from lxml import etree

from summarizer.files.coded_element import CodedElement, Role
from summarizer.files.package import Package, document_of
from summarizer.files.piece import Document, Piece, parse_xml

T = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"

PARTS = ("content.xml", "styles.xml")
"""The files with visible text; headers and footers are in the styles."""

_PAIRED = {f"{T}{name}" for name in ("span", "a", "meta")}
_BREAKS = {f"{T}{name}" for name in ("line-break", "tab", "s")}
_HIDDEN = (f"{T}tracked-changes", "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}annotation")


def odt(content: bytes) -> Document:
    """Reads an OpenDocument text. Raises NotText, and TooLong if it is too large when unpacked."""
    package = Package(content, "an OpenDocument text")
    roots = {name: parse_xml(package.files[name]) for name in PARTS if name in package.files}
    if "content.xml" not in roots:
        raise package.error("it has no content.xml")
    elements = [element for root in roots.values() for element in root.iter(f"{T}p", f"{T}h")]
    visible = [element for element in elements if next(element.iterancestors(*_HIDDEN), None) is None]
    paragraphs = [_Paragraph(element) for element in visible]
    return document_of(package, roots, [paragraph for paragraph in paragraphs if paragraph.has_text])


class _Paragraph:
    def __init__(self, element: "etree._Element") -> None:
        for space in list(element.iterchildren(f"{T}s")):
            _write_out(space)
        self._element = element
        self._coded = CodedElement(element, _role)
        self.piece: Piece = self._coded.piece

    @property
    def has_text(self) -> bool:
        """Whether the paragraph has text of its own, not only in nested ones such as those of a frame."""
        return any(isinstance(part, str) and part.strip() for part in self.piece)

    def fill(self, piece: Piece) -> None:
        """Replaces the content of the paragraph with a piece."""
        self._coded.fill(self._element, piece)


def _role(element: "etree._Element") -> Role:
    if element.tag in _PAIRED:
        return "pair"
    if element.tag in _BREAKS:
        return "break"
    is_field = str(element.tag).startswith(T) and len(element) == 0 and bool(element.text)
    return "protected" if is_field else "point"


def _write_out(space: "etree._Element") -> None:
    """Replaces an element for one space between words by the space; several spaces align text, as a tab does."""
    parent, before = space.getparent(), space.getprevious()
    if space.get(f"{T}c", "1") != "1" or (before is None and not parent.text):
        return
    text = " " + (space.tail or "")
    if before is None:
        parent.text += text
    else:
        before.tail = (before.tail or "") + text
    parent.remove(space)
