"""Decides whether a punctuation mark or line break ends a sentence, from the text on both sides.

The abbreviations come from sentencex, which is queried word by word. Its own segmentation skips everything between
quotation marks, so that one unpaired mark hides the sentences after it.
"""

from functools import cache

import regex
import sentencex

from summarizer.article import Span
from summarizer.reading.language import small_words

ORDINAL = frozenset({
    "bs", "cs", "da", "de", "et", "fi", "fo", "hr", "hu", "is", "lb", "lv", "nn", "no", "pl", "sk", "sl", "sr", "tr",
})  # fmt: skip
"""Languages that write ordinal numbers with a full stop: `am 3. Oktober`."""

WRAPPED_WIDTH = 50
"""A line of at least this many characters may be wrapped, so its line break does not end a sentence."""

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
"""Where a sentence may end: full-width marks, which need no space after them; script-specific marks; full stops;
other marks; the Greek question mark; line ends."""

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
    """Returns quotations of up to 300 characters that begin inside a sentence; no sentence ends within them."""
    return tuple(Span(*quotation.span()) for quotation in _QUOTATION.finditer(text))


def ends_sentence(text: str, mark: regex.Match[str], language: str) -> bool:
    """Returns whether a match of END in the text ends a sentence. `language` is a primary language tag."""
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
    """Not if an attribution follows the closing quotation mark, and not inside brackets."""
    quoted = mark.group().endswith(("”", "」", "』")) and _SAID.match(text, mark.end())
    return not bool(quoted or text.startswith(_IN_SENTENCE, mark.end()))


def _line_ends(text: str, end: int) -> bool:
    """An empty line ends a sentence; a single line break ends a heading but not a line of wrapped prose."""
    if _PARAGRAPH.match(text, end):
        return True
    start = text.rfind("\n", 0, end) + 1
    following = _FOLLOWING.match(text, end) if end - start < WRAPPED_WIDTH else None
    return bool(following and not following["letter"].islower())


def _is_shortened(text: str, point: int, word: str, language: str) -> bool:
    """Whether the full stop belongs to an abbreviation, an ordinal number or initials; `word` is the next word."""
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
"""Abbreviations that are often the last word of a sentence."""


_MORE = frozenset({"डॉ", "प्रो", "श्री", "ड", "ড", "ডা", "মো", "অধ্যা", "டாக்டர்", "திரு", "ดร", "நா", "рис", "Рис"})
"""Abbreviations missing from sentencex."""


@cache
def _is_abbreviation(token: str, language: str) -> bool:
    return token in _MORE or len(sentencex.segment(language, f"Xx {token}. Xx xx.")) == 1
