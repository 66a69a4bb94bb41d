"""Counts the letters of a text by script."""

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
"""ISO 15924 codes and Unicode names of the distinguished scripts."""

COMPOUND = {
    "Hans": frozenset({"Hani"}),
    "Hant": frozenset({"Hani"}),
    "Jpan": frozenset({"Hani", "Hira", "Kana"}),
    "Kore": frozenset({"Hang", "Hani"}),
}
"""ISO 15924 codes that combine several scripts or name a variant of one."""

SAMPLE = 2_000

_LETTER = regex.compile("|".join(rf"(?P<{code}>\p{{Script={name}}})" for code, name in SCRIPTS.items()))


def script_counts(text: str) -> Counter[str]:
    """Returns the number of letters of each script in the first 2,000 characters, by ISO 15924 code."""
    counts: Counter[str] = Counter()
    for letter, times in Counter(text[:SAMPLE]).items():
        if code := _script(letter):
            counts[code] += times
    return counts


@cache
def _script(letter: str) -> str | None:
    match = _LETTER.match(letter)
    return match.lastgroup if match else None
