"""Divides markup into blocks of text, in document order: every word that a page shows is in one block."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import regex
from lxml import etree

from summarizer.article import Kind
from summarizer.reading.inline import rewrite

Element: TypeAlias = Any  # lxml ships no types

INVISIBLE = frozenset({
    "head", "script", "style", "noscript", "template", "datalist", "iframe", "object", "audio", "video", "canvas",
    "svg", "map",
})  # fmt: skip
"""Elements whose text is not shown."""

_AREAS = {
    "nav": "navigation", "menu": "navigation", "aside": "side content", "footer": "page footer", "form": "form",
    "button": "form", "select": "form", "textarea": "form", "label": "form", "figcaption": "caption",
    "dialog": "dialog",
}  # fmt: skip
_ROLES = {"navigation": "navigation", "complementary": "side content", "contentinfo": "page footer", "dialog": "dialog"}
_KINDS = {"li": Kind.LIST_ITEM, "blockquote": Kind.QUOTE} | {f"h{level}": Kind.HEADING for level in range(1, 7)}
_BLOCKS = frozenset({
    "address", "article", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figure", "header", "hgroup", "hr", "html", "legend", "li", "main", "ol", "option", "optgroup", "p", "pre",
    "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul", *_KINDS,
    *_AREAS,
})  # fmt: skip
_TRANSPARENT = frozenset({
    "li", "ol", "ul", "dl", "dt", "dd", "table", "caption", "tbody", "thead", "tfoot", "tr", "td", "th", "figure",
    "blockquote", "details", "section", "summary", "pre", "p", *(f"h{level}" for level in range(1, 7)),
})  # fmt: skip
"""Elements that structure a text, and are not its container."""

_HIDDEN = regex.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", regex.IGNORECASE)
_ASIDE = regex.compile(
    r"caption|credit|photo|image|picture|media|gallery|video|promo|related|cookie|teaser|recommend|newsletter|subscri|"
    r"share|social|advert|sponsor|sidebar|comment|breadcrumb|byline|author|footer|widget|toolbar",
    regex.IGNORECASE,
)
_NAMED = 3
"""The number of elements around a block whose class or id says what it is; those of larger parts often mislead."""

_MAX_CELL = 300
_SPACE, _EMPTY_LINES = regex.compile(r"\s+"), regex.compile(r"\n\s*\n")
_SPACES = regex.compile(r"[^\S\n\t]*([\n\t])[^\S\n]*|[^\S\n\t]+")


@dataclass(frozen=True, slots=True)
class PageBlock:
    """A block of text. Its lines are separated by line breaks, and the cells of a row by tabs.

    `area` is the kind of the part of the page if that is not its content ("navigation", "hidden", ...). `linked` is the
    share of its letters that are in links. `container` is equal for blocks that follow each other in one element.
    `removed` are texts inside it that were removed, with the reasons.
    """

    kind: Kind
    text: str
    tag: str
    area: str = ""
    linked: float = 0.0
    container: int = 0
    removed: tuple[tuple[str, str], ...] = ()


def page_blocks(tree: Element) -> tuple[PageBlock, ...]:
    """Returns the blocks of a tree, whose inline markup is rewritten in place (see inline.rewrite)."""
    return tuple(_Walk(rewrite(tree)).blocks(tree))


@dataclass(frozen=True, slots=True)
class _Open:
    """An element that is open; `number` is its position in the tree, `is_aside` that its name says it is no text."""

    tag: str
    number: int
    area: str
    is_aside: bool


@dataclass(slots=True)
class _Walk:
    """The open elements, and the text since the last edge of a block."""

    removed: list[tuple[str, str]]
    path: list[_Open] = field(default_factory=list)
    count: Counter[str] = field(default_factory=Counter)
    pieces: list[str] = field(default_factory=list)
    inside: list[tuple[str, str]] = field(default_factory=list)
    linked: int = 0
    row: Element = None
    number: int = 0

    def blocks(self, tree: Element) -> Iterator[PageBlock]:
        walk = etree.iterwalk(tree, events=("start", "end", "comment"))
        for event, element in walk:
            if event == "start":
                yield from self._start(element)
                if element.tag in INVISIBLE:
                    walk.skip_subtree()
                else:
                    self._add(element.text)
            elif event == "end":
                yield from self._end(element)
                self._add(element.tail)
            else:
                self.inside.append(self.removed[int(element.text)])
                self._add(element.tail)
        yield from self._flush()

    def _start(self, element: Element) -> Iterator[PageBlock]:
        if element.tag in _BLOCKS:
            yield from self._edge(element)
        if element.tag == "tr" and self.row is None and _is_data(element):
            self.row = element
        self.number += 1
        self.count[element.tag] += 1
        area = (self.path[-1].area if self.path else "") or _area(element)
        self.path.append(_Open(element.tag, self.number, area, bool(_ASIDE.search(_name(element)))))

    def _end(self, element: Element) -> Iterator[PageBlock]:
        if element is self.row:
            self.row = None
        if element.tag == "br":
            self.pieces.append("\n" if self.row is None else " ")
        elif element.tag in _BLOCKS:
            yield from self._edge(element)
        self.count[element.tag] -= 1
        self.path.pop()

    def _edge(self, element: Element) -> Iterator[PageBlock]:
        """Ends a block; in a row of a table, a cell."""
        if self.row is None:
            yield from self._flush()
        else:
            self.pieces.append("\t" if element.tag in ("td", "th") else " ")

    def _add(self, text: str | None) -> None:
        if text:
            self.pieces.append(text if self.count["pre"] else _SPACE.sub(" ", text))
            self.linked += len(text.strip()) if self.count["a"] else 0

    def _flush(self) -> Iterator[PageBlock]:
        text = "".join(self.pieces)
        if len(self.pieces) > 1 or self.count["pre"]:  # a single piece has no adjacent spaces
            text = _SPACES.sub(lambda space: space[1] or " ", text)
        parts = [part.strip() for part in _EMPTY_LINES.split(text) if part.strip()]
        linked = min(1.0, self.linked / sum(map(len, parts))) if parts else 0.0
        for part in parts[:-1]:
            yield self._block(part, linked, ())
        if parts or self.inside:
            yield self._block(parts[-1] if parts else "", linked, tuple(self.inside))
        self.pieces, self.inside, self.linked = [], [], 0

    def _block(self, text: str, linked: float, removed: tuple[tuple[str, str], ...]) -> PageBlock:
        above = [one for one in self.path if one.tag in _BLOCKS]
        kinds = [_KINDS[one.tag] for one in above if one.tag in _KINDS]
        kind = Kind.QUOTE if Kind.QUOTE in kinds else kinds[-1] if kinds else Kind.PROSE
        owner = above[-1] if above else _Open("", 0, "", is_aside=False)
        container = next((one.number for one in reversed(above) if one.tag not in _TRANSPARENT), 0)
        area = owner.area or ("side content" if any(one.is_aside for one in above[-_NAMED:]) else "")
        return PageBlock(kind, text, owner.tag, area, linked, container, removed)


def _area(element: Element) -> str:
    if "hidden" in element.attrib or _HIDDEN.search(element.get("style", "")):
        return "hidden"
    return _AREAS.get(element.tag) or _ROLES.get(element.get("role", ""), "")


def _name(element: Element) -> str:
    return f"{element.get('class', '')} {element.get('id', '')}"


def _is_data(row: Element) -> bool:
    """Whether a row of a table holds data, not the layout of a page: short cells without paragraphs of their own."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if len(cells) < 2 or next(row.iterdescendants("table", "ul", "ol", "h1", "h2", "h3"), None) is not None:  # noqa: PLR2004
        return False
    return all(len(list(cell.iter("p", "div"))) < 2 and len(cell.text_content()) <= _MAX_CELL for cell in cells)  # noqa: PLR2004
