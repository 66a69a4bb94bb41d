"""Splits a text into sentences without loss: joined, they are the text."""

from collections.abc import Iterable, Iterator

import regex

from summarizer.article import Sentence, Span
from summarizer.languages import primary
from summarizer.reading.ends import END, ends_sentence, quotations

UNMARKED = frozenset({"th", "lo"})
"""Languages that end sentences with a space instead of punctuation."""

MIN_BEFORE_OPENING, MIN_LENGTH = 30, 90
"""Characters after which a space ends a Thai or Lao sentence: before a word that opens a sentence, and otherwise."""

_BLANK = regex.compile(r"\s*+")
_SPACE = regex.compile(r"(?<=[\p{Thai}\p{Lao}”\"]) +(?=[\p{Thai}\p{Lao}“\"])")
_OPENING = regex.compile(
    r"[ “\"]*(?:ทั้งนี้|นอกจากนี้|อย่างไรก็ตาม|ขณะที่|ขณะเดียวกัน|แต่|ส่วน|ด้าน|เมื่อ|ล่าสุด|สำหรับ|โดย|จากนั้น|ต่อมา|ดังนั้น|หลัง)"
)


def sentences(text: str, language: str) -> tuple[Sentence, ...]:
    """Returns the sentences of a text in `language` (BCP 47) with their spans.

    Concatenating `text` and `trailing_space` of all sentences gives the input; leading white space belongs to the
    first sentence. Thai and Lao, which do not mark sentence ends, are split at spaces by length and by words that open
    sentences.
    """
    result: list[Sentence] = []
    start, words = 0, _skip_space(text, 0)
    for end in (*_ends(text, primary(language)), len(text)):
        if words < end:
            resume = _skip_space(text, end)
            result.append(Sentence(text[start:end], Span(start, end), text[end:resume]))
            start = words = resume
    return tuple(result) or ((Sentence(text, Span(0, len(text))),) if text else ())


def _skip_space(text: str, start: int) -> int:
    """The end of the white space that begins at `start`."""
    return int(_BLANK.match(text, start).end())


def _ends(text: str, language: str) -> list[int]:
    """The ends of sentences, before the white space that follows."""
    marks = (mark for mark in END.finditer(text) if ends_sentence(text, mark, language))
    ends = list(_outside((mark.end() for mark in marks), quotations(text)))
    return sorted({*ends, *_unmarked(text, ends)}) if language in UNMARKED else ends


def _outside(ends: Iterable[int], spans: Iterable[Span]) -> Iterator[int]:
    """The ends that are not inside any span; both are sorted."""
    remaining = iter(spans)
    span = next(remaining, None)
    for end in ends:
        while span and span.end <= end:
            span = next(remaining, None)
        if span is None or end <= span.start:
            yield end


def _unmarked(text: str, ends: list[int]) -> Iterator[int]:
    last, marked = 0, iter([*ends, len(text)])
    following = next(marked)
    for space in _SPACE.finditer(text):
        while following < space.start():
            last, following = following, next(marked)
        if space.start() - last >= (MIN_BEFORE_OPENING if _OPENING.match(text, space.end()) else MIN_LENGTH):
            yield space.start()
            last = space.end()
