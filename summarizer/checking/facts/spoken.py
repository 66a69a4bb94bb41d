"""Finds names from other scripts in a text by their sounds."""

from collections.abc import Iterator
from functools import cache, cached_property
from typing import NamedTuple

import regex

from summarizer.article import Span
from summarizer.checking.facts.phones import distance, mass, phones
from summarizer.checking.facts.tables import is_known_spaced, table

MAX_MASS_RATIO = 2.2
"""The largest ratio of the phonetic mass of a candidate to that of the name it is compared with."""

MAX_PARTICLE = 3
"""Syllables, at most, of a Korean particle."""

_WORD = regex.compile(r"[\p{Latin}\p{Mn}]+|[[\p{L}\p{M}]--\p{Latin}]+", regex.VERSION1)
_LATIN = regex.compile(r"[\p{Latin}\p{Mn}]+")
_SYLLABLE = regex.compile(r"\p{Han}|\p{Katakana}[ァィゥェォャュョッー]*|[\p{Latin}\p{M}]+")
_PREFIXES = (regex.compile(r"[وفبلك](?=\p{Arabic}{3})"), regex.compile(r"[وفبلك]?(?:ال|ل)(?=\p{Arabic}{3})"))
_HANGUL = regex.compile(r"\p{Hangul}{3,}")


class SoundMatch(NamedTuple):
    """The part of a text that sounds most like a name: its phonetic distance (0 is the same) and its span."""

    distance: float
    span: Span


class PhoneticText:
    """The sounds of a text in `language`, by words or, in scripts without spaces, by runs of letters.

    In Japanese and Chinese, only text spelled like foreign names is used: the reading of a name in kanji cannot be
    derived from its characters, and any three Chinese characters sound like some name.
    """

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.language = language

    def nearest(self, word: str) -> SoundMatch:
        """Returns the part of the text that sounds most like the word; distance 1 if the text has no letters."""
        sounds = phones(word)
        if is_known_spaced(self.language):
            parts = iter(self._words.items())
        else:
            parts = (part for run in self._runs for part in _parts(run, MAX_MASS_RATIO * mass(sounds)))
        matches = (SoundMatch(distance(sounds, own), span) for own, span in parts)
        return min(matches, default=SoundMatch(1.0, Span(0, 0)), key=lambda one: one.distance)

    @property
    def marks_foreign_names(self) -> bool:
        """Whether the spelling of the language distinguishes foreign names."""
        return "foreign" in table(self.language).get("names", {})

    @cached_property
    def foreign(self) -> list[str]:
        """The parts of the text spelled like foreign names, if the language distinguishes them."""
        return [match.group() for match in _foreign(self.language).finditer(self.text)]

    @cached_property
    def _words(self) -> dict[str, Span]:
        forms = (form for word in _WORD.finditer(self.text) for form in _forms(word))
        return {phones(self.text[form.start : form.end]): form for form in forms}

    @cached_property
    def _runs(self) -> list[list[tuple[str, Span]]]:
        """Possible foreign names, as sounds and spans of their syllables."""
        return [
            [(phones(one.group()), Span(*one.span())) for one in _SYLLABLE.finditer(self.text, *match.span())]
            for pattern in (_foreign(self.language), _LATIN)
            for match in pattern.finditer(self.text)
        ]


@cache
def _foreign(language: str) -> regex.Pattern[str]:
    return regex.compile(table(language).get("names", {}).get("foreign", r"(?!)"))


def _parts(syllables: list[tuple[str, Span]], max_mass: float) -> Iterator[tuple[str, Span]]:
    """Runs of consecutive syllables with a mass of at most `max_mass`."""
    for at, (_, first) in enumerate(syllables):
        part = ""
        for sounds, span in syllables[at:]:
            part += sounds
            if mass(part) > max_mass:
                break
            yield part, Span(first.start, span.end)


def _forms(match: regex.Match[str]) -> Iterator[Span]:
    """A word as written, without Arabic prefixes, and without Korean particles."""
    start, end = match.span()
    yield Span(start, end)
    prefixes = (pattern.match(match.string, start, end) for pattern in _PREFIXES)
    yield from (Span(prefix.end(), end) for prefix in prefixes if prefix)
    if _HANGUL.fullmatch(match.group()):
        yield from (Span(start, cut) for cut in range(end - 1, max(start + 1, end - 1 - MAX_PARTICLE), -1))
