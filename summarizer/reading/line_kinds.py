"""Classifies a line of pasted text by its form, and by small word lists where form is not enough."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import regex

from summarizer.reading.phrases import normalized, opening_phrase, phrases, word_pattern


class LineKind(StrEnum):
    """The kind of a line. The values are reported as the reasons for removing lines."""

    PROSE = "prose"
    SENTENCE = "short sentence"
    ITEM = "list item"
    SHORT = "heading or link"
    INTERFACE = "page interface"
    CONTROL = "player or font-size control"
    LEAD = "link to another article"
    OVER = "start of the content below the article"
    NOTICE = "notice about cookies, rights or subscriptions"
    CAPTION = "caption with a credit"
    BYLINE = "byline"
    TIME = "date or time"
    ADDRESS = "address or account name"
    FIGURE = "numbers or symbols without words"


LONG, FULL = 40, 200
"""The widths from which a line with and without an end mark is prose."""

FULL_UNMARKED = 90
"""The same for a line in Thai or Lao, which have no end marks. A Thai letter counts as one column."""

TAIL, CREDIT = 24, 90
"""Trailing characters that are searched for an end mark and for a credit."""

MAX_CAPTION, MAX_INVITATION = 400, 160
"""The largest widths of a caption and of an invitation to subscribe or follow."""

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
    """The listed phrases that occur anywhere in a text, so that not every line is searched for all of them."""

    rights: tuple[str, ...]
    consent: tuple[str, ...]
    agencies: tuple[str, ...]

    @classmethod
    def within(cls, text: str) -> "KnownPhrases":
        """Returns the phrases that the text contains."""
        folded = text.casefold()
        rights, consent = (tuple(word for word in phrases(key) if word in folded) for key in ("rights", "consent"))
        return cls(rights, consent, tuple(agency for agency in _AGENCIES if agency in text))


def classify_line(line: str, width: int, known: KnownPhrases) -> LineKind:
    """Returns the kind of a line; `width` is its length with East Asian characters counted twice."""
    ended = bool(_END.search(line[-TAIL:]))
    if width < MAX_CAPTION and (special := _special(line, width, known, ended=ended)):
        return special
    if width >= (LONG if ended else FULL_UNMARKED if _UNMARKED.search(line) else FULL):
        return LineKind.PROSE
    if _ITEM.match(line):
        return LineKind.ITEM
    return LineKind.SENTENCE if ended else LineKind.SHORT


def _special(line: str, width: int, known: KnownPhrases, *, ended: bool) -> LineKind | None:
    """Kinds of lines that only occur around articles, most certain first."""
    words = normalized(line)
    if not words and not _LETTER.search(line):
        if _DATE.match(line):
            return LineKind.TIME
        return LineKind.CONTROL if _CONTROL.fullmatch(line) else LineKind.FIGURE
    if listed := _listed(line, words):
        return listed
    if not ended and (kind := _unended(line, words, width)):
        return kind
    return _long_special(line, words, width, known, ended=ended)


def _listed(line: str, words: str) -> LineKind | None:
    """The kind of a line that as a whole is listed or has a known form."""
    if words in phrases("line"):
        return LineKind.INTERFACE
    if words in phrases("over"):
        return LineKind.OVER
    if _CONTROL.fullmatch(line):
        return LineKind.CONTROL
    return LineKind.ADDRESS if _ADDRESS.fullmatch(line) else None


def _unended(line: str, words: str, width: int) -> LineKind | None:
    """The kind of a line without an end mark: the time of a live ticker's entry, a byline or a date."""
    if _CLOCK.fullmatch(line):
        return LineKind.TIME
    if width < 2 * LONG and _by(line):
        return LineKind.BYLINE
    few = width < 2 * LONG and len(words.split()) < 8  # noqa: PLR2004  # weekday, month, place, "updated"
    return LineKind.TIME if few and _TIME.search(line) else None


def _long_special(line: str, words: str, width: int, known: KnownPhrases, *, ended: bool) -> LineKind | None:
    if _COPYRIGHT.match(line) or _is_notice(words, known):
        return LineKind.NOTICE
    if width < MAX_INVITATION and opening_phrase("invite", words):
        return LineKind.NOTICE
    if _leads(words, ended=ended):
        return LineKind.LEAD
    return LineKind.CAPTION if _credited(line, known) else None


def _is_notice(words: str, known: KnownPhrases) -> bool:
    if any(phrase in words for phrase in known.rights):
        return True
    return any(phrase in words for phrase in known.consent) and bool(word_pattern("reader").search(words))


def _leads(words: str, *, ended: bool) -> bool:
    """Whether the line starts like a link to another article: followed by a colon, or not a complete sentence."""
    opening = opening_phrase("lead", words)
    if not opening:
        return False
    is_phrase = " " in opening.group() or not opening.group().isascii()
    return (is_phrase and not ended) or words[opening.end() :].lstrip()[:1] in tuple(":：|-–—")


def _by(line: str) -> bool:
    words = line.split()
    few = 2 <= len(words) <= 8  # noqa: PLR2004  # the word, a name of two parts, and another
    if not few or words[0].casefold().rstrip(":：") not in phrases("by"):
        return False
    return all(word[:1].isupper() or not word[:1].islower() or len(word) < 4 for word in words[1:])  # noqa: PLR2004


def _credited(line: str, known: KnownPhrases) -> bool:
    """Whether the line ends with the name of a photographer or an agency."""
    tail = line[-CREDIT:]
    if "©" in line or (any(agency in tail for agency in known.agencies) and _CREDIT.search(tail)):
        return True
    return any(sign in tail for sign in _CREDIT_SIGNS) and bool(_credit_pattern().search(tail))


@cache
def _credit_pattern() -> regex.Pattern[str]:
    words = "|".join(map(regex.escape, sorted(phrases("credit"), key=len, reverse=True)))
    bracketed = rf"[(\[（【](?:{words})\b[^()]{{0,60}}[)\]）】][.]?\Z"
    named = rf"(?:^|[.…\s|])(?:{words})\s?[:：/]\s?[^.!?。！？”»」]{{2,60}}\Z"
    return regex.compile(f"{bracketed}|{named}", regex.IGNORECASE)
