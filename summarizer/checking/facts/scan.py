"""Extracts all facts of a text."""

from functools import lru_cache

from summarizer.checking.facts.days import dates
from summarizer.checking.facts.fact import Fact
from summarizer.checking.facts.names import names
from summarizer.checking.facts.quantities import mask, quantities
from summarizer.checking.facts.quotes import quotes


@lru_cache(maxsize=256)
def facts(text: str, language: str) -> tuple[Fact, ...]:
    """Returns the numbers, dates, names and quotations of a text in order. `language` is a BCP 47 tag or "und"."""
    date_facts, rest = _without_dates(text, language)
    number_facts = numbers(text, language)
    in_numbers = {at for number in number_facts for at in range(number.span.start, number.span.end)}
    name_facts = [name for name in names(rest, language) if name.span.start not in in_numbers]  # the US of US$5
    all_facts = [*date_facts, *number_facts, *name_facts, *quotes(text)]
    return tuple(sorted(all_facts, key=lambda fact: (fact.span.start, fact.span.end)))


@lru_cache(maxsize=256)
def numbers(text: str, language: str) -> tuple[Fact, ...]:
    """Returns only the numbers among a text's facts, in half the time that all of them take."""
    return tuple(quantities(_without_dates(text, language)[1], language))


@lru_cache(maxsize=16)
def _without_dates(text: str, language: str) -> tuple[tuple[Fact, ...], str]:
    """The dates of a text, and the text with them masked."""
    date_facts, rest = tuple(dates(text, language)), text
    for date in date_facts:
        rest = mask(rest, (date.span.start, date.span.end))
    return date_facts, rest
