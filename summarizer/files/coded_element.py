"""Text in mixed content: the text of an XML element, with its inline elements as codes."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Literal, TypeAlias

from lxml import etree

from summarizer.files.piece import InlineCode, Piece

Role: TypeAlias = Literal["pair", "point", "break", "protected"]
"""What an inline element is: it encloses text, has no text, ends a line, or encloses text that is not translated."""


class CodedElement:
    """The text of an element with its inline elements as codes; `role` says what an inline element is."""

    def __init__(self, element: "etree._Element", role: "Callable[[etree._Element], Role]") -> None:
        self._role = role
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
            yield from self._codes(child, key)
            if child.tail:
                yield child.tail

    def _codes(self, child: "etree._Element", key: int) -> Iterator[str | InlineCode]:
        role = self._role(child) if isinstance(child.tag, str) else "point"
        if role == "pair":
            yield from (InlineCode("opening", key), *self._parts(child), InlineCode("closing", key))
        elif role == "protected":
            yield InlineCode("point", key, "".join(child.itertext()))
        else:
            yield InlineCode(role, key)

    def _copy(self, code: InlineCode) -> "etree._Element":
        original = self._elements[code.key]
        if code.kind != "opening":
            copied = deepcopy(original)
            copied.tail = None
            return copied
        return etree.Element(original.tag, original.attrib, original.nsmap)
