"""The sounds of names, whatever script they are written in, and how far two names are apart by them."""

from functools import cache, lru_cache
from itertools import combinations

import regex
from anyascii import anyascii

from summarizer.checking.facts.tables import table

_SIGNS = str.maketrans({"ç": "s", "Ç": "s", "ッ": ""})
"""Signs that the transliteration reads as other sounds: the small tsu only lengthens."""

_HAN = regex.compile(r"\p{Han}")
_OTHER = regex.compile(r"[^a-zCT]+")
_AGAIN = regex.compile(r"(.)\1+")


@lru_cache(maxsize=100_000)
def phones(word: str) -> str:
    """A word's sounds, a letter each: `Clinton` is `klinton`, `克林顿` `kelindun`, `シュミット` `Cumito`.

    Chinese characters are read as in Mandarin. Empty where no letter has a sound.
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
    """How far two words are apart by their sounds (see `phones`): 0 the same, 1 nothing in common. Symmetric.

    The least cost of changing one into the other (Wagner and Fischer 1974, with the costs of data/sounds.toml), as a
    share of what it costs to leave both out.
    """
    whole = mass(one) + mass(other)
    return _cost(*sorted((one, other))) / whole if whole else float(one != other)


def mass(sounds: str) -> float:
    """What it costs to leave all of them out."""
    return sum(map(_silence, sounds))


def _cost(one: str, other: str) -> float:
    row = [0.0]
    for sound in other:
        row.append(row[-1] + _silence(sound))
    for sound in one:
        row = _next(row, sound, other, row[0] + _silence(sound))
    return row[-1]


def _next(row: list[float], sound: str, other: str, first: float) -> list[float]:
    """The costs of one more sound of the one word, against each beginning of the other."""
    found = [first]
    for at, another in enumerate(other):
        changed = row[at] + _change(sound, another)
        found.append(min(changed, row[at + 1] + _silence(sound), found[-1] + _silence(another)))
    return found


def _silence(sound: str) -> float:
    return _silences().get(sound, 1.0)


def _change(one: str, other: str) -> float:
    return 0.0 if one == other else _changes().get((one, other), 1.0)


@cache
def _silences() -> dict[str, float]:
    return {sound: float(cost) for cost, sounds in table("sounds")["silent"].items() for sound in sounds}


@cache
def _changes() -> dict[tuple[str, str], float]:
    rows = table("sounds")["alike"].items()
    pairs = ((pair, float(cost)) for cost, groups in rows for group in groups for pair in combinations(group, 2))
    return {key: cost for (one, other), cost in pairs for key in ((one, other), (other, one))}
