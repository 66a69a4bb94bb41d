"""The dictionary line of a translation prompt."""

from collections.abc import Sequence
from itertools import islice

from models.lexicons.lexicon import Lexicon, Match

MAX_HINTS = 18
"""Of one sentence."""

SURE = 50
"""Percent above which only the first translation is given; otherwise two are."""


def hints(lexicon: Lexicon, text: str, excluded: Sequence[tuple[int, int]] = ()) -> str:
    """Returns e.g. `Dictionary: allies: Verbündeten, Verbündete; local time: Ortszeit. `, or an empty string.

    Phrases that overlap a span of `excluded` are left out.
    """
    found = find_hints(lexicon, text, excluded)
    lines = [f"{phrase}: {', '.join(translations)}" for phrase, translations in found.items()]
    return f"Dictionary: {'; '.join(lines)}. " if lines else ""


def find_hints(lexicon: Lexicon, text: str, excluded: Sequence[tuple[int, int]] = ()) -> dict[str, list[str]]:
    """Returns the first MAX_HINTS phrases with the translations to give, as `hints` does."""
    found: dict[str, list[str]] = {}
    for match in lexicon.find(text):
        if not any(match.start < end and start < match.end for start, end in excluded):
            found.setdefault(text[match.start : match.end], _translations(match))
    return dict(islice(found.items(), MAX_HINTS))


def _translations(match: Match) -> list[str]:
    count = 1 if match.translations[0].percent > SURE else 2
    return [translation.text for translation in match.translations[:count]]
