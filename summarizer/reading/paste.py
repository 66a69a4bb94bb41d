"""Finds the article in pasted text and removes the lines that are not part of it, each with a reason."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from summarizer.article import Kind, Paragraph, Removed
from summarizer.reading.lines import Line, LineKind, is_teaser, lines
from summarizer.reading.titles import NEAR, best_headline, find_headline

ALWAYS = frozenset({LineKind.INTERFACE, LineKind.CONTROL})
"""Kinds of lines that are removed even from clean text."""

TEXTS = frozenset({LineKind.PROSE, LineKind.SENTENCE, LineKind.ITEM})
"""Kinds of lines that an article is made of."""

WEIGHT = {LineKind.PROSE: 1.0, LineKind.SENTENCE: 0.5, LineKind.ITEM: 0.2}
COST = {
    LineKind.SHORT: 45, LineKind.INTERFACE: 40, LineKind.CONTROL: 20, LineKind.LEAD: 60, LineKind.OVER: 400,
    LineKind.NOTICE: 80, LineKind.CAPTION: 10, LineKind.BYLINE: 20, LineKind.TIME: 150, LineKind.ADDRESS: 60,
    LineKind.FIGURE: 30,
}  # fmt: skip
"""A line's contribution to the score of a stretch of lines: its width times WEIGHT, or minus COST.

