"""The lexical shortlist: for each word of the source language, the words that may translate it.

Little-endian: u64 magic, checksum, first, best, count of offsets, count of words; the offsets, u64; the words, u32.
Source: src/data/shortlist.cpp of marian-dev. Its checksum takes Python longer than all else of loading together; the
bytes were compared with the card's sha256 when they came.
"""

import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from models.engines.marian.items import Damaged, content
from models.errors import LoadFailed

MAGIC = 0xF11A48D5013417F5
HEADER = struct.Struct("<6Q")
MULTIPLE = 8
"""Marian fills a shortlist up to a multiple of it, with the words that come next."""

Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


class Shortlist:
    """Which words of the target language a sentence may be translated with."""

    def __init__(self, path: Path, *, words: int, shared: bool) -> None:
        """`words` of the target language; `shared`: a word of the source may stand for itself. Raises LoadFailed."""
        self._shared = shared
        self._words = words
        try:
            self._read(content(path))
        except (Damaged, struct.error) as error:
            raise LoadFailed(f"{path} is no shortlist of Marian's, or it is damaged: {error}.") from error

    def flags(self, source: Iterable[int]) -> Flags:
        """Whether each word of the target language may come in the translation of a source, by its ids."""
        allowed: Flags = np.zeros(self._words, np.bool_)
        allowed[: self._first] = True
        for word in set(source):
            if self._shared:
                allowed[word] = True
            if word + 1 < len(self._offsets):
                allowed[self._lists[self._offsets[word] : self._offsets[word + 1]]] = True
        missing = -int(np.count_nonzero(allowed)) % MULTIPLE
        allowed[self._first + np.flatnonzero(~allowed[self._first :])[:missing]] = True
        return allowed

    def _read(self, data: bytes) -> None:
        magic, _, first, best, offsets, words = HEADER.unpack_from(data)
        if magic != MAGIC:
            raise Damaged("it does not begin as one")
        if HEADER.size + 8 * offsets + 4 * words != len(data):
            raise Damaged(f"it does not end where its {len(data):,} bytes do")
        if not 0 < first <= self._words or offsets < 1 or best > self._words:
            raise Damaged(f"it begins with {first} words and has {offsets} lists of {best}")
        self._first = first
        self._offsets = np.frombuffer(data, "<u8", offsets, HEADER.size).astype(np.int64)
        self._lists = np.frombuffer(data, "<u4", words, HEADER.size + 8 * offsets)
        lengths = np.diff(self._offsets)
        if self._offsets[0] != 0 or self._offsets[-1] != words or not ((lengths >= 0) & (lengths <= best)).all():
            raise Damaged("its lists do not follow one another")
        if words and self._lists.max() >= self._words:
            raise Damaged(f"it names a word {self._lists.max()} of {self._words}")
