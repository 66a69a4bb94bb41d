"""A text's sentences, lossless: the pieces joined are the text."""

from collections.abc import Iterable, Iterator

import regex

from summarizer.article import Sentence, Span
from summarizer.languages import primary
from summarizer.reading.ends import END, ends_sentence, quotations

UNMARKED = frozenset({"th", "lo"})
"""Languages that end sentences with a mere space."""

OPENED, LONG = 30, 90
"""Letters after which a space ends a Thai or Lao sentence: where a word that opens one follows, and where none does."""

_BLANK = regex.compile(r"\s*+")
_SPACE = regex.compile(r"(?<=[\p{Thai}\p{Lao}”\"]) +(?=[\p{Thai}\p{Lao}“\"])")
_OPENING = regex.compile(
    r"[ “\"]*(?:ทั้งนี้|นอกจากนี้|อย่างไรก็ตาม|ขณะที่|ขณะเดียวกัน|แต่|ส่วน|ด้าน|เมื่อ|ล่าสุด|สำหรับ|โดย|จากนั้น|ต่อมา|ดังนั้น|หลัง)"
)


def sentences(text: str, language: str) -> tuple[Sentence, ...]:
    """The sentences of a text in the language given (BCP 47), with their spans in it.

    Each sentence's `text` and `after` joined in order are the input; white space before the first belongs to it.
    Thai and Lao are cut at spaces, by length and by the words that open sentences, since they mark no ends.
    """
    found: list[Sentence] = []
    start, words = 0, _blank(text, 0)
    for end in (*_ends(text, primary(language)), len(text)):
        if words < end:
            resume = _blank(text, end)
            found.append(Sentence(text[start:end], Span(start, end), text[end:resume]))
            start = words = resume
    return tuple(found) or ((Sentence(text, Span(0, len(text))),) if text else ())


def _blank(text: str, start: int) -> int:
    """Where the white space ends that begins at `start`."""
    return int(_BLANK.match(text, start).end())


def _ends(text: str, language: str) -> list[int]:
    """Where sentences end, before the white space that follows."""
    marks = (mark for mark in END.finditer(text) if ends_sentence(text, mark, language))
    ends = list(_outside((mark.end() for mark in marks), quotations(text)))
    return sorted({*ends, *_unmarked(text, ends)}) if language in UNMARKED else ends


def _outside(ends: Iterable[int], spans: Iterable[Span]) -> Iterator[int]:
    """The ends that stand in none of the spans; both come in order."""
    coming = iter(spans)
    span = next(coming, None)
    for end in ends:
        while span and span.end <= end:
            span = next(coming, None)
        if span is None or end <= span.start:
            yield end


def _unmarked(text: str, ends: list[int]) -> Iterator[int]:
    last, marked = 0, iter([*ends, len(text)])
    following = next(marked)
    for space in _SPACE.finditer(text):
        while following < space.start():
            last, following = following, next(marked)
        if space.start() - last >= (OPENED if _OPENING.match(text, space.end()) else LONG):
            yield space.start()
            last = space.end()
