"""Segments: passages are split into sentences for translation and joined again afterwards."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import regex

from summarizer.article import Notice, Sentence, Span
from summarizer.options import TranslationOptions
from summarizer.reading import sentences
from summarizer.translating.passages import LINE_BREAKS, Mark, Passage
from summarizer.translating.placeholders import find_placeholders

_LINE = regex.compile(rf"[^{LINE_BREAKS}]+")
_LINE_MARKS = regex.compile(
    r"""\s*(?:
        (?:[-–—−*+•‣⁃◦▪▫■□●○·➤►▶✓✔✗»]|>+|\#{1,6}|[①-⑳]|\(?(?:\d{1,3}(?:\.\d{1,3})*|\p{L}|[ivxIVX]{1,5})\)|[IVX]{1,5}\.)\s+
        | >+ | [♪♫]+\s* | [-–—][ ]?(?=[\p{Lu}\p{Lo}¿¡"“«„‘]) | [①-⑳]
    )*+""",
    regex.VERBOSE,
)
"""The marks before the text of a line: bullets, numbering, dashes of dialogues, quote marks of mails, notes of songs.

"1." is not one of them: it is a sentence of its own, or an ordinal number in languages that write it this way.
"""
_LETTER = regex.compile(r"\p{L}")
_NUMBER = regex.compile(
    r"(?<![\p{L}\p{N}])(?!\p{Nd}+\p{Ll}{1,4}(?![\p{L}\p{N}]))"
    r"(?=\p{L}*+[\p{Nd}₀-₉])(?:[\p{L}\p{N}₋⁻⁺]|(?<=\p{Nd})[.,](?=\p{Nd}))+"
)

Splitter = Callable[[str], Sequence[str]]
"""Splits a sentence into pieces that fit the model; joined, they are the sentence."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A source sentence: its text, the spans with markup, and the spans of placeholders."""

    text: str
    spans: tuple[Span, ...] = ()
    placeholders: tuple[Span, ...] = ()

    @property
    def placeholder_texts(self) -> tuple[str, ...]:
        """The texts of the placeholders."""
        return tuple(self.text[span.start : span.end] for span in self.placeholders)

    @property
    def has_text(self) -> bool:
        """Whether there is anything to translate."""
        return bool(_LETTER.search(self.without_placeholders()))

    def without_placeholders(self, replacement: str = " ") -> str:
        """The text with `replacement` for each placeholder."""
        pieces, at = [], 0
        for span in self.placeholders:
            pieces += [self.text[at : span.start], replacement]
            at = span.end
        return "".join([*pieces, self.text[at:]])

    def slice(self, start: int, end: int) -> "Segment":
        """A part of the text, with its placeholders."""
        inside = (span for span in self.placeholders if start <= span.start and span.end <= end)
        return Segment(
            self.text[start:end].rstrip(), placeholders=tuple(_within(span, Span(start, end)) for span in inside)
        )


@dataclass(frozen=True, slots=True)
class TargetSegment:
    """A segment's translation, with the segment's `spans` and `placeholders` in it, and warnings about it.

    `imported` is set if no model wrote it.
    """

    text: str
    spans: tuple[Span, ...] = ()
    placeholders: tuple[Span, ...] = ()
    warnings: tuple[Notice, ...] = ()
    imported: bool = False

    @classmethod
    def untranslated(cls, segment: Segment, *warnings: Notice) -> "TargetSegment":
        """The segment itself, with warnings."""
        return cls(segment.text, segment.spans, segment.placeholders, warnings)


@dataclass(frozen=True, slots=True)
class Slice:
    """A segment and its span in the passage.

    `span_marks` has the index of a passage's mark for each of the segment's spans; `placeholder_marks` maps such an
    index to that of a placeholder.
    """

    segment: Segment
    span: Span
    span_marks: tuple[int, ...]
    placeholder_marks: Mapping[int, int]


def split_passage(
    passage: Passage, language: str, options: TranslationOptions, splitter: Splitter
) -> tuple[Slice, ...]:
    """Splits a passage into segments, in order; white space and the marks of lines and lists are outside them."""
    placeholders = _placeholders(passage, options.keep)
    split = partial(sentences, language=language) if options.split_sentences else _unsplit
    ranges = tuple(_merge_ranges(_ranges(passage.text, split, splitter, placeholders), placeholders))
    by_range: list[list[int]] = [[] for _ in ranges]
    starts, ends = [span.start for span in ranges], [span.end for span in ranges]
    for index, mark in enumerate(passage.marks):
        for at in range(bisect_right(ends, mark.start), bisect_left(starts, max(mark.end, mark.start + 1))):
            by_range[at].append(index)
    return tuple(_slice(passage, span, marks, placeholders) for span, marks in zip(ranges, by_range, strict=True))


def join_segments(
    passage: Passage, slices: Sequence[Slice], targets: Sequence[TargetSegment], separator: str = ""
) -> tuple[str, tuple[Span, ...]]:
    """Returns the passage's text in the target language, and the span of each of its marks.

    `separator` is inserted between segments that nothing separates in the source.
    """
    text, at = "", 0
    segments: list[Span] = []
    marks: dict[tuple[int, int], Span] = {}  # by the indices of mark and segment
    for index, (piece, target) in enumerate(zip(slices, targets, strict=True)):
        text += passage.text[at : piece.span.start] or (separator if text else "")
        start, at = len(text), piece.span.end
        text += target.text
        segments.append(Span(start, len(text)))
        for mark, span in _mark_spans(piece, target):
            marks[mark, index] = Span(start + span.start, start + span.end)
    text += passage.text[at:]
    alignment = _Alignment([piece.span for piece in slices], segments, marks)
    return text, tuple(alignment.span(index, mark) for index, mark in enumerate(passage.marks))


@dataclass(frozen=True, slots=True)
class _Alignment:
    """The segments' spans in a passage and in its translation, and the spans of marks in the translated segments."""

    source: Sequence[Span]
    target: Sequence[Span]
    marks: Mapping[tuple[int, int], Span]

    def span(self, index: int, mark: Mark) -> Span:
        """A mark's span in the translation; an end between segments keeps its position relative to them."""
        segment = bisect_right(self.source, mark.start, key=_start) - 1
        first = self.marks.get((index, segment))
        start = first.start if first else self._offset(mark.start, segment)
        segment = max(bisect_left(self.source, mark.end, key=_start) - 1, segment if mark.start == mark.end else -1)
        last = self.marks.get((index, segment))
        return Span(start, max(start, last.end if last else self._offset(mark.end, segment)))

    def _offset(self, offset: int, segment: int) -> int:
        """Converts an offset at an edge of a segment, or after it; -1 is before the first segment."""
        if segment < 0:
            return offset
        source, target = self.source[segment], self.target[segment]
        return target.start if offset == source.start else target.end + max(offset - source.end, 0)


def _slice(passage: Passage, span: Span, marks: Sequence[int], placeholders: Sequence[Span]) -> Slice:
    following = placeholders[bisect_left(placeholders, span.start, key=_start) :]
    inside = [_within(part, span) for part in following if part.start < span.end]
    entire = Span(0, span.end - span.start)
    placeholder_marks, span_marks = dict[int, int](), list[int]()
    for index in marks:
        part = _within(Span(passage.marks[index].start, passage.marks[index].end), span)
        if passage.marks[index].verbatim is not None and part in inside:
            placeholder_marks[index] = inside.index(part)
        elif part not in {entire, Span(0, 0)}:
            span_marks.append(index)
    parts = tuple(_within(Span(passage.marks[at].start, passage.marks[at].end), span) for at in span_marks)
    segment = Segment(passage.text[span.start : span.end], parts, tuple(inside))
    return Slice(segment, span, tuple(span_marks), placeholder_marks)


def _mark_spans(piece: Slice, target: TargetSegment) -> Iterator[tuple[int, Span]]:
    yield from zip(piece.span_marks, target.spans, strict=True)
    for mark, at in piece.placeholder_marks.items():
        yield mark, target.placeholders[at]


def _unsplit(text: str) -> tuple[Sentence, ...]:
    return (Sentence(text, Span(0, len(text))),)


def _ranges(
    text: str, split: Callable[[str], Sequence[Sentence]], splitter: Splitter, placeholders: Sequence[Span]
) -> Iterator[Span]:
    """The sentences of each line, split if they are too long, without surrounding white space and line marks."""
    for line in _LINE.finditer(text):
        at = _LINE_MARKS.match(text, line.start(), line.end()).end()
        at = line.start() if _inside(at, placeholders) else at
        for sentence in split(text[at : line.end()]):
            for piece in splitter(sentence.text):
                inner = piece.strip()
                start = at + len(piece) - len(piece.lstrip())
                if inner:
                    yield Span(start, start + len(inner))
                at += len(piece)
            at += len(sentence.trailing_space)


def _merge_ranges(ranges: Iterator[Span], placeholders: Sequence[Span]) -> Iterator[Span]:
    """Merges ranges so that none starts inside a placeholder."""
    last: Span | None = None
    for span in ranges:
        if last and _inside(span.start, placeholders):
            last = Span(last.start, span.end)
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def _inside(offset: int, spans: Sequence[Span]) -> bool:
    at = bisect_left(spans, offset, key=_start) - 1
    return at >= 0 and spans[at].end > offset


def _placeholders(passage: Passage, keep: Sequence[str]) -> list[Span]:
    """What is not translated, in order: verbatim marks, placeholders of the text, and numbers cut by marks."""
    marked = (Span(mark.start, mark.end) for mark in passage.marks if mark.verbatim is not None)
    spans = [*marked, *find_placeholders(passage.text, keep), *_cut_numbers(passage)]
    merged: list[Span] = []
    for span in sorted((span for span in spans if span.start < span.end), key=_start):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(span.end, merged[-1].end))
        else:
            merged.append(span)
    return merged


def _cut_numbers(passage: Passage) -> Iterator[Span]:
    """Numbers, formulas and codes with a tag inside, such as 10<sup>6</sup> or 202<b>4</b>, except ordinal numbers."""
    cuts = sorted({offset for mark in passage.marks for offset in (mark.start, mark.end)})
    for number in _NUMBER.finditer(passage.text) if cuts else ():
        at = bisect_right(cuts, number.start())
        if at < len(cuts) and cuts[at] < number.end():
            yield Span(number.start(), number.end())


def _within(span: Span, outer: Span) -> Span:
    """The part of a span inside another, relative to its start."""
    length = outer.end - outer.start
    return Span(max(span.start - outer.start, 0), min(max(span.end - outer.start, 0), length))


def _start(span: Span) -> int:
    return span.start
