"""The prefix cache: keys and values of common prompt prefixes (a system turn, an article), found by their tokens."""

from array import array
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from torch import Tensor

from models.engines.native.cache import Lane

BLOCK = 4
"""Tokens per block. Prefixes are shared in whole blocks."""


class PrefixCache:
    """An LRU cache of blocks of keys and values, each found by all the tokens up to its end. Limited to `max_bytes`."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._blocks: OrderedDict[bytes, Tensor] = OrderedDict()

    def cached_tokens(self, tokens: Sequence[int]) -> int:
        """Returns how many leading tokens are cached; never all, because the last must be read to get logits."""
        return BLOCK * len(list(self._cached_blocks(tokens)))

    def restore(self, lane: Lane, tokens: Sequence[int]) -> None:
        """Copies the cached prefix of a prompt into an empty lane."""
        keys = list(self._cached_blocks(tokens))
        for index, key in enumerate(keys):
            lane.view[:, :, index * BLOCK : (index + 1) * BLOCK] = self._blocks[key]
        lane.length = BLOCK * len(keys)
        for key in reversed(keys):  # the first block must be the most recently used: the others are found only after it
            self._blocks.move_to_end(key)

    def store(self, lane: Lane, tokens: Sequence[int]) -> None:
        """Caches the tokens that a lane has read of its prompt."""
        keys = list(_block_keys(tokens))
        for index, key in reversed(list(enumerate(keys))):
            if key not in self._blocks:
                block = lane.view[:, :, index * BLOCK : (index + 1) * BLOCK].clone()
                self._blocks[key] = block
                self._bytes += block.nbytes
            self._blocks.move_to_end(key)
        while self._bytes > self._max_bytes:
            _, block = self._blocks.popitem(last=False)
            self._bytes -= block.nbytes

    def _cached_blocks(self, tokens: Sequence[int]) -> Iterator[bytes]:
        for key in _block_keys(tokens[:-1]):
            if key not in self._blocks:
                return
            yield key


def _block_keys(tokens: Sequence[int]) -> Iterator[bytes]:
    """Yields the key of each whole block: a digest of the block and all tokens before it."""
    key = b""
    for at in range(0, len(tokens) - BLOCK + 1, BLOCK):
        key = blake2b(key + array("q", tokens[at : at + BLOCK]).tobytes(), digest_size=16).digest()
        yield key
