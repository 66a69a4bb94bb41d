"""How long a text is as a person counts: characters seen, words, and sentences that are whole."""

from collections import Counter

import regex

from summarizer.languages import UNDETERMINED, is_spaced, primary

_GRAPHEME = regex.compile(r"\X")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’.,-][\p{L}\p{M}\p{N}]+)*")
_END = regex.compile(r"[.!?…。！？؟۔।॥։។၊။]['\"”’»«」』）)\]]*$")

_MARKER = regex.compile(r"(?:^|[:：])\s*\p{Nd}{1,2}\.+$")
"""The number of a list's first point, which ends no sentence."""

_INCHES = regex.compile(r"\d\"")  # or the end of a quotation: nobody can tell

UNSPACED_WORD = 2
"""Characters that count as a word where words are not spaced: Chinese words have 1.5 to 2 on average."""


def graphemes(text: str) -> int:
    """Characters as a person sees them: an emoji with its skin tone is one."""
    return len(_GRAPHEME.findall(text))


def words(text: str, language: str) -> int:
    """Words, or half the letters where words are not spaced."""
    if language == UNDETERMINED or is_spaced(language):
        return len(_WORD.findall(text))
    return -(-len(regex.findall(r"[\p{L}\p{N}]", text)) // UNSPACED_WORD)


def is_complete(text: str, language: str) -> bool:
    """Whether a sentence is closed. Thai ends its sentences with a space, so any end is one there."""
    if _MARKER.search(text):
        return False
    return primary(language) in {"th", "lo"} or bool(_END.search(text))


def has_balanced_quotes(text: str) -> bool:
    """Whether no quotation is left open, and none ends that was not begun."""
    marks = Counter(regex.findall(r"[\"„“”«»「」『』]", text))
    low, left, right = marks["„"], marks["“"], marks["”"]
    curly = low == left + right if low else left == right or not (left or right % 2)  # „German“, “English”, ”Swedish”
    pairs = (("«", "»"), ("「", "」"), ("『", "』"))
    even = marks['"'] % 2 == 0 or bool(_INCHES.search(text))
    # Russian closes two at once: «ООО «Ромашка».
    return even and curly and all(bool(marks[one]) == bool(marks[other]) for one, other in pairs)
