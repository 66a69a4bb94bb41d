"""A glossary: which of its terms a sentence holds in whatever form, and whether a translation honours them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import regex
import snowballstemmer

from summarizer.article import Span
from summarizer.languages import is_spaced, name, primary

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_PLAIN = regex.compile(r"[\p{L}\p{M}\p{N}\s'’.-]*[\p{L}\p{M}\p{N}]\.?")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " "})


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the source and its translation."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class TermUse:
    """A term where it stands in a sentence."""

    term: Term
    span: Span


def find_terms(text: str, terms: Sequence[Term], language: str) -> tuple[TermUse, ...]:
    """Where terms stand in a text, inflected forms included, the longest first where they overlap, in order."""
    found = [TermUse(term, span) for term in terms for span in find_term(term.source, text, language)]
    taken: list[TermUse] = []
    for use in sorted(found, key=lambda use: use.span.start - use.span.end):
        if all(use.span.end <= other.span.start or other.span.end <= use.span.start for other in taken):
            taken.append(use)
    return tuple(sorted(taken, key=lambda use: use.span.start))


def find_term(term: str, text: str, language: str) -> list[Span]:
    """Where a term stands in a text: word for word by their stems, or as letters where words are not spaced."""
    if not is_spaced(language) or not _PLAIN.fullmatch(term):
        return [
            Span(match.start(), match.end()) for match in regex.finditer(regex.escape(term), text, regex.IGNORECASE)
        ]
    wanted = [_stem(word.group(), language) for word in _WORD.finditer(term)]
    words = list(_WORD.finditer(text))
    stems = [_stem(word.group(), language) for word in words]
    return [
        Span(words[at].start(), words[at + len(wanted) - 1].end())
        for at in range(len(words) - len(wanted) + 1)
        if stems[at : at + len(wanted)] == wanted
    ]


def contains_term(text: str, term: Term, language: str, times: int = 1) -> bool:
    """Whether a translation holds a term's translation so many times, inflected or not."""
    text, wanted = _normalize(text), _normalize(term.target)
    return text.count(wanted) >= times or len(find_term(wanted, text, language)) >= times


def _normalize(text: str) -> str:
    return text.translate(_QUOTES).casefold()


@cache
def _stem(word: str, language: str) -> str:
    word = word.casefold()
    stemmer = _stemmer(primary(language))
    return str(stemmer.stemWord(word)) if stemmer else word


@cache
def _stemmer(language: str) -> Any:
    """Snowball's stemmer of a language; None where it has none."""
    known = name(language).lower()
    return snowballstemmer.stemmer(known) if known in snowballstemmer.algorithms() else None
