"""XLIFF 2: each segment's target becomes the translation of its source, with the same inline codes."""

from collections.abc import Iterator, Sequence
from copy import deepcopy

from lxml import etree

from summarizer.errors import NotText
from summarizer.files.piece import Document, InlineCode, Piece, from_html, parse_xml, serialize_xml, to_html

NAMESPACES = ("urn:oasis:names:tc:xliff:document:2.0", "urn:oasis:names:tc:xliff:document:2.2")
"""Those of XLIFF 2.0, which 2.1 shares, and of 2.2."""

_AROUND = ("pc", "mrk")
"""Inline elements that stand round words; the others are points."""


def xliff(content: bytes) -> Document:
    """A file of segments, those that are not to be translated left out. Raises NotText."""
    root = parse_xml(content)
    space = etree.QName(root).namespace
    if etree.QName(root).localname != "xliff" or space not in NAMESPACES:
        raise NotText("The file is no XLIFF 2.", "Convert XLIFF 1 files first, as most translation programs can.")
    segments = [
        segment for segment in root.iter(f"{{{space}}}segment") if _is_open(segment) and _source(segment) is not None
    ]
    sources = [_source(segment) for segment in segments]
    keyed = [CodedElement(source, _AROUND) for source in sources]

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


def _is_open(segment: "etree._Element") -> bool:
    """Whether it is to be translated: what stands nearest above it with a word about it decides."""
    if segment.get("state") == "final":
        return False
    said = [element.get("translate") for element in (segment, *segment.iterancestors())]
    return next((word for word in said if word), "yes") == "yes"


class CodedElement:
    """An element's text with its inline elements as codes. `around` are the names of those that hold words."""

    def __init__(self, element: "etree._Element", around: Sequence[str]) -> None:
        self._around = around
        self._elements: list[etree._Element] = []
        self.piece: Piece = list(self._parts(element))

    def fill(self, element: "etree._Element", piece: Piece) -> None:
        """Makes a piece the element's content; its codes are the elements that stood in the source."""
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
            if isinstance(child.tag, str) and etree.QName(child).localname in self._around:
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
