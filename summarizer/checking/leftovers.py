"""Finds words of the source that were left standing in its translation."""

import math
from collections.abc import Iterator
from functools import cache

import regex

from summarizer.checking.facts import facts
from summarizer.checking.facts.names import Name
from summarizer.languages import primary, script
from summarizer.reading.language import small_words, word_probabilities

MIN_LETTERS = 4
"""Shorter words occur in many languages."""

MIN_ODDS = 2.0
"""How much likelier, in natural logarithms, a word of the source's language must be than one of the target's.

Both languages may have "information". On 200 FLORES references per direction, at most 1.5 % of the lines have a word
that is likelier.
"""

MIN_ODDS_CAPITALISED = 0.75
"""The same for a text of one capitalised word, and for a text in capitals, if the word is not a known name."""

FUNCTION_WORDS = {
    "en": "although among because behind beside beyond despite near nearby often though toward towards whose"
}
"""Function words, by language, that are not frequent enough to identify it."""

_WORD = regex.compile(r"[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*")
_CONTRACTION = regex.compile(r"(?<![\p{L}\p{M}])\p{L}+(?:n['’]t|['’](?:ll|ve))(?![\p{L}\p{M}])", regex.IGNORECASE)


def leftover_words(source: str, target: str, source_language: str, target_language: str) -> Iterator[str]:
    """Yields the words of the source that the target repeats and that are not names, nor words of its language."""
    own, other = primary(source_language), primary(target_language)
    if own == other:
        return
    if own == "en":
        yield from _CONTRACTION.findall(target)
    is_capitals = source.isupper()
    words = {word.casefold() for word in _WORD.findall(source) if word.islower() or is_capitals}
    for word in _WORD.findall(target):
        is_repeated = word.casefold() in words and (word.islower() or is_capitals) and len(word) >= MIN_LETTERS
        if is_repeated and (
            _is_foreign(word.casefold(), own, other) or (is_capitals and _is_foreign_capitalised(word, own, other))
        ):
            yield word


def is_left_alone(source: str, target: str, source_language: str, target_language: str) -> bool:
    """Returns whether a text of one word was left as it is, and is not a name."""
    word = source.strip(" .,;:!?\"'“”‘’«»()")
    if source.casefold() != target.casefold() or not _WORD.fullmatch(word) or len(word) < MIN_LETTERS:
        return False
    own, other = primary(source_language), primary(target_language)
    return own != other and (word.islower() or _is_foreign_capitalised(word, own, other))


def _is_foreign_capitalised(word: str, own: str, other: str) -> bool:
    is_name = any(isinstance(fact.value, Name) for fact in facts(word.title(), own))
    return not is_name and _odds(word.casefold(), own, other) > MIN_ODDS_CAPITALISED


def _is_foreign(word: str, own: str, other: str) -> bool:
    if word in small_words(other):
        return False
    if script(own) != script(other) or word in small_words(own) or word in FUNCTION_WORDS.get(own, "").split():
        return True
    return _odds(word, own, other) > MIN_ODDS


@cache
def _odds(word: str, own: str, other: str) -> float:
    """How much likelier the word is in a language than in another, by its letters."""
    probabilities = word_probabilities(word)
    return math.log(probabilities.get(own, 0.0) + 1e-30) - math.log(probabilities.get(other, 0.0) + 1e-30)
