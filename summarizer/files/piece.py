"""The common model of all file formats: texts with inline codes, represented as HTML for translation."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Literal

from lxml import etree

from summarizer.errors import NotText
from summarizer.options import TextFormat

Write = Callable[[Sequence[str], str], bytes]
"""Writes the file with other texts, in the order of the original texts, and their language."""


@dataclass(frozen=True, slots=True)
class Document:
    """The translatable texts of a file, their format, and a function that writes the translated file.

    `languages` are the source and target language that the file declares. `has_targets` says whether the file has
    translations that are kept; their sources are not in `texts`.
    """

    texts: tuple[str, ...]
    format: TextFormat
    write: Write
    languages: tuple[str | None, str | None] = (None, None)
    has_targets: bool = False

    @property
    def characters(self) -> int:
        """The total length of the texts in characters."""
        return sum(map(len, self.texts))


@dataclass(frozen=True, slots=True)
class InlineCode:
    """An inline code in a text: `opening` and `closing` enclose text, a `point` stands alone, a `break` ends a line.

    `key` identifies the code in its file; an opening code and its closing code have the same key. `text` is the text of
    a point that is not translated.
    """

    kind: Literal["opening", "closing", "point", "break"]
    key: int
    text: str = ""


Piece = Sequence[str | InlineCode]
"""One text of a file: strings and inline codes."""

_WRITTEN = {
    "opening": '<span id="c{}">',
    "closing": "</span>",
    "point": '<img id="c{}">',
    "break": '<br id="c{}">',
}
_CODES = re.compile(
    r'<span id="c(\d+)">|(</span>)|<img id="c(\d+)">|<br id="c(\d+)">|<code id="c(\d+)">(.*?)</code>', re.DOTALL
)


def to_html(piece: Piece) -> str:
    """Returns a piece as HTML with its codes as tags, which translation preserves."""
    return "".join(escape(part, quote=False) if isinstance(part, str) else _tag(part) for part in piece)


def from_html(text: str) -> list[str | InlineCode]:
    """Returns the piece that HTML from `to_html`, or its translation, represents."""
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
        elif match[4]:
            piece.append(InlineCode("break", int(match[4])))
        elif match[5]:
            piece.append(InlineCode("point", int(match[5]), unescape(match[6])))
        elif opened:
            piece.append(InlineCode("closing", opened.pop()))
    piece.append(unescape(text[at:]))
    return [part for part in piece if part]


def _tag(code: InlineCode) -> str:
    """An inline code as a tag; a text that is not translated is code to HTML."""
    if code.text:
        return f'<code id="c{code.key}">{escape(code.text, quote=False)}</code>'
    return _WRITTEN[code.kind].format(code.key)


def parse_xml(content: bytes) -> "etree._Element":
    """Returns the root of an XML file; external entities are not loaded. Raises NotText."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise NotText(f"The file is not XML: {error}.", "Save it again with the program that made it.") from None


def serialize_xml(root: "etree._Element") -> bytes:
    """Returns the XML file of a root, with its declaration and document type."""
    tree = root.getroottree()
    serialized: bytes = etree.tostring(tree, encoding="UTF-8", xml_declaration=True, standalone=tree.docinfo.standalone)
    return serialized
