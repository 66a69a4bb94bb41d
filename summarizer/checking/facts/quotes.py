"""What a text quotes, word for word."""

from collections.abc import Iterator

import regex

from summarizer.article import Span
from summarizer.checking.facts.fact import Fact, FactKind

SAID = 3
"""Words from which quotation marks hold what somebody said, rather than a title or a doubt; letters count double."""

_QUOTE = regex.compile(
    r"“(?P<said>[^“”]{4,600})”|„(?P<said>[^„“”\"]{4,600})[“”\"]|«(?P<said>[^«»]{4,600})»|「(?P<said>[^「」]{4,600})」"
    r"|(?<!\p{L})\"(?P<said>[^\"\n]{4,600})\"(?!\p{L})"
)
_LEFT_OUT = regex.compile(r"\[[^\]]*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.{3}")
_SIGN = regex.compile(r"[^\p{L}\p{M}\p{Nd}]+")


def quotes(text: str) -> Iterator[Fact]:
    """The quotations of three words and more; the value is their pieces between omissions, as `plain` has them."""
    for match in _QUOTE.finditer(text):
        said = match["said"]
        if len(said.split()) >= SAID or (len(said) > 2 * SAID and " " not in said):
            pieces = tuple(filter(None, map(alphanumeric, _LEFT_OUT.split(said))))
            yield Fact(FactKind.QUOTE, pieces, said, Span(*match.span("said")))


def alphanumeric(text: str) -> str:
    """Letters and digits alone, so that punctuation and line ends make no difference."""
    return str(_SIGN.sub("", text.casefold()))
