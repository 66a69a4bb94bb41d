"""The article in pasted text: which lines are it, which came with it, and why."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from summarizer.article import Kind, Paragraph, Removed
from summarizer.reading.lines import Line, Shape, is_teaser, lines
from summarizer.reading.titles import NEAR, headline, ranked

ALWAYS = frozenset({Shape.INTERFACE, Shape.CONTROL})
"""Shapes that no article has, taken out even where the text is clean otherwise."""

TEXTS = frozenset({Shape.PROSE, Shape.SENTENCE, Shape.ITEM})
"""Shapes that an article is made of."""

WEIGHT = {Shape.PROSE: 1.0, Shape.SENTENCE: 0.5, Shape.ITEM: 0.2}
COST = {
    Shape.SHORT: 45, Shape.INTERFACE: 40, Shape.CONTROL: 20, Shape.LEAD: 60, Shape.OVER: 400, Shape.NOTICE: 80,
    Shape.CAPTION: 10, Shape.BYLINE: 20, Shape.TIME: 150, Shape.ADDRESS: 60, Shape.FIGURE: 30,
}  # fmt: skip
"""What a line adds to the stretch of text that is the article: its width times the weight, or minus the cost.

Chosen so that a video player or a box of links may stand inside an article, and a ticker of teasers after it is none.
"""

PROSE_AT_MOST = 600
"""The width that a single line may count for, so that one long comment does not outweigh its surroundings."""

RUN = 4
"""So many short lines one after the other are a menu or a list of links, not headings."""

ENOUGH = 1_500
"""The worth above which more text makes a stretch no likelier to be the article."""

PAGE_MENU, PAGE_CERTAIN = 8, 3
"""So many lines of menus, or of an interface, make the text a whole page that was selected."""


@dataclass(frozen=True, slots=True)
class Paste:
    """What was found in pasted text; `title` and `byline` only where they stand apart from the article."""

    paragraphs: tuple[Paragraph, ...]
    removed: tuple[Removed, ...]
    title: str | None = None
    byline: str | None = None
    date: str | None = None


def article_in(text: str) -> Paste:
    """The article in the text. Clean text comes back whole; of a page, what is no article is removed with its reason."""
    found = tuple(lines(text))
    if not is_page(found):
        removed = tuple(line for line in found if line.shape in ALWAYS)
        kept = tuple(line for line in found if line.shape not in ALWAYS) or found
        return Paste(_paragraphs(kept), _removed(removed if kept != found else ()))
    return _of_page(found)


def is_page(found: Sequence[Line]) -> bool:
    """Whether the lines are a page with its menus, not an article alone."""
    certain = sum(line.shape in ALWAYS for line in found)
    menu = sum(len(run) for run in _menus(found))
    return certain >= PAGE_CERTAIN or menu >= PAGE_MENU or (certain > 0 and menu >= RUN)


def _menus(found: Sequence[Line]) -> Iterator[tuple[Line, ...]]:
    """Runs of lines without sentences."""
    for text, run in groupby(found, key=lambda line: line.shape in TEXTS):
        members = tuple(run)
        if not text and len(members) >= RUN:
            yield members


def _of_page(found: tuple[Line, ...]) -> Paste:
    start, end = _stretch(found)
    before, inside, after = found[:start], found[start:end], found[end:]
    reasons = _reasons(inside)
    kept = tuple(line for line in inside if line not in reasons)
    title = headline(before + tuple(line for line in inside[:3] if line.shape is Shape.SHORT), kept)
    kept = tuple(line for line in kept if line != title)
    outside = [Removed(line.text, _reason_outside(line), line.span) for line in before + after if line != title]
    dropped = [Removed(line.text, why, line.span) for line, why in reasons.items() if line != title]
    return Paste(
        paragraphs=_paragraphs(kept),
        removed=tuple(sorted(outside + dropped, key=lambda removed: removed.span.start)),
        title=title.text if title else None,
        byline=next((line.text for line in (*before[-12:], *inside) if line.shape is Shape.BYLINE), None),
        date=next((line.text for line in before[-12:] if line.shape is Shape.TIME), None),
    )


def _reason_outside(line: Line) -> str:
    return "outside the article" if line.shape in TEXTS | {Shape.SHORT} else line.shape.value


def _stretch(found: Sequence[Line]) -> tuple[int, int]:
    """Where the article begins and ends: the stretch with most text, more so with a headline above that it repeats."""
    return max(_stretches(found), key=lambda stretch: _promise(found, stretch))[:2]


def _promise(found: Sequence[Line], stretch: tuple[int, int, float]) -> float:
    start, end, worth = stretch
    return min(worth, ENOUGH) * (1 + ranked(found[max(0, start - NEAR) : start], found[start:end])[0])


def _stretches(found: Sequence[Line]) -> Iterator[tuple[int, int, float]]:
    """Stretches of lines with more text than menus, each as long as that adds to its worth (Kadane's method)."""
    start, end, total, most = 0, len(found), 0.0, 0.0
    for place, line in enumerate(found):
        total += _worth(line)
        if total > most:
            end, most = place + 1, total
        if total <= 0:
            if most:
                yield start, end, most
            start, total, most = place + 1, 0.0, 0.0
    yield start, end if most else len(found), most


def _worth(line: Line) -> float:
    if line.shape in COST or is_teaser(line):
        return -float(COST.get(line.shape, COST[Shape.LEAD]))
    return min(line.width, PROSE_AT_MOST) * WEIGHT[line.shape]


def _reasons(inside: tuple[Line, ...]) -> dict[Line, str]:
    """Lines inside the article's stretch that are not the article's, each with the reason."""
    reasons = {line: line.shape.value for line in inside if line.shape in COST and line.shape is not Shape.SHORT}
    copies = Counter(line.text for line in inside if line.shape is not Shape.SENTENCE)
    reasons |= {line: "repeated line" for line in inside if copies[line.text] > 1}
    for run in _menus(inside):
        reasons |= {line: reasons.get(line, "list of links") for line in run}
    return reasons | _loose_ends([line for line in inside if line not in reasons])


def _loose_ends(kept: list[Line]) -> dict[Line, str]:
    """Short lines that head nothing: no prose follows the first line behind them."""
    return {
        line: "heads nothing"
        for line, after in pairwise([*kept, None])
        if line and line.shape is Shape.SHORT and (after is None or after.shape not in TEXTS)
    }


def _removed(found: Sequence[Line]) -> tuple[Removed, ...]:
    return tuple(Removed(line.text, line.shape.value, line.span) for line in found)


def _paragraphs(kept: Sequence[Line]) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(_kind(line), line.text, line.span) for line in kept)


def _kind(line: Line) -> Kind:
    if line.shape is Shape.ITEM:
        return Kind.LIST_ITEM
    if line.shape in (Shape.PROSE, Shape.SENTENCE):
        return Kind.QUOTE if line.text.startswith(">") else Kind.PROSE
    return Kind.HEADING
