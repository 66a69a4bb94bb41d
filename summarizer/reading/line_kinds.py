"""What a line looks like, by its own shape; small word lists only where shape is not enough."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import regex

from summarizer.reading.phrases import normalized, opening_phrase, phrases, word_pattern


class LineKind(StrEnum):
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


LONG, FULL = 40, 200
"""Widths from which a line with an end mark, and one without, is prose."""

FULL_UNMARKED = 90
"""The same for a line in Thai or Lao, which have no end marks. A Thai letter is as wide as a Latin one here."""

TAIL, CREDIT = 24, 90
"""Characters of a line's end in which its end mark, and a credit, are looked for."""

CAPTIONS, INVITATIONS = 400, 160
"""No caption, and no call to subscribe or follow, is wider."""

_UNMARKED = regex.compile(r"[\p{Thai}\p{Lao}]{8}")
_END = regex.compile(r"[.!?…。！？।॥۔؟։።၊။៕:：](?:[\"'”’“»«›)\]）」』】]|[  ]»)*(?:\s?[\[(][^\])]{1,12}[\])])?\Z")
_ITEM = regex.compile(r"(?:[-–—•●▪◦‣·*■□◆▶►✓➤]|\d{1,2}[.)]|\(?[a-z]\))\s+\S")
_LETTER = regex.compile(r"\p{L}")
_CONTROL = regex.compile(
    r"(?=.*\d:\d\d)[\d:./|\s+-]+"
    r"|(?P<size>XXS|XS|SM?|MD?|LG?2?|XL|XXL|A[+-]?|[aA]{2,3}|\d(?:\.\d+)?x|HD|\d{3,4}p)(?:[ /|](?&size))*+"
)
_ADDRESS = regex.compile(
    r"(?:https?://|www\.)\S+|@\w+|#\w+|\S+@\S+\.\w+|(?:[\w-]+\.)+(?:com|org|net|ru|de|fr|uk|jp|cn|br|in)"
)
_TIME = regex.compile(
    r"\d{1,2}[:.h]\d\d|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|(?<!\d)(?:19|20|25)\d\d(?!\d)|[१२০-৯٠-٩۰-۹]{4}|\d{1,2}月\d{1,2}日|"
    r"\b\d+\s?(?:min|mins|minutes?|hours?|hrs?|days?|h|d)\b(?: ago)?"
)
_DATE = regex.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b")
_AGENCIES = ("AP", "AFP", "Reuters", "REUTERS", "EPA", "EFE", "ANSA", "dpa", "Xinhua", "Yonhap", "Getty", "File")
_AGENCY = rf"(?:{'|'.join(_AGENCIES[:-1])})"
_CREDIT = regex.compile(
    rf"\b(?:via )?Getty Images\b|\bvia {_AGENCY}\b"
    rf"|\((?:{_AGENCY}|File)\b[^)]{{1,60}}\)\W*\Z|(?<![.!?”»]\s?)\({_AGENCY}\)\Z"
    rf"|[/—–|-]\s?{_AGENCY}\b.{{0,30}}\Z|(?:^|[.\s]){_AGENCY}(?:/\w[\w .]*)?\Z"
)
_CLOCK = regex.compile(r"\d{1,2}[:.h]\d\d\s+\P{N}.*")
_CREDIT_SIGNS = ":：/([（【"
_COPYRIGHT = regex.compile(r"(?:©|\(c\)|copyright)", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KnownPhrases:
    """The phrases that are in a text at all: a long one is not searched for each of them in every line."""

    rights: tuple[str, ...]
    consent: tuple[str, ...]
    agencies: tuple[str, ...]

    @classmethod
    def within(cls, text: str) -> "KnownPhrases":
        """What the text says."""
        folded = text.casefold()
        rights, consent = (tuple(word for word in phrases(key) if word in folded) for key in ("rights", "consent"))
        return cls(rights, consent, tuple(agency for agency in _AGENCIES if agency in text))


def classify_line(line: str, width: int, said: KnownPhrases) -> LineKind:
    """What a line is; `width` is its length with the letters of dense scripts counted twice."""
    ended = bool(_END.search(line[-TAIL:]))
    if width < CAPTIONS and (special := _special(line, width, said, ended=ended)):
        return special
    if width >= (LONG if ended else FULL_UNMARKED if _UNMARKED.search(line) else FULL):
        return LineKind.PROSE
    if _ITEM.match(line):
        return LineKind.ITEM
    return LineKind.SENTENCE if ended else LineKind.SHORT


def _special(line: str, width: int, said: KnownPhrases, *, ended: bool) -> LineKind | None:
    """What only lines round an article look like, most certain first."""
    words = normalized(line)
    if not words and not _LETTER.search(line):
        if _DATE.match(line):
            return LineKind.TIME
        return LineKind.CONTROL if _CONTROL.fullmatch(line) else LineKind.FIGURE
    if listed := _listed(line, words):
        return listed
    if not ended and (few := _unended(line, words, width)):
        return few
    return _long_special(line, words, width, said, ended=ended)


def _listed(line: str, words: str) -> LineKind | None:
    """What a whole line says by itself."""
    if words in phrases("line"):
        return LineKind.INTERFACE
    if words in phrases("over"):
        return LineKind.OVER
    if _CONTROL.fullmatch(line):
        return LineKind.CONTROL
    return LineKind.ADDRESS if _ADDRESS.fullmatch(line) else None


def _unended(line: str, words: str, width: int) -> LineKind | None:
    """What a line without an end mark may be: the clock of a ticker's entry, a name, a date."""
    if _CLOCK.fullmatch(line):
        return LineKind.TIME
    if width < 2 * LONG and _by(line):
        return LineKind.BYLINE
    few = width < 2 * LONG and len(words.split()) < 8  # noqa: PLR2004  # weekday, month, place, "updated"
    return LineKind.TIME if few and _TIME.search(line) else None


def _long_special(line: str, words: str, width: int, said: KnownPhrases, *, ended: bool) -> LineKind | None:
    if _COPYRIGHT.match(line) or _is_notice(words, said):
        return LineKind.NOTICE
    if width < INVITATIONS and opening_phrase("invite", words):
        return LineKind.NOTICE
    if _leads(words, ended=ended):
        return LineKind.LEAD
    return LineKind.CAPTION if _credited(line, said) else None


def _is_notice(words: str, said: KnownPhrases) -> bool:
    if any(phrase in words for phrase in said.rights):
        return True
    return any(phrase in words for phrase in said.consent) and bool(word_pattern("reader").search(words))


def _leads(words: str, *, ended: bool) -> bool:
    """Whether the line begins with words that lead elsewhere: set off by a colon, or in a line that is no sentence."""
    found = opening_phrase("lead", words)
    if not found:
        return False
    several = " " in found.group() or not found.group().isascii()
    return (several and not ended) or words[found.end() :].lstrip()[:1] in tuple(":：|-–—")


def _by(line: str) -> bool:
    words = line.split()
    few = 2 <= len(words) <= 8  # noqa: PLR2004  # the word, a name of two parts, and another
    if not few or words[0].casefold().rstrip(":：") not in phrases("by"):
        return False
    return all(word[:1].isupper() or not word[:1].islower() or len(word) < 4 for word in words[1:])  # noqa: PLR2004


def _credited(line: str, said: KnownPhrases) -> bool:
    """Whether the line ends with a photographer or an agency."""
    tail = line[-CREDIT:]
    if "©" in line or (any(agency in tail for agency in said.agencies) and _CREDIT.search(tail)):
        return True
    return any(sign in tail for sign in _CREDIT_SIGNS) and bool(_credit_pattern().search(tail))


@cache
def _credit_pattern() -> regex.Pattern[str]:
    words = "|".join(map(regex.escape, sorted(phrases("credit"), key=len, reverse=True)))
    bracketed = rf"[(\[（【](?:{words})\b[^()]{{0,60}}[)\]）】][.]?\Z"
    named = rf"(?:^|[.…\s|])(?:{words})\s?[:：/]\s?[^.!?。！？”»」]{{2,60}}\Z"
    return regex.compile(f"{bracketed}|{named}", regex.IGNORECASE)
