"""XLIFF 2: the target of each segment becomes the translation of its source, with the same inline codes."""

from collections.abc import Iterator, Sequence
from copy import deepcopy

from lxml import etree

from summarizer.errors import NotText
from summarizer.files.piece import Document, InlineCode, Piece, from_html, parse_xml, serialize_xml, to_html

NAMESPACES = ("urn:oasis:names:tc:xliff:document:2.0", "urn:oasis:names:tc:xliff:document:2.2")
"""The namespaces of XLIFF 2.0 (also used by 2.1) and 2.2."""

_PAIRED = ("pc", "mrk")
"""Inline elements that enclose text; all others are points."""


def xliff(content: bytes) -> Document:
    """Reads the translatable segments of a file. Raises NotText."""
    root = parse_xml(content)
    space = etree.QName(root).namespace
    if etree.QName(root).localname != "xliff" or space not in NAMESPACES:
        raise NotText("The file is not XLIFF 2.", "Convert XLIFF 1 to XLIFF 2 with a translation tool.")
    segments = [
        segment
        for segment in root.iter(f"{{{space}}}segment")
        if _is_translatable(segment) and _source(segment) is not None
    ]
    sources = [_source(segment) for segment in segments]
    keyed = [CodedElement(source, _PAIRED) for source in sources]

    def write(texts: Sequence[str], language: str) -> bytes:
        root.set("trgLang", language)
        for segment, codes, text in zip(segments, keyed, texts, strict=True):
            target = segment.find(f"{{{space}}}target")
            if target is None:
                target = etree.Element(f"{{{space}}}target")
                _source(segment).addnext(target)
                target.tail = _source(segment).tail
            codes.fill(target, from_html(text))
            segment.set("state", "translated")
        return serialize_xml(root)

    languages = root.get("srcLang"), root.get("trgLang")
    return Document(tuple(to_html(one.piece) for one in keyed), "html", write, languages)


def _source(segment: "etree._Element") -> "etree._Element":
    return segment.find(f"{{{etree.QName(segment).namespace}}}source")


def _is_translatable(segment: "etree._Element") -> bool:
    """Whether a segment may be translated; the nearest `translate` attribute decides."""
    if segment.get("state") == "final":
        return False
    attributes = [element.get("translate") for element in (segment, *segment.iterancestors())]
    return next((value for value in attributes if value), "yes") == "yes"


class CodedElement:
    """The text of an element with its inline elements as codes. `paired` are the names of those that enclose text."""

    def __init__(self, element: "etree._Element", paired: Sequence[str]) -> None:
        self._paired = paired
        self._elements: list[etree._Element] = []
        self.piece: Piece = list(self._parts(element))

    def fill(self, element: "etree._Element", piece: Piece) -> None:
        """Replaces the content of an element with a piece, copying inline elements from the source."""
        for child in list(element):
            element.remove(child)
        element.text, at, within = None, element, [element]
        last: etree._Element | None = None
        for part in piece:
            if isinstance(part, str):
                if last is None:
                    at.text = (at.text or "") + part
                else:
                    last.tail = (last.tail or "") + part
            elif part.kind == "closing":
                last = within.pop() if len(within) > 1 else last
                at = within[-1]
            else:
                last = self._copy(part)
                at.append(last)
                if part.kind == "opening":
                    within.append(last)
                    at, last = last, None

    def _parts(self, element: "etree._Element") -> Iterator[str | InlineCode]:
        if element.text:
            yield element.text
        for child in element:
            key = len(self._elements)
            self._elements.append(child)
            if isinstance(child.tag, str) and etree.QName(child).localname in self._paired:
                yield InlineCode("opening", key)
                yield from self._parts(child)
                yield InlineCode("closing", key)
            else:
                yield InlineCode("point", key)
            if child.tail:
                yield child.tail

    def _copy(self, code: InlineCode) -> "etree._Element":
        original = self._elements[code.key]
        if code.kind == "point":
            copied = deepcopy(original)
            copied.tail = None
            return copied
        return etree.Element(original.tag, original.attrib, original.nsmap)
