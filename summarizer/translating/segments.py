"""Passages in segments that are translated in one go, sentence by sentence, and put together again."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import regex

from summarizer.article import Notice, Span
from summarizer.reading import sentences
from summarizer.translating.passages import Mark, Passage
from summarizer.translating.placeholders import find_placeholders

_LINE = regex.compile(r"[^\n]+")
_LETTER = regex.compile(r"\p{L}")

Splitter = Callable[[str], Sequence[str]]
"""Cuts a sentence into pieces that a model takes; joined they are the sentence."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence: its text, the parts of it that markup stands on, and the parts that must come back as they are."""

    text: str
    spans: tuple[Span, ...] = ()
    kept: tuple[Span, ...] = ()

    @property
    def tokens(self) -> tuple[str, ...]:
        """What must come back as it is."""
        return tuple(self.text[span.start : span.end] for span in self.kept)

    @property
    def is_words(self) -> bool:
        """Whether there is anything to translate."""
        return bool(_LETTER.search(self.without()))

    def without(self, stand_in: str = " ") -> str:
        """The text with something else for what must come back as it is."""
        pieces, at = [], 0
        for span in self.kept:
            pieces += [self.text[at : span.start], stand_in]
            at = span.end
        return "".join([*pieces, self.text[at:]])

    def part(self, start: int, end: int) -> "Segment":
        """Some of its text, with what must come back in that."""
        inside = (span for span in self.kept if start <= span.start and span.end <= end)
        return Segment(self.text[start:end].rstrip(), kept=tuple(_within(span, Span(start, end)) for span in inside))


@dataclass(frozen=True, slots=True)
class TargetSegment:
    """A segment's translation, where in it the segment's `spans` and `kept` stand, and what is wrong with it.

    `imported`: it is no model's.
    """

    text: str
    spans: tuple[Span, ...] = ()
    kept: tuple[Span, ...] = ()
    warnings: tuple[Notice, ...] = ()
    imported: bool = False

    @classmethod
    def same(cls, segment: Segment, *warnings: Notice) -> "TargetSegment":
        """The segment as it is."""
        return cls(segment.text, segment.spans, segment.kept, warnings)


@dataclass(frozen=True, slots=True)
class Slice:
    """A segment, where it stands in its passage, and the marks (by their places there) on its spans and kept parts."""

    segment: Segment
    span: Span
    spanning: tuple[int, ...]
    keeping: Mapping[int, int]  # a mark's place to that of the kept part


def split_passage(passage: Passage, language: str, keep: Sequence[str], pieces: Splitter) -> tuple[Slice, ...]:
    """The passage's segments in order; only white space stands between them."""
    marked = sorted((Span(mark.start, mark.end) for mark in passage.marks if mark.kept is not None), key=_start)
    kept = [span for span in marked if span.start < span.end]
    kept = sorted([*kept, *_not_overlapping(find_placeholders(passage.text, keep), kept)], key=_start)
    ranges = tuple(_merge_ranges(_ranges(passage.text, language, pieces), kept))
    by_range: list[list[int]] = [[] for _ in ranges]
    starts, ends = [span.start for span in ranges], [span.end for span in ranges]
    for index, mark in enumerate(passage.marks):
        for at in range(bisect_right(ends, mark.start), bisect_left(starts, max(mark.end, mark.start + 1))):
            by_range[at].append(index)
    return tuple(_slice(passage, span, marks, kept) for span, marks in zip(ranges, by_range, strict=True))


def join_segments(
    passage: Passage, slices: Sequence[Slice], targets: Sequence[TargetSegment]
) -> tuple[str, tuple[Span, ...]]:
    """The passage's text in the target language, and where each of its marks stands in it."""
    text, at = "", 0
    spans: list[Span] = []  # of the segments in the text
    found: dict[tuple[int, int], Span] = {}  # by mark and segment
    for row, (piece, target) in enumerate(zip(slices, targets, strict=True)):
        text += passage.text[at : piece.span.start]
        start, at = len(text), piece.span.end
        text += target.text
        spans.append(Span(start, len(text)))
        for mark, span in _placed(piece, target):
            found[mark, row] = Span(start + span.start, start + span.end)
    text += passage.text[at:]
    places = _Places([piece.span for piece in slices], spans, found)
    return text, tuple(places.of(index, mark) for index, mark in enumerate(passage.marks))


