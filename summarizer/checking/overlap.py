"""Measures the lexical overlap of two short texts."""

import regex

from summarizer.languages import UNDETERMINED, is_spaced

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_STEM = 6
"""Leading letters by which words are compared, since endings change."""


def overlap(one: str, other: str, language: str) -> float:
    """Returns the overlap coefficient of two texts, 0 to 1: the share of the shorter text's terms in the other.

    Terms are word prefixes, or letter bigrams in scripts without spaces.
    """
    terms, others = _terms(one, language), _terms(other, language)
    smaller = min(len(terms), len(others))
    return len(terms & others) / smaller if smaller else float(one == other)


def _terms(text: str, language: str) -> set[str]:
    words = _WORD.findall(text.casefold())
    if language == UNDETERMINED or is_spaced(language):
        return {word[:_STEM] for word in words if len(word) > 2 or word.isdigit()} or set(words)  # noqa: PLR2004 - "of"
    return {word[at : at + 2] for word in words for at in range(max(len(word) - 1, 1))}
