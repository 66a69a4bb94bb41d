"""What files of all kinds are taken apart into: texts with codes in them, written as HTML for the translator."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Literal

from lxml import etree

from summarizer.errors import NotText
from summarizer.options import TextFormat

Write = Callable[[Sequence[str], str], bytes]
"""Texts in the order of the file's own, and their language, to the file that holds them."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file's texts, how they are written, and what makes a file of their translations.

    `languages` are those that the file states for its texts and for their translations.
    """

    texts: tuple[str, ...]
    format: TextFormat
    write: Write
    languages: tuple[str | None, str | None] = (None, None)

    @property
    def characters(self) -> int:
        """How long its texts are."""
        return sum(map(len, self.texts))


@dataclass(frozen=True, slots=True)
class InlineCode:
    """Something in a text that is not words. `opening` and `closing` stand round words, `point` between them.

    `key` finds it again in its file; an opening and its closing have the same.
    """

    kind: Literal["opening", "closing", "point"]
    key: int


Piece = Sequence[str | InlineCode]

_WRITTEN = {"opening": '<span id="c{}">', "closing": "</span>", "point": '<img id="c{}">'}
_CODES = re.compile(r'<span id="c(\d+)">|(</span>)|<img id="c(\d+)">')


def to_html(piece: Piece) -> str:
    """A piece as HTML, in which codes are tags that a translator keeps."""
    return "".join(
        escape(part, quote=False) if isinstance(part, str) else _WRITTEN[part.kind].format(part.key) for part in piece
    )


def from_html(text: str) -> list[str | InlineCode]:
    """The piece that HTML of `spelt`, or a translation of it, stands for."""
    piece: list[str | InlineCode] = []
    opened, at = list[int](), 0
    for match in _CODES.finditer(text):
        piece.append(unescape(text[at : match.start()]))
        at = match.end()
        if match[1]:
            opened.append(int(match[1]))
            piece.append(InlineCode("opening", opened[-1]))
        elif match[3]:
            piece.append(InlineCode("point", int(match[3])))
        elif opened:
            piece.append(InlineCode("closing", opened.pop()))
    piece.append(unescape(text[at:]))
    return [part for part in piece if part]


def parse_xml(content: bytes) -> "etree._Element":
    """An XML file's root; nothing outside of the file is looked at. Raises NotText."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise NotText(f"The file is not XML: {error}.", "Save it again with the program that made it.") from None


def serialize_xml(root: "etree._Element") -> bytes:
    """The whole file of a root, with what stands before it."""
    tree = root.getroottree()
    written: bytes = etree.tostring(tree, encoding="UTF-8", xml_declaration=True, standalone=tree.docinfo.standalone)
    return written
