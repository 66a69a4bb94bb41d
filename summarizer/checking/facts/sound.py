"""Reduces words in any script to Latin letters or consonants, to compare names across spellings."""

from functools import lru_cache

import regex
from anyascii import anyascii

MIN_PREFIX = 4
"""Leading letters that two forms of a name share."""

SHORT, VOWELS = 5, frozenset("aeiouy")
"""Letters of a short name, and the letters that change at its end."""

MAX_ENDING = 4
"""Letters, at most, by which forms of a name differ in length: Syria, Syrians."""

_OTHER = regex.compile(r"[^a-z0-9]+")
_SOUNDS = str.maketrans("bpvwfgkqcxdtzsjlrmnhyaeiou", "ppfffkkkksttssslln" + "n" + "       ")
_PAIRS = (
    ("dzh", "s"),
    ("ph", "f"),
    ("sch", "s"),
    ("ch", "s"),
    ("sh", "s"),
    ("zh", "s"),
    ("th", "t"),
    ("kh", "h"),
    ("ts", "s"),
    ("tz", "s"),
    ("x", "ks"),
)


@lru_cache(maxsize=100_000)
def folded(word: str) -> str:
    """Returns a word in lower-case ASCII letters and digits: `Erdoğan` is `erdogan`, `Обама` is `obama`."""
    return str(_OTHER.sub("", anyascii(word).lower()))


@lru_cache(maxsize=100_000)
def skeleton(word: str) -> str:
    """Returns the consonants of a folded word, confusable ones merged: `Барак` and `Barack` are both `plk`."""
    letters = folded(word)
    for spelling, sound in _PAIRS:
        letters = letters.replace(spelling, sound)
    consonants = letters.translate(_SOUNDS).replace(" ", "")
    return str(regex.sub(r"(.)\1+", r"\1", consonants))


def is_form(one: str, other: str) -> bool:
    """Returns whether two folded words may be inflections of one word: they differ only in their endings.

    Short words may differ only by a final vowel: Iran is not a form of Iraq.
    """
    shorter, longer = sorted((one, other), key=len)
    common = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(shorter))
    if len(longer) - len(shorter) > MAX_ENDING:
        return False
    if len(shorter) <= SHORT:
        return common >= max(len(shorter) - (shorter[-1:] in VOWELS), MIN_PREFIX - 1)
    return common >= max(MIN_PREFIX, len(shorter) - 2)
