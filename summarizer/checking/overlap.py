"""How much two short texts say the same, by their words."""

import regex

from summarizer.languages import UNDETERMINED, is_spaced

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_STEM = 6
"""Letters of a word that count: endings change where a sentence is turned."""


def overlap(one: str, other: str, language: str) -> float:
    """The share, 0 to 1, of the shorter text's terms that the other holds.

    Terms are words without their endings, or pairs of letters where words are not spaced.
    """
    mine, theirs = _terms(one, language), _terms(other, language)
    least = min(len(mine), len(theirs))
    return len(mine & theirs) / least if least else float(one == other)


def _terms(text: str, language: str) -> set[str]:
    words = _WORD.findall(text.casefold())
    if language == UNDETERMINED or is_spaced(language):
        return {word[:_STEM] for word in words if len(word) > 2 or word.isdigit()} or set(words)  # noqa: PLR2004 - "of"
    return {word[at : at + 2] for word in words for at in range(max(len(word) - 1, 1))}
