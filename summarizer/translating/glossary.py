"""Glossary terms: finds them in a sentence, inflected forms included, and checks a translation for them."""

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
    """A glossary term and its prescribed translation."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class TermUse:
    """An occurrence of a term in a sentence."""

    term: Term
    span: Span


def find_terms(text: str, terms: Sequence[Term], language: str) -> tuple[TermUse, ...]:
    """Returns the occurrences of terms in a text, inflected forms included, in order; the longest wins an overlap."""
    matches = [TermUse(term, span) for term in terms for span in find_term(term.source, text, language)]
    uses: list[TermUse] = []
    for match in sorted(matches, key=lambda match: match.span.start - match.span.end):
        if all(match.span.end <= other.span.start or other.span.end <= match.span.start for other in uses):
            uses.append(match)
    return tuple(sorted(uses, key=lambda use: use.span.start))


def find_term(term: str, text: str, language: str) -> list[Span]:
    """Returns the occurrences of a term: by word stems, or by characters in languages without spaces."""
    if not is_spaced(language) or not _PLAIN.fullmatch(term):
        return [
            Span(match.start(), match.end()) for match in regex.finditer(regex.escape(term), text, regex.IGNORECASE)
        ]
    stems = [_stem(word.group(), language) for word in _WORD.finditer(term)]
    words = list(_WORD.finditer(text))
    text_stems = [_stem(word.group(), language) for word in words]
    return [
        Span(words[at].start(), words[at + len(stems) - 1].end())
        for at in range(len(words) - len(stems) + 1)
        if text_stems[at : at + len(stems)] == stems
    ]


def contains_term(text: str, term: Term, language: str, times: int = 1) -> bool:
    """Whether a translation contains a term's translation at least `times` times, inflected or not."""
    text, expected = _normalize(text), _normalize(term.target)
    return text.count(expected) >= times or len(find_term(expected, text, language)) >= times


def _normalize(text: str) -> str:
    return text.translate(_QUOTES).casefold()


@cache
def _stem(word: str, language: str) -> str:
    word = word.casefold()
    stemmer = _stemmer(primary(language))
    return str(stemmer.stemWord(word)) if stemmer else word


@cache
def _stemmer(language: str) -> Any:
    """Returns the language's Snowball stemmer, or None if there is none."""
    algorithm = name(language).lower()
    return snowballstemmer.stemmer(algorithm) if algorithm in snowballstemmer.algorithms() else None