@dataclass(frozen=True, slots=True)
class _Places:
    """Segments in a passage, the same in its translation, and where marks were found in those."""

    before: Sequence[Span]
    after: Sequence[Span]
    found: Mapping[tuple[int, int], Span]

    def of(self, index: int, mark: Mark) -> Span:
        """A mark's place: its ends in segments as they were found, its ends between segments where they stood."""
        row = bisect_right(self.before, mark.start, key=_start) - 1
        first = self.found.get((index, row))
        start = first.start if first else self._edge(mark.start)
        row = max(bisect_left(self.before, mark.end, key=_start) - 1, row if mark.start == mark.end else 0)
        last = self.found.get((index, row))
        return Span(start, max(start, last.end if last else self._edge(mark.end)))

    def _edge(self, offset: int) -> int:
        """Where a place between segments, or at the end of one, is now."""
        at = bisect_right(self.before, offset, key=_start) - 1
        if at < 0:
            return offset
        before, after = self.before[at], self.after[at]
        return after.start if offset == before.start else after.end + max(offset - before.end, 0)


def _slice(passage: Passage, span: Span, marks: Sequence[int], kept: Sequence[Span]) -> Slice:
    here = [_within(part, span) for part in kept[bisect_left(kept, span.start, key=_start) :] if part.start < span.end]
    whole = Span(0, span.end - span.start)
    keeping, spanning = dict[int, int](), list[int]()
    for index in marks:
        part = _within(Span(passage.marks[index].start, passage.marks[index].end), span)
        if passage.marks[index].kept is not None and part in here:
            keeping[index] = here.index(part)
        elif part not in {whole, Span(0, 0)}:
            spanning.append(index)
    parts = tuple(_within(Span(passage.marks[at].start, passage.marks[at].end), span) for at in spanning)
    segment = Segment(passage.text[span.start : span.end], parts, tuple(here))
    return Slice(segment, span, tuple(spanning), keeping)


def _placed(piece: Slice, target: TargetSegment) -> Iterator[tuple[int, Span]]:
    yield from zip(piece.spanning, target.spans, strict=True)
    for mark, at in piece.keeping.items():
        yield mark, target.kept[at]


def _ranges(text: str, language: str, pieces: Splitter) -> Iterator[Span]:
    """The sentences of each line, cut where they are too long, without the white space round them."""
    for line in _LINE.finditer(text):
        at = line.start()
        for sentence in sentences(line.group(), language):
            for piece in pieces(sentence.text):
                inner = piece.strip()
                start = at + len(piece) - len(piece.lstrip())
                if inner:
                    yield Span(start, start + len(inner))
                at += len(piece)
            at += len(sentence.trailing_space)


def _merge_ranges(ranges: Iterator[Span], kept: Sequence[Span]) -> Iterator[Span]:
    """Ranges of which none begins inside of what is kept."""
    last: Span | None = None
    for span in ranges:
        at = bisect_left(kept, span.start, key=_start) - 1
        if last and at >= 0 and kept[at].end > span.start:
            last = Span(last.start, span.end)
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def _not_overlapping(found: Iterator[Span], taken: Sequence[Span]) -> Iterator[Span]:
    """Those found that overlap none taken."""
    for span in found:
        at = bisect_left(taken, span.end, key=_start) - 1
        if at < 0 or taken[at].end <= span.start:
            yield span


def _within(span: Span, whole: Span) -> Span:
    """A span's part in another, counted from there."""
    length = whole.end - whole.start
    return Span(max(span.start - whole.start, 0), min(max(span.end - whole.start, 0), length))


def _start(span: Span) -> int:
    return span.start
