"""What a line of pasted text is, seen by its own shape; small word lists only where shape is not enough."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import regex

from summarizer.article import Span

TABLE = Path(__file__).parent / "data" / "phrases.toml"


class Shape(StrEnum):
    """What a line looks like. The values are the reasons a caller reads where the line was taken out."""

    PROSE = "prose"
    SENTENCE = "short sentence"
    ITEM = "list item"
    SHORT = "heading or link"
    INTERFACE = "interface of the page"
    CONTROL = "player or font-size control"
    LEAD = "leads to another article"
    OVER = "opens what follows the article"
    NOTICE = "notice about cookies, rights or subscriptions"
    CAPTION = "caption with a credit"
    BYLINE = "byline"
    TIME = "date or time"
    ADDRESS = "address or account name"
    FIGURE = "figures or signs without words"


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank, without the white space round it; `width` counts dense scripts' letters twice."""

    text: str
    span: Span
    width: int
    shape: Shape


LONG, FULL = 40, 200
"""Widths from which a line with an end mark, and one without, is prose."""

FULL_UNMARKED = 90
"""The same for a line in Thai or Lao, which have no end marks. A Thai letter is as wide as a Latin one here."""

CUT = 3
"""So many lines that a margin cut make a text of wrapped lines."""

CAPTIONS, INVITATIONS = 400, 160
"""No caption, and no call to subscribe or follow, is wider."""

_LINE = regex.compile(r"\S(?:[^\n]*\S)?")
_BLOCK = regex.compile(r"\S(?:(?:[^\n]|\n(?![ \t\r]*\n))*\S)?")
_FILLED = regex.compile(r"^[^\n]{45,100}\n(?=\S)", regex.MULTILINE)
_CUT = regex.compile(r"^[^\n]{44,99}[^\s.!?…:;\"”»]\r?\n(?=\p{Ll})", regex.MULTILINE)
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]+")
_UNMARKED = regex.compile(r"[\p{Thai}\p{Lao}]{8}")
_END = regex.compile(r"[.!?…。！？।॥۔؟։።၊။៕:：](?:[\"'”’“»«›)\]）」』】]|[  ]»)*(?:\s?[\[(][^\])]{1,12}[\])])?\Z")
_TEASER = regex.compile(r"(?:\.\.\.|…|\[…\])\W*\Z")
_ITEM = regex.compile(r"(?:[-–—•●▪◦‣·*■□◆▶►✓➤]|\d{1,2}[.)]|\(?[a-z]\))\s+\S")
_LETTER = regex.compile(r"\p{L}")
_CONTROL = regex.compile(
    r"(?=.*\d:\d\d)[\d:./|\s+-]+|(?:XXS|XS|SM?|MD?|LG?|XL|XXL|A[+-]?|LG2|[aA]{2,3}|\d(?:\.\d+)?x|HD|\d{3,4}p)(?:[ /|]\g<0>)*"
)
_ADDRESS = regex.compile(
    r"(?:https?://|www\.)\S+|@\w+|#\w+|\S+@\S+\.\w+|(?:[\w-]+\.)+(?:com|org|net|ru|de|fr|uk|jp|cn|br|in)"
)
_TIME = regex.compile(
    r"\d{1,2}[:.h]\d\d|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|(?<!\d)(?:19|20)\d\d(?!\d)|[१२০-৯٠-٩۰-۹]{4}|\d{1,2}月\d{1,2}日|"
    r"\b\d+\s?(?:min|mins|minutes?|hours?|hrs?|days?|h|d)\b(?: ago)?"
)
_CREDIT = regex.compile(
    r"©|\((?:AP|AFP|Reuters|EPA|Getty)\b[^)]*\)\Z|(?:/|—|–|-|\|)\s?(?:AP|AFP|Reuters|EPA|dpa|Getty Images?|Xinhua|ANSA|EFE|Yonhap)\b.{0,30}\Z|\bGetty Images\b|\bvia (?:AP|REUTERS|Reuters|Getty)\b|\((?:AP|File) Photo[^)]*\)|(?:^|\. |\s)(?:AP|AFP|REUTERS|EPA)(?:/\w[\w .]*)?\Z"
)
_CLOCK = regex.compile(r"\d{1,2}[:.h]\d\d\s+\P{N}.*")
_CREDIT_SIGNS = ":：/([（【"
_EDGES = regex.compile(r"\A[\W\d_]+|[\W\d_]+\Z")
_COPYRIGHT = regex.compile(r"(?:©|\(c\)|copyright)", regex.IGNORECASE)


