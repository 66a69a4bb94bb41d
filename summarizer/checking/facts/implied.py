"""Numbers that a text implies, so that another text may state them: "both", the Seventh Fleet, the 70s."""

from collections.abc import Iterator
from decimal import Decimal

import regex

from summarizer.checking.facts.lexicon import Lexicon, lexicon, lookup_key
from summarizer.checking.facts.tables import phrases, table

CENTURY = 1900
"""The century of decades that are written without one."""

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
    """Returns one and two if a word implies them, and numbers in names, ordinals and decades.

    A language with a dual implies two in any text.
    """
    data, known = table(language).get("numbers", {}), lexicon(language)
    words = _WORDS.findall(text)
    keys = set(map(lookup_key, words))
    numbers = {known.small[word] for word in keys & known.uncounted}
    if data.get("dual") or keys & set(phrases(data.get("both", ""))):
        numbers.add(Decimal(2))
    return numbers | set(_in_names(text, words, known)) | set(_decades(text))


def _in_names(text: str, words: list[str], known: Lexicon) -> Iterator[Decimal]:
    """Numbers in names, in years that may be shortened, and in Chinese and Japanese ordinals."""
    yield from map(Decimal, (*_IN_NAMES.findall(text), *_RANGE.findall(text)))
    capital = (word for word in words if word[0].isupper())
    own = (word for word in words if lookup_key(word) in known.native)
    for word in (*capital, *own, *_ORDINAL.findall(text)):
        if (value := known.small.get(lookup_key(word))) is not None:
            yield value


def _decades(text: str) -> Iterator[Decimal]:
    """The 1970s as the 70s of the 20th century, and vice versa."""
    for match in _DECADE.finditer(text):
        tens = Decimal(match["tens"])
        if match["century"]:
            yield from (tens, Decimal(match["century"]) + 1)
        else:
            yield CENTURY + tens
