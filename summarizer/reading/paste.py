"""The article in pasted text: which lines are it, which came with it, and why."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from summarizer.article import Kind, Paragraph, Removed
from summarizer.reading.lines import Line, LineKind, is_teaser, lines
from summarizer.reading.titles import NEAR, best_headline, find_headline

ALWAYS = frozenset({LineKind.INTERFACE, LineKind.CONTROL})
"""Shapes that no article has, taken out even where the text is clean otherwise."""

TEXTS = frozenset({LineKind.PROSE, LineKind.SENTENCE, LineKind.ITEM})
"""Shapes that an article is made of."""

WEIGHT = {LineKind.PROSE: 1.0, LineKind.SENTENCE: 0.5, LineKind.ITEM: 0.2}
COST = {
    LineKind.SHORT: 45, LineKind.INTERFACE: 40, LineKind.CONTROL: 20, LineKind.LEAD: 60, LineKind.OVER: 400, LineKind.NOTICE: 80,
    LineKind.CAPTION: 10, LineKind.BYLINE: 20, LineKind.TIME: 150, LineKind.ADDRESS: 60, LineKind.FIGURE: 30,
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

GAP = 4
"""Prose that comes within so many lines after the article still belongs to it."""

PAGE_MENU, PAGE_CERTAIN = 8, 3
"""So many lines of menus, or of an interface, make the text a whole page that was selected."""


@dataclass(frozen=True, slots=True)
class PastedArticle:
    """What was found in pasted text; `title` and `byline` only where they stand apart from the article."""

    paragraphs: tuple[Paragraph, ...]
    removed: tuple[Removed, ...]
    title: str | None = None
    byline: str | None = None
    date: str | None = None


def extract_article(text: str) -> PastedArticle:
    """The article in the text: clean text whole; of a page, all but what is removed with its reason.

    Where nothing of a page looks like an article, all of it is kept: its sender knows better.
    """
    found = tuple(lines(text))
    if not is_whole_page(found):
        removed = tuple(line for line in found if line.shape in ALWAYS)
        kept = tuple(line for line in found if line.shape not in ALWAYS) or found
        return PastedArticle(_paragraphs(kept), _removed(removed if kept != found else ()))
    paste = _of_page(found)
    return paste if paste.paragraphs else PastedArticle(_paragraphs(found), ())


def is_whole_page(found: Sequence[Line]) -> bool:
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


def _of_page(found: tuple[Line, ...]) -> PastedArticle:
    start, end = _stretch(found)
    end = _with_what_follows(found, end)
    before, inside, after = found[:start], found[start:end], found[end:]
    reasons = _reasons(inside)
    kept = tuple(line for line in inside if line not in reasons)
    title = find_headline(before + tuple(line for line in inside[:3] if line.shape is LineKind.SHORT), kept)
    kept = tuple(line for line in kept if line != title)
    outside = [Removed(line.text, _reason_outside(line), line.span) for line in before + after if line != title]
    dropped = [Removed(line.text, why, line.span) for line, why in reasons.items() if line != title]
    return PastedArticle(
        paragraphs=_paragraphs(kept),
        removed=tuple(sorted(outside + dropped, key=lambda removed: removed.span.start)),
        title=title.text if title else None,
        byline=next((line.text for line in (*before[-12:], *inside) if line.shape is LineKind.BYLINE), None),
        date=next((line.text for line in before[-12:] if line.shape is LineKind.TIME), None),
    )


def _reason_outside(line: Line) -> str:
    return "outside the article" if line.shape in TEXTS | {LineKind.SHORT} else line.shape.value


def _stretch(found: Sequence[Line]) -> tuple[int, int]:
    """Where the article begins and ends: the stretch with most text, more so with a headline above that it repeats."""
    return max(_stretches(found), key=lambda stretch: _promise(found, stretch))[:2]


def _with_what_follows(found: Sequence[Line], end: int) -> int:
    """Where the article ends when prose comes back behind a box of a line or three, up to three times."""
    for _ in range(3):
        end = next((end + 1 + gap for gap in _prose_near(found[end : end + GAP])), end)
    return end


def _prose_near(following: Sequence[Line]) -> Iterator[int]:
    """The place of the first line that is prose, unless the article is over before it."""
    for place, line in enumerate(following):
        if line.shape in (LineKind.OVER, LineKind.TIME):
            return
        if line.shape is LineKind.PROSE and not is_teaser(line):
            yield place
            return


def _promise(found: Sequence[Line], stretch: tuple[int, int, float]) -> float:
    start, end, worth = stretch
    return min(worth, ENOUGH) * (1 + best_headline(found[max(0, start - NEAR) : start], found[start:end])[0])


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
        return -float(COST.get(line.shape, COST[LineKind.LEAD]))
    return min(line.width, PROSE_AT_MOST) * WEIGHT[line.shape]


def _reasons(inside: tuple[Line, ...]) -> dict[Line, str]:
    """Lines inside the article's stretch that are not the article's, each with the reason."""
    reasons = {line: line.shape.value for line in inside if line.shape in COST and line.shape is not LineKind.SHORT}
    copies = Counter(line.text for line in inside if line.shape is not LineKind.SENTENCE)
    reasons |= {line: "repeated line" for line in inside if copies[line.text] > 1}
    for run in _menus(inside):
        reasons |= {line: reasons.get(line, "list of links") for line in run}
    return reasons | _loose_ends([line for line in inside if line not in reasons])


def _loose_ends(kept: list[Line]) -> dict[Line, str]:
    """Short lines that head nothing: no prose follows the first line behind them."""
    return {
        line: "heads nothing"
        for line, after in pairwise([*kept, None])
        if line and line.shape is LineKind.SHORT and (after is None or after.shape not in TEXTS)
    }


def _removed(found: Sequence[Line]) -> tuple[Removed, ...]:
    return tuple(Removed(line.text, line.shape.value, line.span) for line in found)


def _paragraphs(kept: Sequence[Line]) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(_kind(line), line.text, line.span) for line in kept)


def _kind(line: Line) -> Kind:
    if line.shape is LineKind.ITEM:
        return Kind.LIST_ITEM
    if line.shape in (LineKind.PROSE, LineKind.SENTENCE):
        return Kind.QUOTE if line.text.startswith(">") else Kind.PROSE
    return Kind.HEADING
