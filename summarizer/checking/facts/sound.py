"""How a word sounds, whatever its script: for names that languages spell each in their own way."""

from functools import lru_cache

import regex
from anyascii import anyascii

ALIKE = 4
"""Letters at the start that two forms of one name share."""

SHORT, VOWELS = 5, frozenset("aeiouy")
"""Letters of a short name, and those that change at its end."""

ENDING = 4
"""Letters by which a name's forms differ in length: Syria, Syrians."""

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
    """A word in plain Latin letters and digits: `Erdoğan` is `erdogan`, `Обама` is `obama`."""
    return str(_OTHER.sub("", anyascii(word).lower()))


@lru_cache(maxsize=100_000)
def skeleton(word: str) -> str:
    """The consonants of a folded word, those that languages confuse as one: `Барак` and `Barack` are `plk`."""
    plain = folded(word)
    for letters, sound in _PAIRS:
        plain = plain.replace(letters, sound)
    bones = plain.translate(_SOUNDS).replace(" ", "")
    return str(regex.sub(r"(.)\1+", r"\1", bones))


def is_form(one: str, other: str) -> bool:
    """Whether two folded words may be forms of one: they begin alike and differ by no more than an ending.

    Short ones differ by a vowel at most: Iran is no form of Iraq.
    """
    shorter, longer = sorted((one, other), key=len)
    common = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(shorter))
    if len(longer) - len(shorter) > ENDING:
        return False
    if len(shorter) <= SHORT:
        return common >= max(len(shorter) - (shorter[-1:] in VOWELS), ALIKE - 1)
    return common >= max(ALIKE, len(shorter) - 2)
