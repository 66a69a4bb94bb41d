"""Transcribes names in any script to sounds, and measures the phonetic distance of two names."""

from functools import cache, lru_cache
from itertools import accumulate, combinations
from string import ascii_letters

import regex
from anyascii import anyascii

from summarizer.checking.facts.tables import table

_SIGNS = str.maketrans({"ç": "s", "Ç": "s", "ッ": ""})
"""Corrections of the transliteration; the small tsu only lengthens a consonant."""

_HAN = regex.compile(r"\p{Han}")
_OTHER = regex.compile(r"[^a-zCT]+")
_AGAIN = regex.compile(r"(.)\1+")


@lru_cache(maxsize=100_000)
def phones(word: str) -> str:
    """Returns the sounds of a word, one letter each: `Clinton` is `klinton`, `克林顿` is `kelindun`.

    Chinese characters are read as in Mandarin. Empty if the word has no letters.
    """
    plain = anyascii(word.translate(_SIGNS)).lower()
    for letters, sound in table("sounds")["pinyin"]["rows"] if _HAN.search(word) else ():
        plain = plain.replace(letters, sound)
    plain = _OTHER.sub("", plain)
    for letters, sound in table("sounds")["spelling"]["rows"]:
        plain = plain.replace(letters, sound)
    return str(_AGAIN.sub(r"\1", plain))


@lru_cache(maxsize=100_000)
def distance(one: str, other: str) -> float:
    """Returns the phonetic distance of two words (see `phones`), from 0 (the same) to 1 (nothing in common).

    The weighted edit distance (Wagner and Fischer 1974, with the costs of data/sounds.toml), divided by the cost of
    deleting both words. Symmetric.
    """
    total = mass(one) + mass(other)
    return _cost(*sorted((one, other))) / total if total else float(one != other)


def mass(sounds: str) -> float:
    """Returns the cost of deleting all sounds."""
    return sum(map(_deletion, sounds))


def _cost(one: str, other: str) -> float:
    insertions = [_deletion(sound) for sound in other]
    row = list(accumulate(insertions, initial=0.0))
    for sound in one:
        substitutions = [_substitutions().get((sound, another), 1.0) for another in other]
        row = _next_row(row, _deletion(sound), insertions, substitutions)
    return row[-1]


def _next_row(row: list[float], deletion: float, insertions: list[float], substitutions: list[float]) -> list[float]:
    """The next row of the edit distance matrix."""
    last = row[0] + deletion
    result = [last]
    for diagonal, above, substitution, insertion in zip(row, row[1:], substitutions, insertions, strict=False):
        last = min(diagonal + substitution, above + deletion, last + insertion)
        result.append(last)
    return result


def _deletion(sound: str) -> float:
    return _deletions().get(sound, 1.0)


@cache
def _deletions() -> dict[str, float]:
    return {sound: float(cost) for cost, sounds in table("sounds")["silent"].items() for sound in sounds}


@cache
def _substitutions() -> dict[tuple[str, str], float]:
    rows = table("sounds")["alike"].items()
    pairs = ((pair, float(cost)) for cost, groups in rows for group in groups for pair in combinations(group, 2))
    similar = {key: cost for (one, other), cost in pairs for key in ((one, other), (other, one))}
    return similar | {(sound, sound): 0.0 for sound in ascii_letters}
