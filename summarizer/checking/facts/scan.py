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
    dates = list(days(text, language))
    rest = text
    for date in dates:
        rest = blank(rest, (date.span.start, date.span.end))
    numbers = list(quantities(rest, language))
    taken = {at for number in numbers for at in range(number.span.start, number.span.end)}
    named = [name for name in names(rest, language) if name.span.start not in taken]  # the US of US$5 is no name
    found = [*dates, *numbers, *named, *quotes(text)]
    return tuple(sorted(found, key=lambda fact: (fact.span.start, fact.span.end)))
