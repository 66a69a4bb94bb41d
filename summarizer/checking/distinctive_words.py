"""The words of a name that other languages keep: not those of institutions and titles."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import regex

from summarizer.article import Span
from summarizer.checking.facts import Fact
from summarizer.checking.facts.names import Name
from summarizer.checking.facts.sound import folded
from summarizer.checking.facts.tables import phrases, table
from summarizer.languages import primary
from summarizer.reading.language import small_words

MIN_LETTERS = 3
"""Letters of a word that tell it from others."""

_QUOTE = regex.compile(r"[“\"«„‘]\s?[^“”\"«»„‘’]{1,60}\s?[”\"»“’]")


class DistinctiveName(NamedTuple):
    """A name that a text has, and those of its words that languages keep, folded; none where all are translated."""

    fact: Fact
    value: Name
    words: tuple[str, ...]


def distinctive_names(text: str, found: tuple[Fact, ...], generic: frozenset[str]) -> Iterator[DistinctiveName]:
    """The names among a text's facts, without their generic words.

    One that ends as an institution's does (`Supreme Court`), or that is quoted, has no words.
    """
    quotes = [Span(*match.span()) for match in _QUOTE.finditer(text)]
    for fact in found:
        if isinstance(fact.value, Name):
            long = [word for word in fact.value.words if len(word) >= MIN_LETTERS]
            quoted = any(quote.start <= fact.span.start and fact.span.end <= quote.end for quote in quotes)
            kept = long if long and not quoted and long[-1] not in generic else []
            yield DistinctiveName(fact, fact.value, tuple(word for word in kept if word not in generic))


@cache
def generic_words(language: str) -> frozenset[str]:
    """Words of names that every language has its own for; none where a language's names are not told by letters."""
    own = _listed(language, "generic")
    return own | frozenset(map(folded, small_words(primary(language)))) if own else own


@cache
def translated_words(language: str) -> frozenset[str]:
    """The generic words, and those that only languages of one script share; none where those are not listed."""
    more = _listed(language, "translated")
    return generic_words(language) | more if more else more


def _listed(language: str, row: str) -> frozenset[str]:
    return frozenset(map(folded, phrases(table(language).get("names", {}).get(row, ""))))
