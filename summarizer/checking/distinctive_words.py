"""The words of a name that are not translated, unlike the words of institutions and titles."""

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
"""Letters from which a word is distinctive."""

_QUOTE = regex.compile(r"[“\"«„‘]\s?[^“”\"«»„‘’]{1,60}\s?[”\"»“’]")


class DistinctiveName(NamedTuple):
    """A name in a text, with its folded words that are not translated; empty if all are translated."""

    fact: Fact
    value: Name
    words: tuple[str, ...]


def distinctive_names(text: str, facts: tuple[Fact, ...], generic: frozenset[str]) -> Iterator[DistinctiveName]:
    """Yields the names among the facts of a text, without their generic words.

    A name that ends in a generic word (`Supreme Court`) or is quoted has no distinctive words.
    """
    quotes = [Span(*match.span()) for match in _QUOTE.finditer(text)]
    for fact in facts:
        if isinstance(fact.value, Name):
            long = [word for word in fact.value.words if len(word) >= MIN_LETTERS]
            quoted = any(quote.start <= fact.span.start and fact.span.end <= quote.end for quote in quotes)
            words = long if long and not quoted and long[-1] not in generic else []
            yield DistinctiveName(fact, fact.value, tuple(word for word in words if word not in generic))


@cache
def generic_words(language: str) -> frozenset[str]:
    """Returns words of names that other languages translate; none if names are not compared by spelling."""
    listed = _listed(language, "generic")
    return listed | frozenset(map(folded, small_words(primary(language)))) if listed else listed


@cache
def translated_words(language: str) -> frozenset[str]:
    """Returns the generic words and the words that only languages in one script share; none if those are not listed."""
    listed = _listed(language, "translated")
    return generic_words(language) | listed if listed else listed


def _listed(language: str, row: str) -> frozenset[str]:
    return frozenset(map(folded, phrases(table(language).get("names", {}).get(row, ""))))
