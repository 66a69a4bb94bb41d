"""The article in a page. trafilatura extracts; what is judged here is whether its answer can be the article.

Runs in a process of its own (see worker.py): markup can be built to take any amount of time.
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

SHORT = 250
"""An extracted text with fewer characters is suspicious: it may be a caption, a teaser or a cookie banner."""

MISSING = 0.25
"""So is one with a smaller share of the text that the page has in long paragraphs."""

LINKS = 0.6
"""A page without long paragraphs that has a larger share of its text in links leads to articles and is none."""

PARAGRAPH = 80
"""Characters from which a paragraph of the page counts as long."""

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
    """A paragraph of the page, as text."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """What was found in a page; `blocks` is empty where it holds no article, and `seen` says what it holds."""

    blocks: tuple[Block, ...]
    title: str | None = None
    byline: str | None = None
    date: str | None = None
    seen: str = ""


def extract_page(markup: str, url: str | None = None) -> Page:
    """The article in the markup, with the page's own statements about it."""
    tree = _tree(markup)
    if tree is None:
        return Page((), seen="no markup")
    long = _long_paragraphs(tree)
    best = _extracted(markup, url)
    if best is None or _suspicious(best, long):
        others = (_extracted(markup, url, favor_recall=True), _baseline(markup))
        longest = max((one for one in (best, *others) if one), key=lambda one: _size(one.blocks), default=None)
        best = replace(best, blocks=longest.blocks) if best and longest else longest
    if best is None or not best.blocks or (not long and _is_mostly_links(tree)):
        return Page((), seen=_seen(tree, long))
    return Page(_with_lead(best.blocks, tree), best.title, best.byline, best.date, _seen(tree, long))


def _tree(markup: str) -> Element | None:
    try:
        tree = lxml_html.document_fromstring(markup.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    etree.strip_elements(tree, *_CODE, etree.Comment, with_tail=False)
    return tree


def _extracted(markup: str, url: str | None, *, favor_recall: bool = False) -> Page | None:
    found = trafilatura.bare_extraction(
        markup, url=url, include_comments=False, with_metadata=True, favor_recall=favor_recall
    )
    if found is None or isinstance(found, dict) or found.body is None:
        return None
    return Page(tuple(_blocks(found.body)), found.title, found.author, found.date)


def _baseline(markup: str) -> Page | None:
    body, _, _ = trafilatura.baseline(markup)
    return Page(tuple(_blocks(body)))


def _suspicious(found: Page, long: tuple[str, ...]) -> bool:
    size = _size(found.blocks)
    return size < SHORT or size < MISSING * sum(map(len, long))


def _size(blocks: tuple[Block, ...]) -> int:
    return sum(len(block.text) for block in blocks)


def _blocks(body: Element) -> Iterator[Block]:
    """The innermost blocks of trafilatura's tree, in order, each as one paragraph."""
    for element in body.iter(*KINDS):
        if any(child.tag in _INSIDE for child in element.iterdescendants()):
            continue
        text = _text(element)
        if text:
            quoted = next((True for parent in element.iterancestors("quote")), False)
            yield Block(Kind.QUOTE if quoted else KINDS[element.tag], text)


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _long_paragraphs(tree: Element) -> tuple[str, ...]:
    texts = (_text(paragraph) for paragraph in tree.iter("p"))
    return tuple(dict.fromkeys(text for text in texts if len(text) >= PARAGRAPH))


def _is_mostly_links(tree: Element) -> bool:
    return sum(len(_text(link)) for link in tree.iter("a")) > LINKS * len(_text(tree))


def _seen(tree: Element, long: tuple[str, ...]) -> str:
    links = len(list(tree.iter("a")))
    return f"{len(_text(tree))} characters, {len(long)} long paragraphs and {links} links"


def _with_lead(blocks: tuple[Block, ...], tree: Element) -> tuple[Block, ...]:
    """The blocks with the prose that stands between the page's headline and the first of them, where it was missed."""
    known = "\n".join(block.text for block in blocks)
    first = next((block.text for block in blocks if block.kind is Kind.PROSE and len(block.text) >= PARAGRAPH), None)
    missed = [text for text in _between(tree, first) if text[:PARAGRAPH] not in known] if first else []
    place = next((place for place, block in enumerate(blocks) if block.text == first), 0)
    return (*blocks[:place], *(Block(Kind.PROSE, text) for text in missed[:2]), *blocks[place:])


def _between(tree: Element, first: str) -> list[str]:
    """Prose between the last main heading before the text `first` and that text; nothing where there is no heading."""
    found: list[str] = []
    headed = False
    for element in tree.iter("h1", *_LEAVES):
        if element.tag == "h1":
            found, headed = [], True
        elif headed and _is_leaf(element):
            text = _text(element)
            if first[:PARAGRAPH] in text:
                return found
            if len(text) >= PARAGRAPH and text not in found and _reads_as_prose(text):
                found.append(text)
    return []


def _is_leaf(element: Element) -> bool:
    if any(True for _ in element.iterdescendants(*_LEAVES, "a", "h1")):
        return False
    above = [element, *element.iterancestors()]
    return not any(one.tag in _APART for one in above) and not any(
        _PICTURE.search(one.get("class", "")) for one in above[:3]
    )


def _reads_as_prose(text: str) -> bool:
    return all(line.shape is LineKind.PROSE for line in lines(text))
