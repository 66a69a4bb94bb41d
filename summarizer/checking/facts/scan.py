"""The facts of a text, in order."""

from functools import lru_cache

from summarizer.checking.facts.days import days
from summarizer.checking.facts.fact import Fact
from summarizer.checking.facts.names import names
from summarizer.checking.facts.quantities import blank, quantities
from summarizer.checking.facts.quotes import quotes


@lru_cache(maxsize=256)
def facts(text: str, language: str) -> tuple[Fact, ...]:
    """The numbers, dates, names and quotations of a text in the language given (BCP 47, or "und"), in order."""
    dates, rest = _dated(text, language)
    counted = numbers(text, language)
    taken = {at for number in counted for at in range(number.span.start, number.span.end)}
    named = [name for name in names(rest, language) if name.span.start not in taken]  # the US of US$5 is no name
    found = [*dates, *counted, *named, *quotes(text)]
    return tuple(sorted(found, key=lambda fact: (fact.span.start, fact.span.end)))


@lru_cache(maxsize=256)
def numbers(text: str, language: str) -> tuple[Fact, ...]:
    """The numbers among a text's facts, which take half as long to find as all of them."""
    return tuple(quantities(_dated(text, language)[1], language))


@lru_cache(maxsize=16)
def _dated(text: str, language: str) -> tuple[tuple[Fact, ...], str]:
    """A text's dates, and the text without them."""
    dates, rest = tuple(days(text, language)), text
    for date in dates:
        rest = blank(rest, (date.span.start, date.span.end))
    return dates, rest
