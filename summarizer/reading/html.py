"""Extracts the article from a web page with trafilatura and checks whether the result can be the article.

Runs in a separate process (see worker.py), since malicious markup can take unbounded time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import regex
import trafilatura
from lxml import etree
from lxml import html as lxml_html

from summarizer.article import Kind
from summarizer.reading.lines import LineKind, lines

MIN_CHARACTERS = 250
"""An extracted text with fewer characters is suspicious: it may be a caption, a teaser or a cookie banner."""

MIN_COVERAGE = 0.25
"""An extracted text is also suspicious if it is shorter than this share of the page's long paragraphs."""

MAX_LINK_SHARE = 0.6
"""A page without long paragraphs and with a larger share of its text in links is an index page, not an article."""

LONG_PARAGRAPH = 80
"""Characters from which a paragraph counts as long."""

Element: TypeAlias = Any  # lxml ships no types

KINDS = {"head": Kind.HEADING, "item": Kind.LIST_ITEM, "quote": Kind.QUOTE, "p": Kind.PROSE, "row": Kind.PROSE}
_INSIDE = frozenset({"p", "head", "item", "row", "list", "quote", "table", "code"})
_LEAVES = ("p", "div", "h2", "h3", "span", "summary")
_APART = frozenset({"figcaption", "figure", "aside", "nav", "footer", "form", "button", "template", "table"})
_CODE = ("script", "style", "noscript", "template")
_PICTURE = regex.compile(
    r"caption|credit|photo|image|picture|media|gallery|video|promo|related|cookie", regex.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of the page as plain text."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """The article extracted from a page; `blocks` is empty if there is none, and `statistics` says what there is."""

    blocks: tuple[Block, ...]
    title: str | None = None
    byline: str | None = None
    date: str | None = None
    statistics: str = ""


def extract_page(markup: str, url: str | None = None) -> Page:
    """Returns the article in the markup, with the metadata of the page."""
    tree = _tree(markup)
    if tree is None:
        return Page((), statistics="no markup")
    long = _long_paragraphs(tree)
    best = _extracted(markup, url)
    if best is None or _is_suspicious(best, long):
        others = (_extracted(markup, url, favor_recall=True), _baseline(markup))
        longest = max((one for one in (best, *others) if one), key=lambda one: _size(one.blocks), default=None)
        best = replace(best, blocks=longest.blocks) if best and longest else longest
    if best is None or not best.blocks or (not long and _is_mostly_links(tree)):
        return Page((), statistics=_statistics(tree, long))
    return Page(_with_lead(best.blocks, tree), best.title, best.byline, best.date, _statistics(tree, long))


def _tree(markup: str) -> Element | None:
    try:
        tree = lxml_html.document_fromstring(markup.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    etree.strip_elements(tree, *_CODE, etree.Comment, with_tail=False)
    return tree


def _extracted(markup: str, url: str | None, *, favor_recall: bool = False) -> Page | None:
    document = trafilatura.bare_extraction(
        markup, url=url, include_comments=False, with_metadata=True, favor_recall=favor_recall
    )
    if document is None or isinstance(document, dict) or document.body is None:
        return None
    return Page(tuple(_blocks(document.body)), document.title, document.author, document.date)


def _baseline(markup: str) -> Page | None:
    body, _, _ = trafilatura.baseline(markup)
    return Page(tuple(_blocks(body)))


def _is_suspicious(page: Page, long: tuple[str, ...]) -> bool:
    size = _size(page.blocks)
    return size < MIN_CHARACTERS or size < MIN_COVERAGE * sum(map(len, long))


def _size(blocks: tuple[Block, ...]) -> int:
    return sum(len(block.text) for block in blocks)


def _blocks(body: Element) -> Iterator[Block]:
    """The innermost blocks of trafilatura's tree in document order."""
    for element in body.iter(*KINDS):
        if any(child.tag in _INSIDE for child in element.iterdescendants()):
            continue
        text = _text(element)
        if text:
            is_quoted = next(element.iterancestors("quote"), None) is not None
            yield Block(Kind.QUOTE if is_quoted else KINDS[element.tag], text)


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _long_paragraphs(tree: Element) -> tuple[str, ...]:
    texts = (_text(paragraph) for paragraph in tree.iter("p"))
    return tuple(dict.fromkeys(text for text in texts if len(text) >= LONG_PARAGRAPH))


def _is_mostly_links(tree: Element) -> bool:
    return sum(len(_text(link)) for link in tree.iter("a")) > MAX_LINK_SHARE * len(_text(tree))


def _statistics(tree: Element, long: tuple[str, ...]) -> str:
    links = len(list(tree.iter("a")))
    return f"{len(_text(tree))} characters, {len(long)} long paragraphs and {links} links"


def _with_lead(blocks: tuple[Block, ...], tree: Element) -> tuple[Block, ...]:
    """The blocks, with the lead between the page's headline and the first long paragraph if extraction missed it."""
    extracted = "\n".join(block.text for block in blocks)
    prose = (block.text for block in blocks if block.kind is Kind.PROSE)
    first = next((text for text in prose if len(text) >= LONG_PARAGRAPH), None)
    missed = [text for text in _between(tree, first) if text[:LONG_PARAGRAPH] not in extracted] if first else []
    place = next((place for place, block in enumerate(blocks) if block.text == first), 0)
    return (*blocks[:place], *(Block(Kind.PROSE, text) for text in missed[:2]), *blocks[place:])


def _between(tree: Element, first: str) -> list[str]:
    """Long prose between the text `first` and the last main heading before it; nothing if there is no heading."""
    prose: list[str] = []
    is_below_heading = False
    for element in tree.iter("h1", *_LEAVES):
        if element.tag == "h1":
            prose, is_below_heading = [], True
        elif is_below_heading and _is_leaf(element):
            text = _text(element)
            if first[:LONG_PARAGRAPH] in text:
                return prose
            if len(text) >= LONG_PARAGRAPH and text not in prose and _is_prose(text):
                prose.append(text)
    return []


def _is_leaf(element: Element) -> bool:
    if any(True for _ in element.iterdescendants(*_LEAVES, "a", "h1")):
        return False
    above = [element, *element.iterancestors()]
    return not any(one.tag in _APART for one in above) and not any(
        _PICTURE.search(one.get("class", "")) for one in above[:3]
    )


def _is_prose(text: str) -> bool:
    return all(line.kind is LineKind.PROSE for line in lines(text))
