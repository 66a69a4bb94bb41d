"""Lookup of phrases in a text. The file is memory-mapped, so processes on one machine share its pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import marisa_trie

from models.card import ModelCard
from models.errors import Corrupted
from models.files.disk import sha256
from models.lexicons.card import HINT, folder, lexicon_of
from models.lexicons.entries import Translation, unpack
from models.lexicons.words import UNSPACED, normalize, token_pattern

MAX_WORDS = 3
"""The longest phrase in words, as built."""

MAX_CHARACTERS = 24
"""The longest phrase looked up in languages without spaces."""


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase of the text, from `start` to `end` in characters, and its translations, best first."""

    start: int
    end: int
    translations: tuple[Translation, ...]


class Lexicon:
    """The entries of one direction."""

    def __init__(self, path: Path, source: str) -> None:
        """Maps the file; `source` is its source language. Raises Corrupted."""
        self._trie = marisa_trie.BytesTrie()
        try:
            self._trie.mmap(str(path))
        except (OSError, RuntimeError) as error:
            raise Corrupted(f"{path} is not a lexicon: {error}", HINT) from error
        self.find = self._find_by_characters if source in UNSPACED else self._find_by_words
        self._pattern = token_pattern(source)

    def __len__(self) -> int:
        return len(self._trie)

    def _find_by_words(self, text: str) -> Iterator[Match]:
        """Yields the phrases in the text from left to right, the longest at each word, without overlaps."""
        spans = [match.span() for match in self._pattern.finditer(text)]
        tokens = [normalize(text[start:end]) for start, end in spans]
        at = 0
        while at < len(tokens):
            count = self._longest(tokens[at : at + MAX_WORDS])
            if count:
                key = " ".join(tokens[at : at + count])
                yield Match(spans[at][0], spans[at + count - 1][1], self._translations(key))
            at += count or 1

    def _longest(self, tokens: Sequence[str]) -> int:
        """Returns how many of the tokens the longest phrase at their start has."""
        return next((count for count in range(len(tokens), 0, -1) if " ".join(tokens[:count]) in self._trie), 0)

    def _find_by_characters(self, text: str) -> Iterator[Match]:
        """The same, the longest at each character."""
        normalized = "".join(small if len(small := normalize(character)) == 1 else character for character in text)
        at = 0
        while at < len(normalized):
            key = max(self._trie.prefixes(normalized[at : at + MAX_CHARACTERS]), key=len, default="")
            if key:
                yield Match(at, at + len(key), self._translations(key))
            at += len(key) or 1

    def _translations(self, key: str) -> tuple[Translation, ...]:
        return unpack(self._trie[key][0])


def lexicon_for(card: ModelCard, source: str, target: str) -> Lexicon | None:
    """Returns the entries for a direction in the lexicon that a model's card names. Raises BadCard and Corrupted."""
    place, lexicon = folder(card), lexicon_of(card)
    table = lexicon.table(source, target) if lexicon else None
    return _open(place / table.file, source, table.sha256) if place and table else None


@cache
def _open(path: Path, source: str, digest: str) -> Lexicon:
    lexicon = Lexicon(path, source)
    if sha256(path) != digest:
        raise Corrupted(f"{path} is not the file that its card names.", HINT)
    return lexicon
