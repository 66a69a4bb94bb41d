"""Finds quotations."""

from collections.abc import Iterator

import regex

from summarizer.article import Span
from summarizer.checking.facts.fact import Fact, FactKind

MIN_WORDS = 3
"""Words from which a quotation is direct speech, not a title or scare quotes; twice as many letters without spaces."""

_QUOTE = regex.compile(
    r"“(?P<quotation>[^“”]{4,600})”|„(?P<quotation>[^„“”\"]{4,600})[“”\"]|«(?P<quotation>[^«»]{4,600})»"
    r"|「(?P<quotation>[^「」]{4,600})」|(?<!\p{L})\"(?P<quotation>[^\"\n]{4,600})\"(?!\p{L})"
)
_OMISSION = regex.compile(r"\[[^\]]*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.{3}")
_SIGN = regex.compile(r"[^\p{L}\p{M}\p{Nd}]+")


def quotes(text: str) -> Iterator[Fact]:
    """Yields quotations of three or more words; the value is the alphanumeric text between omissions."""
    for match in _QUOTE.finditer(text):
        quotation = match["quotation"]
        if len(quotation.split()) >= MIN_WORDS or (len(quotation) > 2 * MIN_WORDS and " " not in quotation):
            pieces = tuple(filter(None, map(alphanumeric, _OMISSION.split(quotation))))
            yield Fact(FactKind.QUOTE, pieces, quotation, Span(*match.span("quotation")))


def alphanumeric(text: str) -> str:
    """Returns only the letters and digits of a text, case-folded, to ignore punctuation and line ends."""
    return str(_SIGN.sub("", text.casefold()))
