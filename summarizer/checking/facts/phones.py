"""The sounds of names, whatever script they are written in, and how far two names are apart by them."""

from functools import cache, lru_cache
from itertools import accumulate, combinations
from string import ascii_letters

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
    costs = [_silence(sound) for sound in other]
    row = list(accumulate(costs, initial=0.0))
    for sound in one:
        changes = [_changes().get((sound, another), 1.0) for another in other]
        row = _next(row, _silence(sound), costs, changes)
    return row[-1]


def _next(row: list[float], silence: float, costs: list[float], changes: list[float]) -> list[float]:
    """The costs of one more sound of the one word, against each beginning of the other."""
    last = row[0] + silence
    found = [last]
    for changed, above, change, cost in zip(row, row[1:], changes, costs, strict=False):
        last = min(changed + change, above + silence, last + cost)
        found.append(last)
    return found


def _silence(sound: str) -> float:
    return _silences().get(sound, 1.0)


@cache
def _silences() -> dict[str, float]:
    return {sound: float(cost) for cost, sounds in table("sounds")["silent"].items() for sound in sounds}


@cache
def _changes() -> dict[tuple[str, str], float]:
    rows = table("sounds")["alike"].items()
    pairs = ((pair, float(cost)) for cost, groups in rows for group in groups for pair in combinations(group, 2))
    alike = {key: cost for (one, other), cost in pairs for key in ((one, other), (other, one))}
    return alike | {(sound, sound): 0.0 for sound in ascii_letters}
