"""Exponents, indices and footnote marks in HTML: `<sup>` and `<sub>` with digits, which are not translated."""

from collections.abc import Sequence
from dataclasses import replace
from html import unescape

import regex

from summarizer.translating.formats.elements import Elements
from summarizer.translating.formats.tags import Token

_NOTE = regex.compile(r"\s*(?:[+−–-]?\d{1,4}(?:[,–-]\d{1,4})?[+−–-]?|\[(?:\d{1,4}|\p{L})\]|[*†‡§¶]{1,3})\s*")
_SUPERSCRIPTS = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻", "[]")
_SUBSCRIPTS = str.maketrans("0123456789+-−–", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋", "[]")

MAX_TOKENS = 12
"""Maximum tokens of a note: its digits, and the tags around them."""


def with_notes(page: Sequence[Token], structure: Elements) -> Elements:
    """Returns the structure with the exponents, indices and footnote marks of translated text as untranslated."""
    notes = {
        at
        for at, token in enumerate(page)
        if token.name in {"sup", "sub"} and structure.translated[at] and _is_note(page[at : structure.ends.get(at, at)])
    }
    return replace(structure, untranslated=structure.untranslated | notes)


def raised(name: str, text: str) -> str:
    """Returns the text of a `sup` or `sub` as the signs of Unicode that look alike; empty for other elements.

    10<sup>6</sup> is "10⁶" for the model and the checks, not "106".
    """
    signs = {"sup": _SUPERSCRIPTS, "sub": _SUBSCRIPTS}
    return text.translate(signs[name]) if name in signs else ""


def _is_note(inside: Sequence[Token]) -> bool:
    if not 1 < len(inside) <= MAX_TOKENS:
        return False
    return bool(_NOTE.fullmatch(unescape("".join(token.raw for token in inside if token.is_text))))