Chosen so that a video player or a box of links may interrupt an article, but a list of teasers after it is excluded.
"""

MAX_PROSE_WIDTH = 600
"""The largest width that a single line contributes, so that one long comment does not outweigh the article."""

MENU_LINES = 4
"""The number of consecutive short lines from which they are a menu or a list of links, not headings."""

MAX_SCORE = 1_500
"""The score above which more text does not make a stretch likelier to be the article."""

GAP = 4
"""Prose within this many lines after the article still belongs to it."""

PAGE_MENU_LINES, PAGE_INTERFACE_LINES = 8, 3
"""The number of menu lines, or of interface lines, from which the text is a whole page."""


@dataclass(frozen=True, slots=True)
class PastedArticle:
    """The article in pasted text; `title`, `byline` and `date` only if separate from its paragraphs."""

    paragraphs: tuple[Paragraph, ...]
    removed: tuple[Removed, ...]
    title: str | None = None
    byline: str | None = None
    date: str | None = None


def extract_article(text: str) -> PastedArticle:
    """Returns the article in the text: clean text unchanged; of a whole page, everything that is not removed.

    If nothing in a page looks like an article, the whole text is the article.
    """
    all_lines = tuple(lines(text))
    if is_whole_page(all_lines):
        article = _from_page(all_lines)
        return article if article.paragraphs else PastedArticle(_paragraphs(all_lines), ())
    retained = tuple(line for line in all_lines if line.kind not in ALWAYS)
    removed = tuple(line for line in all_lines if line.kind in ALWAYS) if retained else ()
    return PastedArticle(_paragraphs(retained or all_lines), _removed(removed))


def is_whole_page(all_lines: Sequence[Line]) -> bool:
    """Returns whether the lines are a web page with its menus, not an article alone."""
    interface_lines = sum(line.kind in ALWAYS for line in all_lines)
    menu_lines = sum(len(run) for run in _menus(all_lines))
    if interface_lines >= PAGE_INTERFACE_LINES or menu_lines >= PAGE_MENU_LINES:
        return True
    return interface_lines > 0 and menu_lines >= MENU_LINES


def _menus(all_lines: Sequence[Line]) -> Iterator[tuple[Line, ...]]:
    """Runs of lines without sentences."""
    for is_text, run in groupby(all_lines, key=lambda line: line.kind in TEXTS):
        members = tuple(run)
        if not is_text and len(members) >= MENU_LINES:
            yield members


def _from_page(all_lines: tuple[Line, ...]) -> PastedArticle:
    start, end = _best_stretch(all_lines)
    end = _extended_end(all_lines, end)
    before, inside, after = all_lines[:start], all_lines[start:end], all_lines[end:]
    reasons = _reasons(inside)
    retained = tuple(line for line in inside if line not in reasons)
    title = find_headline(before + tuple(line for line in inside[:3] if line.kind is LineKind.SHORT), retained)
    outside = [Removed(line.text, _reason_outside(line), line.span) for line in before + after if line != title]
    within = [Removed(line.text, reason, line.span) for line, reason in reasons.items() if line != title]
    return PastedArticle(
        paragraphs=_paragraphs([line for line in retained if line != title]),
        removed=tuple(sorted(outside + within, key=lambda removed: removed.span.start)),
        title=title.text if title else None,
        byline=next((line.text for line in (*before[-12:], *inside) if line.kind is LineKind.BYLINE), None),
        date=next((line.text for line in before[-12:] if line.kind is LineKind.TIME), None),
    )


def _reason_outside(line: Line) -> str:
    return "outside the article" if line.kind in TEXTS | {LineKind.SHORT} else line.kind.value


def _best_stretch(all_lines: Sequence[Line]) -> tuple[int, int]:
    """The start and end of the stretch with the most text, weighted by a headline above it whose words it repeats."""
    return max(_stretches(all_lines), key=lambda stretch: _article_score(all_lines, stretch))[:2]


def _extended_end(all_lines: Sequence[Line], end: int) -> int:
    """The end of the article, including prose that resumes after up to three short interruptions."""
    for _ in range(3):
        end = next((end + 1 + gap for gap in _next_prose(all_lines[end : end + GAP])), end)
    return end


def _next_prose(following: Sequence[Line]) -> Iterator[int]:
    """The position of the first line of prose, unless the article ends before it."""
    for place, line in enumerate(following):
        if line.kind in (LineKind.OVER, LineKind.TIME):
            return
        if line.kind is LineKind.PROSE and not is_teaser(line):
            yield place
            return


def _article_score(all_lines: Sequence[Line], stretch: tuple[int, int, float]) -> float:
    start, end, score = stretch
    return min(score, MAX_SCORE) * (1 + best_headline(all_lines[max(0, start - NEAR) : start], all_lines[start:end])[0])


def _stretches(all_lines: Sequence[Line]) -> Iterator[tuple[int, int, float]]:
    """Start, end and score of each stretch with more text than menus (Kadane's maximum subarray algorithm)."""
    start, end, total, best = 0, len(all_lines), 0.0, 0.0
    for place, line in enumerate(all_lines):
        total += _line_score(line)
        if total > best:
            end, best = place + 1, total
        if total <= 0:
            if best:
                yield start, end, best
            start, total, best = place + 1, 0.0, 0.0
    yield start, end if best else len(all_lines), best


def _line_score(line: Line) -> float:
    if line.kind in COST or is_teaser(line):
        return -float(COST.get(line.kind, COST[LineKind.LEAD]))
    return min(line.width, MAX_PROSE_WIDTH) * WEIGHT[line.kind]


def _reasons(inside: tuple[Line, ...]) -> dict[Line, str]:
    """Lines between the start and end of the article that are not part of it, each with the reason."""
    reasons = {line: line.kind.value for line in inside if line.kind in COST and line.kind is not LineKind.SHORT}
    copies = Counter(line.text for line in inside if line.kind is not LineKind.SENTENCE)
    reasons |= {line: "repeated line" for line in inside if copies[line.text] > 1}
    for run in _menus(inside):
        reasons |= {line: reasons.get(line, "list of links") for line in run}
    return reasons | _empty_headings([line for line in inside if line not in reasons])


def _empty_headings(retained: list[Line]) -> dict[Line, str]:
    """Short lines that no text follows."""
    return {
        line: "heading without text"
        for line, after in pairwise([*retained, None])
        if line and line.kind is LineKind.SHORT and (after is None or after.kind not in TEXTS)
    }


def _removed(all_lines: Sequence[Line]) -> tuple[Removed, ...]:
    return tuple(Removed(line.text, line.kind.value, line.span) for line in all_lines)


def _paragraphs(retained: Sequence[Line]) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(_kind(line), line.text, line.span) for line in retained)


def _kind(line: Line) -> Kind:
    if line.kind is LineKind.ITEM:
        return Kind.LIST_ITEM
    if line.kind in (LineKind.PROSE, LineKind.SENTENCE):
        return Kind.QUOTE if line.text.startswith(">") else Kind.PROSE
    return Kind.HEADING
