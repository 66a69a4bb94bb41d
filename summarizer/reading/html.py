"""Extracts the article from a web page with trafilatura and checks whether the result can be the article.

Runs in a separate process (see worker.py), since malicious markup can take unbounded time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import regex
import trafilatura
from lxml import etree
from lxml import html as lxml_html

from summarizer.article import Kind
from summarizer.reading.blocks import PageBlock, page_blocks
from summarizer.reading.selection import LONG_PARAGRAPH, MAX_LINKED, densest, select
from summarizer.reading.structured import article_body, headline

MIN_CHARACTERS = 250
"""An extracted text with fewer characters is suspicious: it may be a caption, a teaser or a cookie banner."""

MIN_COVERAGE = 0.25
"""An extracted text is also suspicious if it is shorter than this share of the page's long paragraphs."""

MAX_LINK_SHARE = 0.6
"""A page without long paragraphs and with a larger share of its text in links is an index page.

A stretch of sentences with few links is an article even there.
"""

MIN_BODY = 0.8
"""The length of the JSON-LD `articleBody`, as a share of the extracted text, from which it replaces that text."""

Element: TypeAlias = Any  # lxml ships no types

OUTSIDE, LINKS = "outside the article", "list of links"

KINDS = {"head": Kind.HEADING, "item": Kind.LIST_ITEM, "quote": Kind.QUOTE, "p": Kind.PROSE, "row": Kind.PROSE}
_DECLARATIONS = regex.compile(r"\s*(?:<\?xml[^>]*>\s*)?<!DOCTYPE[^>\[]*\[", regex.IGNORECASE)
_INSIDE = frozenset({"p", "head", "item", "row", "list", "quote", "table", "code"})


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of the page as plain text; `reason` says why it is not part of the article."""

    kind: Kind
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The text of a page in document order; if no block is part of an article, `statistics` says what there is."""

    blocks: tuple[Block, ...]
    title: str | None = None
    byline: str | None = None
    date: str | None = None
    statistics: str = ""


def extract_fragment(markup: str) -> Page:
    """Returns the text of markup that is all article: an entry of a feed, or a converted document."""
    tree = _tree(markup)
    blocks = () if tree is None else page_blocks(tree)
    return Page(tuple(_with_reasons(blocks, [bool(block.text) and block.area != "hidden" for block in blocks])))


def extract_page(markup: str, url: str | None = None) -> Page:
    """Returns the text of the page, divided into the article and the rest, with the metadata of the page."""
    tree = _tree(markup)
    if tree is None:
        return Page((), statistics="no markup")
    # an extensive search takes any year in the text for a date
    metadata = trafilatura.extract_metadata(tree, default_url=url, extensive=False)
    blocks = page_blocks(tree)
    long = _long_paragraphs(blocks)
    statistics = _statistics(blocks, long, tree)
    if not long and _is_mostly_links(blocks):
        extracted = _as_blocks(densest(blocks))
    else:
        extracted = _best_extraction(tree, url, long)
    if not extracted:
        return Page((), statistics=statistics)
    body = article_body(tree)
    if len(body) >= max(MIN_CHARACTERS, MIN_BODY * _size(extracted)):
        extracted = tuple(Block(Kind.PROSE, " ".join(line.split())) for line in body.splitlines() if line.strip())
    selected = select(blocks, [block.text for block in extracted])
    rest = tuple(_with_reasons(blocks, selected))
    shown = rest if any(selected) else (*extracted, *rest)
    return Page(shown, metadata.title or headline(tree), metadata.author, metadata.date, statistics)


def _with_reasons(blocks: Sequence[PageBlock], selected: Sequence[bool]) -> Iterator[Block]:
    """The blocks, and after each what was removed inside it."""
    for block, is_selected in zip(blocks, selected, strict=True):
        if block.text:
            yield Block(block.kind, block.text, "" if is_selected else _reason(block))
        yield from (Block(block.kind, text, reason) for text, reason in block.removed if text)


def _reason(block: PageBlock) -> str:
    return block.area or (LINKS if block.linked > MAX_LINKED else OUTSIDE)


def _as_blocks(blocks: Sequence[PageBlock]) -> tuple[Block, ...]:
    return tuple(Block(block.kind, block.text) for block in blocks)


def _tree(markup: str) -> Element | None:
    if _DECLARATIONS.match(markup):  # of XML: HTML has none, and its parser takes them for text
        return None
    try:
        return lxml_html.document_fromstring(markup.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _best_extraction(tree: Element, url: str | None, long: Sequence[str]) -> tuple[Block, ...]:
    """The blocks that trafilatura extracts; if they are suspiciously few, the most that any of its modes does."""
    best = _extracted(tree, url)
    if not _is_suspicious(best, long):
        return best
    return max((best, _extracted(tree, url, favor_recall=True), _baseline(tree)), key=_size)


def _extracted(tree: Element, url: str | None, *, favor_recall: bool = False) -> tuple[Block, ...]:
    document = trafilatura.bare_extraction(tree, url=url, include_comments=False, favor_recall=favor_recall)
    if document is None or isinstance(document, dict) or document.body is None:
        return ()
    return tuple(_blocks(document.body))


def _baseline(tree: Element) -> tuple[Block, ...]:
    return tuple(_blocks(trafilatura.baseline(tree)[0]))


def _is_suspicious(blocks: Sequence[Block], long: Sequence[str]) -> bool:
    return _size(blocks) < max(MIN_CHARACTERS, MIN_COVERAGE * sum(map(len, long)))


def _size(blocks: Sequence[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _blocks(body: Element) -> Iterator[Block]:
    """The innermost blocks with words of trafilatura's tree, in document order."""
    for element in body.iter(*KINDS):
        if any(child.tag in _INSIDE for child in element.iterdescendants()):
            continue
        text = _text(element)
        if any(map(str.isalpha, text)):
            is_quoted = next(element.iterancestors("quote"), None) is not None
            yield Block(Kind.QUOTE if is_quoted else KINDS[element.tag], text)


def _text(element: Element) -> str:
    return " ".join((" " if element.tag == "row" else "").join(element.itertext()).split())


def _long_paragraphs(blocks: Sequence[PageBlock]) -> tuple[str, ...]:
    texts = (block.text for block in blocks if not block.area and block.linked <= MAX_LINKED)
    return tuple(dict.fromkeys(text for text in texts if len(text) >= LONG_PARAGRAPH))


def _is_mostly_links(blocks: Sequence[PageBlock]) -> bool:
    size = sum(len(block.text) for block in blocks)
    return sum(block.linked * len(block.text) for block in blocks) > MAX_LINK_SHARE * size


def _statistics(blocks: Sequence[PageBlock], long: Sequence[str], tree: Element) -> str:
    size, links = sum(len(block.text) for block in blocks), len(list(tree.iter("a")))
    return f"{size} characters, {len(long)} long paragraphs and {links} links"