def lines(text: str) -> Iterator[Line]:
    """The lines that are not blank, each with what it looks like."""
    for found in (_BLOCK if _is_wrapped(text) else _LINE).finditer(text):
        line = found.group()
        width = len(line) if line.isascii() else len(line) + sum(map(len, _DENSE.findall(line)))
        yield Line(line, Span(*found.span()), width, _shape(line, width))


def _is_wrapped(text: str) -> bool:
    """Whether a margin cut the paragraphs into lines: a third of the filled lines end in a sentence and the next begins small. Then blocks are read."""
    cut = len(_CUT.findall(text))
    return cut >= CUT and 3 * cut > len(_FILLED.findall(text))


def bare(line: str) -> str:
    """A line as the word lists spell it: small letters, without digits and punctuation at its ends."""
    return _EDGES.sub("", line.casefold())


def is_teaser(line: Line) -> bool:
    """Whether the line breaks off, as the beginning of an article does on the page that links to it."""
    return bool(_TEASER.search(line.text))


def _shape(line: str, width: int) -> Shape:
    if width < CAPTIONS and (special := _special(line, width)):
        return special
    ended = _END.search(line)
    if width >= (LONG if ended else FULL_UNMARKED if _UNMARKED.search(line) else FULL):
        return Shape.PROSE
    if _ITEM.match(line):
        return Shape.ITEM
    return Shape.SENTENCE if ended else Shape.SHORT


def _special(line: str, width: int) -> Shape | None:
    """What only lines round an article look like, most certain first."""
    words = bare(line)
    if not words and not _LETTER.search(line):
        return Shape.CONTROL if _CONTROL.fullmatch(line) else Shape.FIGURE
    if words in _phrases("line"):
        return Shape.INTERFACE
    if words in _phrases("over"):
        return Shape.OVER
    if _CONTROL.fullmatch(line):
        return Shape.CONTROL
    if _ADDRESS.fullmatch(line):
        return Shape.ADDRESS
    if width < 2 * LONG and (few := _few_words(line, words)):
        return few
    return _long_special(line, words, width)


def _few_words(line: str, words: str) -> Shape | None:
    if _by(line):
        return Shape.BYLINE
    timed = _TIME.search(line)
    if timed and not _END.search(line) and len(words.split()) < 8:  # noqa: PLR2004  # weekday, month, place, "updated"
        return Shape.TIME
    return None


def _long_special(line: str, words: str, width: int) -> Shape | None:
    if _CLOCK.fullmatch(line) and not _END.search(line):
        return Shape.TIME
    if _COPYRIGHT.match(line) or _anywhere("consent").search(words):
        return Shape.NOTICE
    if width < INVITATIONS and _starting("invite").match(words):
        return Shape.NOTICE
    if _leads(line, words):
        return Shape.LEAD
    if _CREDIT.search(line) or _credited(line):
        return Shape.CAPTION
    return None


def _leads(line: str, words: str) -> bool:
    """Whether the line begins with words that lead elsewhere: set off by a colon, or in a line that is no sentence."""
    pattern = _starting("lead")
    found = pattern.match(words)
    return bool(found) and (words[found.end() :].lstrip()[:1] in tuple(":：|-–—") or not _END.search(line))


def _by(line: str) -> bool:
    words = line.split()
    few = 2 <= len(words) <= 8  # noqa: PLR2004  # the word, a name of two parts, and another
    named = all(word[:1].isupper() or not word[:1].islower() or len(word) < 4 for word in words[1:])  # noqa: PLR2004
    return few and words[0].casefold().rstrip(":：") in _phrases("by") and named and not _END.search(line)


def _credited(line: str) -> bool:
    return any(sign in line for sign in _CREDIT_SIGNS) and bool(_credit_pattern().search(line[-90:]))


@cache
def _credit_pattern() -> regex.Pattern[str]:
    words = "|".join(map(regex.escape, sorted(_phrases("credit"), key=len, reverse=True)))
    agency = r"[^()]{0,60}"
    return regex.compile(
        rf"[(\[（【](?:{words})\b{agency}[)\]）】][.]?\Z|(?:^|[.…\s|])(?:{words})\s?[:：/]\s?[^.]{{2,60}}\Z", regex.I
    )


@cache
def _starting(key: str) -> regex.Pattern[str]:
    words = "|".join(map(regex.escape, sorted(_phrases(key), key=len, reverse=True)))
    return regex.compile(rf"(?:{words})(?!\w)")


@cache
def _anywhere(key: str) -> regex.Pattern[str]:
    return regex.compile("|".join(map(regex.escape, _phrases(key))))


@cache
def _phrases(key: str) -> frozenset[str]:
    return frozenset(map(bare, tomllib.loads(TABLE.read_text("utf-8"))[key]))
