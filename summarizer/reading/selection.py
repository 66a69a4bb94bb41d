"""Decides which blocks of a page belong to its article, from the text that an extractor found."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import regex

from summarizer.article import Kind
from summarizer.reading.blocks import PageBlock
from summarizer.reading.lines import LineKind, lines

LONG_PARAGRAPH = 80
"""Characters from which a paragraph counts as long."""

MIN_SHARE = 0.6
"""The share of a block's word sequences that the extracted text contains, at least."""

MAX_LINKED = 0.5
"""The share of its letters in links from which a block that was not extracted is a link to something else."""

LINKED = 0.95
"""The share of its letters in links from which a block is a link."""

MIN_FOUND = 0.5
"""The share of the extracted characters in selected blocks, at least; otherwise the page does not show the text."""

MIN_DENSE = 250
"""The length of the sentences, less the cost of the links between them, from which a stretch is an article."""

LINK_COST = 3
"""A choice: a teaser of an index page has at most three times the length of its linked headline."""

MAX_LEAD = 2
NEAR = 3
"""The number of blocks on both sides that tell which copy of a repeated block is in the article."""

_SENTENCES = frozenset({LineKind.PROSE, LineKind.SENTENCE, LineKind.ITEM})
_LENGTH = 4
_TOKEN = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]|[\p{L}\p{M}\p{N}]+", regex.VERSION1
)


def select(blocks: Sequence[PageBlock], extracted: Sequence[str]) -> tuple[bool, ...]:
    """Returns for each block whether it belongs to the article; all False if the page does not show the text."""
    selected = _without_copies(blocks, _found(blocks, extracted))
    size = sum(len(block.text) for block, is_found in zip(blocks, selected, strict=True) if is_found)
    if size < MIN_FOUND * sum(map(len, extracted)) or not size:
        return (False,) * len(blocks)
    _add_lead(blocks, selected)
    _add_neighbours(blocks, selected)
    return tuple(is_in and not _is_extra(block) for block, is_in in zip(blocks, selected, strict=True))


def _is_extra(block: PageBlock) -> bool:
    """Whether a block is a caption, or a link to another article: all its text is linked, and it is no sentence."""
    return block.area == "caption" or (block.linked >= LINKED and not _line_kinds(block) <= _SENTENCES)


def densest(blocks: Sequence[PageBlock]) -> Sequence[PageBlock]:
    """Returns the sentences of the stretch with the most text against links (Kadane's maximum subarray algorithm).

    Nothing if that is less than MIN_DENSE characters more than its links.
    """
    start, total, best = 0, 0, (0, 0, 0)
    for place, block in enumerate(blocks):
        total += _density(block)
        best = max(best, (total, start, place + 1))
        if total <= 0:
            start, total = place + 1, 0
    score, first, end = best
    return [block for block in blocks[first:end] if _density(block) > 0] if score >= MIN_DENSE else []


def _density(block: PageBlock) -> int:
    if not _is_content(block):
        return -LINK_COST * len(block.text)
    return len(block.text) if _line_kinds(block) <= _SENTENCES else -len(block.text)


def _found(blocks: Sequence[PageBlock], extracted: Sequence[str]) -> list[bool]:
    """Whether each block is one of the extracted texts, or most of its word sequences are in them."""
    texts = set(extracted)
    tokens = [tuple(_TOKEN.findall(text)) for text in extracted]
    units, sequences = set(tokens), set(_sequences([token for unit in tokens for token in unit]))

    def is_found(block: PageBlock) -> bool:
        own = tuple(_TOKEN.findall(block.text))
        if len(own) < _LENGTH or own in units:
            return own in units
        places = list(_sequences(own))
        return sum(one in sequences for one in places) >= MIN_SHARE * len(places)

    return [block.text in texts or is_found(block) for block in blocks]


def _sequences(tokens: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return zip(*(tokens[start:] for start in range(_LENGTH)), strict=False)


def _without_copies(blocks: Sequence[PageBlock], selected: list[bool]) -> list[bool]:
    """Of blocks with the same text, the one with the most selected blocks around it; the first of several."""
    places: dict[str, list[int]] = {}
    for place, block in enumerate(blocks):
        if selected[place]:
            places.setdefault(block.text, []).append(place)
    around = {
        place: sum(selected[max(0, place - NEAR) : place + NEAR + 1]) for copies in places.values() for place in copies
    }
    best = {max(copies, key=lambda place: around[place]) for copies in places.values()}
    return [place in best for place in range(len(blocks))]


def _add_lead(blocks: Sequence[PageBlock], selected: list[bool]) -> None:
    """Adds prose between the last main heading and the first long paragraph."""
    first = next((place for place, block in enumerate(blocks) if selected[place] and _is_long_prose(block)), 0)
    heading = next((place for place in range(first - 1, -1, -1) if blocks[place].tag == "h1"), first)
    lead = [place for place in range(heading + 1, first) if not selected[place] and _is_lead(blocks[place])]
    for place in lead[:MAX_LEAD]:
        selected[place] = True


def _is_lead(block: PageBlock) -> bool:
    return not block.area and not block.linked and _is_long_prose(block) and _line_kinds(block) == {LineKind.PROSE}


def _is_long_prose(block: PageBlock) -> bool:
    return block.kind is Kind.PROSE and len(block.text) >= LONG_PARAGRAPH


def _add_neighbours(blocks: Sequence[PageBlock], selected: list[bool]) -> None:
    """Adds blocks between selected ones in the same element, and prose and lists that follow or precede them there."""
    places = [place for place, is_selected in enumerate(selected) if is_selected]
    for before, after in pairwise(places):
        containers = {blocks[before].container, blocks[after].container}
        for place in range(before + 1, after):
            selected[place] = _is_content(blocks[place]) and blocks[place].container in containers
    for outside in (range(places[-1] + 1, len(blocks)), range(places[0] - 1, -1, -1)):
        container = blocks[places[-1] if outside.step > 0 else places[0]].container
        for place in outside:
            if blocks[place].container == container and _is_content(blocks[place]):
                selected[place] = _is_list_or_table(blocks[place]) or _is_prose(blocks[place])


def _is_content(block: PageBlock) -> bool:
    return bool(block.text) and not block.area and block.linked <= MAX_LINKED


def _is_list_or_table(block: PageBlock) -> bool:
    return block.kind in (Kind.LIST_ITEM, Kind.QUOTE) or block.tag == "tr"


def _is_prose(block: PageBlock) -> bool:
    return block.kind is Kind.PROSE and _line_kinds(block) <= _SENTENCES


def _line_kinds(block: PageBlock) -> set[LineKind]:
    return {line.kind for line in lines(block.text)}
