"""Lexical shortlists: for each source token, the target tokens that may translate it.

Little-endian: u64 magic, checksum, first, best, number of offsets, number of words; the offsets, u64; the words, u32.
Source: src/data/shortlist.cpp of marian-dev. The checksum is not verified: in Python this takes longer than the rest of
loading, and the file's SHA-256 was verified after the download.
"""

import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from models.engines.marian.items import InvalidModel, content
from models.errors import LoadFailed

MAGIC = 0xF11A48D5013417F5
HEADER = struct.Struct("<6Q")
MULTIPLE = 8
"""Marian pads a shortlist to a multiple of this, with the next most frequent words."""

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


class Shortlist:
    """Selects the target words that may appear in the translation of a sentence."""

    def __init__(self, path: Path, *, words: int, shared: bool) -> None:
        """`words` is the size of the target vocabulary; `shared` allows source words too. Raises LoadFailed."""
        self._shared = shared
        self._words = words
        try:
            self._read(content(path))
        except (InvalidModel, struct.error) as error:
            raise LoadFailed(f"{path} is not a Marian shortlist, or it is damaged: {error}. Fetch it again.") from error

    def allowed(self, source: Iterable[int]) -> BoolArray:
        """Returns a flag per target word: whether it may appear in the translation of `source`, given as ids."""
        allowed: BoolArray = np.zeros(self._words, np.bool_)
        allowed[: self._first] = True
        for word in set(source):
            if self._shared:
                allowed[word] = True
            if word + 1 < len(self._offsets):
                allowed[self._lists[self._offsets[word] : self._offsets[word + 1]]] = True
        padding = -int(np.count_nonzero(allowed)) % MULTIPLE
        allowed[self._first + np.flatnonzero(~allowed[self._first :])[:padding]] = True
        return allowed

    def _read(self, data: bytes) -> None:
        magic, _, first, best, offsets, words = HEADER.unpack_from(data)
        if magic != MAGIC:
            raise InvalidModel("its first bytes are not those of a shortlist")
        if HEADER.size + 8 * offsets + 4 * words != len(data):
            raise InvalidModel(f"the sizes in its header do not add up to its {len(data):,} bytes")
        if not 0 < first <= self._words or offsets < 1 or best > self._words:
            raise InvalidModel(
                f"its header is invalid: {first} frequent words, {offsets} offsets, lists of at most {best}"
            )
        self._first = first
        self._offsets = np.frombuffer(data, "<u8", offsets, HEADER.size).astype(np.int64)
        self._lists = np.frombuffer(data, "<u4", words, HEADER.size + 8 * offsets)
        lengths = np.diff(self._offsets)
        if self._offsets[0] != 0 or self._offsets[-1] != words or not ((lengths >= 0) & (lengths <= best)).all():
            raise InvalidModel("its offsets are invalid")
        if words and self._lists.max() >= self._words:
            raise InvalidModel(f"it contains the word {self._lists.max()}, but the vocabulary has {self._words}")
