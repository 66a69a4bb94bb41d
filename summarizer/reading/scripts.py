"""Which script a text is written in, counted letter by letter."""

from collections import Counter
from functools import cache

import regex

SCRIPTS = {
    "Latn": "Latin", "Cyrl": "Cyrillic", "Grek": "Greek", "Arab": "Arabic", "Hebr": "Hebrew", "Deva": "Devanagari",
    "Beng": "Bengali", "Guru": "Gurmukhi", "Gujr": "Gujarati", "Orya": "Oriya", "Taml": "Tamil", "Telu": "Telugu",
    "Knda": "Kannada", "Mlym": "Malayalam", "Sinh": "Sinhala", "Thai": "Thai", "Laoo": "Lao", "Khmr": "Khmer",
    "Mymr": "Myanmar", "Tibt": "Tibetan", "Geor": "Georgian", "Armn": "Armenian", "Ethi": "Ethiopic", "Hang": "Hangul",
    "Hani": "Han", "Hira": "Hiragana", "Kana": "Katakana", "Thaa": "Thaana",
}  # fmt: skip
"""ISO 15924 codes and Unicode's names of the scripts that are told apart."""

COMPOUND = {
    "Hans": frozenset({"Hani"}),
    "Hant": frozenset({"Hani"}),
    "Jpan": frozenset({"Hani", "Hira", "Kana"}),
    "Kore": frozenset({"Hang", "Hani"}),
}
"""Codes that stand for writing in several scripts, or one variant of a script."""

SAMPLE = 2_000

_LETTER = regex.compile("|".join(rf"(?P<{code}>\p{{Script={name}}})" for code, name in SCRIPTS.items()))


def script_counts(text: str) -> Counter[str]:
    """How many letters of each script the first 2,000 characters hold, by ISO 15924 code."""
    counts: Counter[str] = Counter()
    for letter, times in Counter(text[:SAMPLE]).items():
        if code := _script(letter):
            counts[code] += times
    return counts


@cache
def _script(letter: str) -> str | None:
    found = _LETTER.match(letter)
    return found.lastgroup if found else None
