"""What prompts begin with alike - a system turn, an article - is read once: keys and values kept by what they say."""

from array import array
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from torch import Tensor

from models.engines.native.cache import Lane

BLOCK = 4
"""Tokens kept together. A prefix is shared in whole blocks."""


class Prefixes:
    """Blocks of keys and values, each found by all the tokens up to its end; the least recently used go first.

    `room` is in bytes.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._held = 0
        self._blocks: OrderedDict[bytes, Tensor] = OrderedDict()

    def known(self, tokens: Sequence[int]) -> int:
        """How many tokens at the beginning are here; never all, for something must be read to be answered."""
        return BLOCK * len(list(self._here(tokens)))

    def fill(self, lane: Lane, tokens: Sequence[int]) -> None:
        """Puts into an empty lane what is here of its prompt."""
        names = list(self._here(tokens))
        for at, name in enumerate(names):
            lane.view[:, :, at * BLOCK : (at + 1) * BLOCK] = self._blocks[name]
        lane.length = BLOCK * len(names)
        for name in reversed(names):  # the beginning is used last: without it the rest cannot be found
            self._blocks.move_to_end(name)

    def keep(self, lane: Lane, tokens: Sequence[int]) -> None:
        """Keeps what a lane has read of its prompt."""
        names = list(_names(tokens))
        for at, name in reversed(list(enumerate(names))):
            if name not in self._blocks:
                block = lane.view[:, :, at * BLOCK : (at + 1) * BLOCK].clone()
                self._blocks[name] = block
                self._held += block.nbytes
            self._blocks.move_to_end(name)
        while self._held > self._room:
            _, block = self._blocks.popitem(last=False)
            self._held -= block.nbytes

    def _here(self, tokens: Sequence[int]) -> Iterator[bytes]:
        for name in _names(tokens[:-1]):
            if name not in self._blocks:
                return
            yield name


def _names(tokens: Sequence[int]) -> Iterator[bytes]:
    """The name of each whole block: a digest of it and all before it."""
    name = b""
    for at in range(0, len(tokens) - BLOCK + 1, BLOCK):
        name = blake2b(name + array("q", tokens[at : at + BLOCK]).tobytes(), digest_size=16).digest()
        yield name
