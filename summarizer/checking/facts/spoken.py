"""A text by its sounds: whether it has a name that another script spells, and where."""

from collections.abc import Iterator
from functools import cache, cached_property
from typing import NamedTuple

import regex

from summarizer.article import Span
from summarizer.checking.facts.phones import distance, mass, phones
from summarizer.checking.facts.tables import is_known_spaced, table

LONGER = 2.2
"""How many times the mass of a name the part of a run may have that is compared with it."""

PARTICLE = 3
"""Syllables of a Korean particle."""

_WORD = regex.compile(r"[\p{Latin}\p{Mn}]+|[[\p{L}\p{M}]--\p{Latin}]+", regex.VERSION1)
_LATIN = regex.compile(r"[\p{Latin}\p{Mn}]+")
_SYLLABLE = regex.compile(r"\p{Han}|\p{Katakana}[ァィゥェォャュョッー]*|[\p{Latin}\p{M}]+")
_PREFIXES = (regex.compile(r"[وفبلك](?=\p{Arabic}{3})"), regex.compile(r"[وفبلك]?(?:ال|ل)(?=\p{Arabic}{3})"))
_HANGUL = regex.compile(r"\p{Hangul}{3,}")


class SoundMatch(NamedTuple):
    """The part of a text that sounds most like a name: how far it is from it, 0 the same, and where it stands."""

    distance: float
    span: Span


class PhoneticText:
    """A text in `language` by its words, or by its runs of letters where words are not spaced.

    Japanese and Chinese are read by what is spelled as foreign names are: what sound a name's kanji have is known to
    who bears it, and three Chinese characters in a row sound like any name.
    """

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.language = language

    def nearest(self, word: str) -> SoundMatch:
        """What of the text sounds most like the word; at distance 1 where it has no letters."""
        sounds = phones(word)
        if is_known_spaced(self.language):
            parts = iter(self._words.items())
        else:
            parts = (part for run in self._runs for part in _parts(run, LONGER * mass(sounds)))
        found = (SoundMatch(distance(sounds, own), span) for own, span in parts)
        return min(found, default=SoundMatch(1.0, Span(0, 0)), key=lambda one: one.distance)

    @property
    def is_marked(self) -> bool:
        """Whether the language writes foreign names in signs of their own."""
        return "foreign" in table(self.language).get("names", {})

    @cached_property
    def foreign(self) -> list[str]:
        """What is spelled as foreign names are, in a language whose script shows that."""
        return [match.group() for match in _foreign(self.language).finditer(self.text)]

    @cached_property
    def _words(self) -> dict[str, Span]:
        forms = (form for word in _WORD.finditer(self.text) for form in _forms(word))
        return {phones(self.text[form.start : form.end]): form for form in forms}

    @cached_property
    def _runs(self) -> list[list[tuple[str, Span]]]:
        """What may be foreign names, as the sounds and spans of its syllables."""
        return [
            [(phones(one.group()), Span(*one.span())) for one in _SYLLABLE.finditer(self.text, *match.span())]
            for pattern in (_foreign(self.language), _LATIN)
            for match in pattern.finditer(self.text)
        ]


@cache
def _foreign(language: str) -> regex.Pattern[str]:
    return regex.compile(table(language).get("names", {}).get("foreign", r"(?!)"))


def _parts(syllables: list[tuple[str, Span]], most: float) -> Iterator[tuple[str, Span]]:
    """Syllables in a row whose mass is `most` at most."""
    for at, (_, first) in enumerate(syllables):
        part = ""
        for sounds, span in syllables[at:]:
            part += sounds
            if mass(part) > most:
                break
            yield part, Span(first.start, span.end)


def _forms(match: regex.Match[str]) -> Iterator[Span]:
    """A word, without what Arabic writes before it, and without the particles that Korean writes behind it."""
    start, end = match.span()
    yield Span(start, end)
    yield from (Span(found.end(), end) for prefix in _PREFIXES if (found := prefix.match(match.string, start, end)))
    if _HANGUL.fullmatch(match.group()):
        yield from (Span(start, cut) for cut in range(end - 1, max(start + 1, end - 1 - PARTICLE), -1))
