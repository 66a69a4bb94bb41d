"""Numbers that a text holds without counting, so that another may count them: "both", the Seventh Fleet, the 70s."""

from collections.abc import Iterator
from decimal import Decimal

import regex

from summarizer.checking.facts.lexicon import Lexicon, lexicon, lookup_key
from summarizer.checking.facts.tables import phrases, table

CENTURY = 1900
"""The years of decades that are told without their century."""

_WORDS = regex.compile(r"[\p{L}\p{M}]+")
_IN_NAMES = regex.compile(r"(?<=\p{L}[-‐‑])\p{Nd}+")
_RANGE = regex.compile(r"\p{Nd}\s?[-–—~～]\s?(?:1\p{Nd}|20)(\p{Nd}{2})(?!\p{Nd})")  # 1995-1996 is 1995-96
_ORDINAL = regex.compile(r"第(\p{Han})(?!\p{Nd})")
_DECADE = regex.compile(
    r"(?<!\p{Nd})(?P<century>1\p{Nd}|20)?(?P<tens>\p{Nd}0)(?:['’]?s\b|er\b|[-‐‑](?:х|ті|их)\b|\s?年代)"
    r"|\b(?:anni|années|años|anos)\s['’]?(?P<tens>\p{Nd}0)\b",
    regex.IGNORECASE,
)


def implied_numbers(text: str, language: str) -> set[Decimal]:
    """One and two where a word says as much, numbers in names, ordinals, decades; any two in a language with a dual."""
    data, known = table(language).get("numbers", {}), lexicon(language)
    spelled = _WORDS.findall(text)
    plain = set(map(lookup_key, spelled))
    found = {known.small[word] for word in plain & known.uncounted}
    if data.get("dual") or plain & set(phrases(data.get("both", ""))):
        found.add(Decimal(2))
    return found | set(_named(text, spelled, known)) | set(_decades(text))


def _named(text: str, spelled: list[str], known: Lexicon) -> Iterator[Decimal]:
    """Numbers of names, of years that may be shortened, and of ordinals in Chinese and Japanese."""
    yield from map(Decimal, (*_IN_NAMES.findall(text), *_RANGE.findall(text)))
    capital = (word for word in spelled if word[0].isupper())
    own = (word for word in spelled if lookup_key(word) in known.native)
    for word in (*capital, *own, *_ORDINAL.findall(text)):
        if (value := known.small.get(lookup_key(word))) is not None:
            yield value


def _decades(text: str) -> Iterator[Decimal]:
    """The 1970s as the 70s of the 20th century, and the other way round."""
    for match in _DECADE.finditer(text):
        tens = Decimal(match["tens"])
        if match["century"]:
            yield from (tens, Decimal(match["century"]) + 1)
        else:
            yield CENTURY + tens
