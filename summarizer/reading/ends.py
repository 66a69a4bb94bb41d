"""Whether a mark ends a sentence, judged from what stands on both sides of it.

The lists of abbreviations are sentencex's, asked word by word: its own cutting skips all that stands between quotation
marks, and one mark without its partner then hides the sentences behind it.
"""

from functools import cache

import regex
import sentencex

from summarizer.article import Span
from summarizer.reading.language import small_words

ORDINAL = frozenset({
    "bs", "cs", "da", "de", "et", "fi", "fo", "hr", "hu", "is", "lb", "lv", "nn", "no", "pl", "sk", "sl", "sr", "tr",
})  # fmt: skip
"""Languages that write ordinal numbers with a point: `am 3. Oktober`."""

MARGIN = 50
"""A line at least this long without an end mark may be cut by a margin: its end is then no sentence's end."""

_CLOSERS = r"""["'”’“»«›)\]］）」』】》〉]"""

_FULL_CLOSERS = r"""["'”’)\]］）」』】》〉]"""

END = regex.compile(
    rf"(?P<full>[。！？｡][。！？｡!?…]*+{_FULL_CLOSERS}*+)"
    rf"|(?P<own>(?<![।॥۔؟։።፧၊။។៕])[।॥۔؟։።፧၊။។៕]++{_CLOSERS}*+)(?=\s)"
    rf"|(?P<point>(?<![.!?…])\.(?:{_CLOSERS}|[ \u00a0\u202f]»)*+)(?=\s)"
    rf"|(?P<mark>(?<![.!?…])[.!?…]++(?:{_CLOSERS}|[ \u00a0\u202f]»)*+)(?=\s)"
    r"|(?P<greek>;)(?=\s)"
    r"|(?P<line>(?<![ \t\r])(?=[ \t\r]*\n))"
)
"""Where a sentence may end: marks that need no space behind them, marks of one script, points, others, and lines."""

_NEXT = regex.compile(r"(?P<space>\s*+)[\p{P}\p{S}\s]{0,20}+(?P<word>[\p{L}\p{M}'’]+)?")
_FOLLOWING = regex.compile(r"\s*+(?P<letter>\S)")
_TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}.:°'’-]+(?=\.)")
_NUMBER = regex.compile(r"[\p{N}.]+")
_ROMAN = regex.compile(r"(?=..)X{0,3}(?:IX|IV|V?I{0,3})")
_SAID = regex.compile(r"[^。！？]{0,14}?(?:说|說|称|稱|表示|道|问|問|と|って|など)")
_IN_SENTENCE = tuple("，、,；：」』）)")
_PARAGRAPH = regex.compile(r"\s*?\n\s*?\n")


_QUOTATION = regex.compile(
    r"(?<=[\p{L}\p{N}:,،、，：][  ]?)"
    r"(?:“[^“”\n]{0,300}”|„[^„“”\n]{0,300}[“”]|«[^«»\n]{0,300}»|»[^«»\n]{0,300}«|「[^「」\n]{0,300}」|『[^『』\n]{0,300}』"
    r"|(?<!\S)\"(?=\S)[^\"\n]{0,300}(?<=\S)\")"
)


def quotations(text: str) -> tuple[Span, ...]:
    """Quotations of up to 300 characters that begin inside a sentence: what ends within them ends no sentence."""
    return tuple(Span(*quotation.span()) for quotation in _QUOTATION.finditer(text))


def ends_sentence(text: str, mark: regex.Match[str], language: str) -> bool:
    """Whether a match of END in the text ends a sentence of the language (a primary tag)."""
    if mark.lastgroup == "full":
        return _full_stop_ends(text, mark)
    if mark.lastgroup == "line":
        return _line_ends(text, mark.start())
    if mark.lastgroup == "own" or (mark.lastgroup == "greek" and language != "el"):
        return bool(mark.lastgroup == "own")
    after = _NEXT.match(text, mark.end())
    word = after["word"] or ""
    if word[:1].islower():
        return bool(after["space"].count("\n") > 1)
    return mark.lastgroup != "point" or not _is_shortened(text, mark.start(), word, language)


def _full_stop_ends(text: str, mark: regex.Match[str]) -> bool:
    """A quotation's full stop ends no sentence when who said it follows; nor does one inside brackets."""
    quoted = mark.group().endswith(("”", "」", "』")) and _SAID.match(text, mark.end())
    return not bool(quoted or text.startswith(_IN_SENTENCE, mark.end()))


def _line_ends(text: str, end: int) -> bool:
    """An empty line ends all; a line's end ends a heading, and not prose that a margin cut."""
    if _PARAGRAPH.match(text, end):
        return True
    start = text.rfind("\n", 0, end) + 1
    following = _FOLLOWING.match(text, end) if end - start < MARGIN else None
    return bool(following and not following["letter"].islower())


def _is_shortened(text: str, point: int, word: str, language: str) -> bool:
    """Whether the point shortens what stands before it, counts it, or parts initials; `word` comes next."""
    before = _TOKEN.search(text, max(0, text.rfind(" ", max(0, point - 40), point)), point + 1)
    if before is None or before.end() != point:
        return False
    token = before.group()
    if _NUMBER.fullmatch(token):
        return language in ORDINAL and len(token) < 4  # noqa: PLR2004  # a year has four digits, a score a colon
    opens = word[:1].isupper() and word.lower() in small_words(language)
    if "." in token or (_ROMAN.fullmatch(token) and language in ORDINAL):
        return not opens
    if len(token) == 1 and token.isalpha():
        return text[before.start() - 1 : before.start()] not in ("°", "º")
    return _is_abbreviation(token, language) and not (opens and token in _LAST)


_LAST = frozenset({"Co", "Corp", "Inc", "Jr", "Ltd", "Sr", "al", "etc"})
"""Abbreviations that often are a sentence's last word."""


_MORE = frozenset({"डॉ", "प्रो", "श्री", "ड", "ড", "ডা", "মো", "অধ্যা", "டாக்டர்", "திரு", "ดร", "நா", "рис", "Рис"})
"""Abbreviations that sentencex's lists lack."""


@cache
def _is_abbreviation(token: str, language: str) -> bool:
    return token in _MORE or len(sentencex.segment(language, f"Xx {token}. Xx xx.")) == 1
