"""Measures a text as a reader would: graphemes, words, complete sentences and balanced quotation marks."""

from collections import Counter

import regex

from summarizer.languages import UNDETERMINED, is_spaced, primary

_GRAPHEME = regex.compile(r"\X")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’.,-][\p{L}\p{M}\p{N}]+)*")
_END = regex.compile(r"[.!?…。！？؟۔।॥։។၊။]['\"”’»«」』）)\]]*$")

_MARKER = regex.compile(r"(?:^|[:：])\s*\p{Nd}{1,2}\.+$")
"""The number of a list item, whose full stop does not end a sentence."""

_INCHES = regex.compile(r"\d\"")  # may also be the end of a quotation

CHARACTERS_PER_WORD = 2
"""Characters that count as a word in scripts without spaces; Chinese words have 1.5 to 2 on average."""


def graphemes(text: str) -> int:
    """Returns the number of user-perceived characters: an emoji with a skin tone is one."""
    return len(_GRAPHEME.findall(text))


def words(text: str, language: str) -> int:
    """Returns the number of words; in scripts without spaces, half the number of letters."""
    if language == UNDETERMINED or is_spaced(language):
        return len(_WORD.findall(text))
    return -(-len(regex.findall(r"[\p{L}\p{N}]", text)) // CHARACTERS_PER_WORD)


def is_complete(text: str, language: str) -> bool:
    """Returns whether a sentence ends with an end mark. Thai and Lao have none, so any sentence is complete."""
    if _MARKER.search(text):
        return False
    return primary(language) in {"th", "lo"} or bool(_END.search(text))


def has_balanced_quotes(text: str) -> bool:
    """Returns whether every quotation mark has a partner."""
    marks = Counter(regex.findall(r"[\"„“”«»「」『』]", text))
    low, left, right = marks["„"], marks["“"], marks["”"]
    curly = low == left + right if low else left == right or not (left or right % 2)  # „German“, “English”, ”Swedish”
    pairs = (("«", "»"), ("「", "」"), ("『", "』"))
    even = marks['"'] % 2 == 0 or bool(_INCHES.search(text))
    # One Russian mark may close two quotations: «ООО «Ромашка».
    return even and curly and all(bool(marks[one]) == bool(marks[other]) for one, other in pairs)
