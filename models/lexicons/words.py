"""Tokenization and normalization of words, shared by the lexicon builder and the lookup."""

import unicodedata

import regex

UNSPACED = frozenset({"ja", "th", "zh"})
"""Languages written without spaces between words: their lexicons are looked up by characters."""

_UNIT = r"(?:\p{Nd}+(?:[.,:]\p{Nd}+)+|[\p{L}\p{M}\p{Nd}]+)"
_COMPOUND = rf"{_UNIT}(?:[-‐·]{_UNIT})*"
_INITIALS = r"(?:\p{L}\.){2,}"
_PATTERNS = {
    "elision": regex.compile(rf"{_INITIALS}|[\p{{L}}\p{{M}}]{{1,8}}['’](?=\p{{L}})|{_COMPOUND}|\S"),
    "suffix": regex.compile(rf"{_INITIALS}|(?<=\p{{L}})['’]\p{{L}}+|{_COMPOUND}|\S"),
    "letter": regex.compile(rf"{_INITIALS}|{_COMPOUND}(?:['’ʼ]{_COMPOUND})*|\S"),
}
_APOSTROPHES = {"fr": "elision", "it": "elision", "en": "suffix", "tr": "suffix"}
"""The role of the apostrophe: it ends a token (`l'État`), starts one (`Kerry's`), or is a letter (the default)."""

_SPELLINGS = str.maketrans({"’": "'", "ʼ": "'", "‐": "-", "ـ": None})
_HARAKAT = regex.compile(r"[\u064b-\u0652\u0670]")


def token_pattern(language: str) -> "regex.Pattern[str]":
    """Returns a pattern that matches each word, number and punctuation mark of a language that uses spaces."""
    return _PATTERNS[_APOSTROPHES.get(language, "letter")]


def normalize(word: str) -> str:
    """Returns the lookup form: NFC, lower case, straight apostrophes, no Arabic vowel marks."""
    return str(_HARAKAT.sub("", unicodedata.normalize("NFC", word).lower().translate(_SPELLINGS)))


def is_word(token: str) -> bool:
    """Whether the token has a letter or digit."""
    return any(character.isalnum() for character in token)
