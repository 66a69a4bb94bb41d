"""How long prompts are, in tokens: what work is weighed and counted by."""

from collections.abc import Callable
from functools import lru_cache

from models.protocol import Piece, Prompt, Text, Tokens

TURNS = 256
"""Pieces of our own whose lengths are kept: the same few stand round every text."""


class Lengths:
    """Lengths by an engine's `count`; a special token in a turn of ours counts as it is spelt."""

    def __init__(self, count: Callable[[str], int]) -> None:
        self._count = count
        self._count_turn = lru_cache(TURNS)(count)

    def __call__(self, prompt: Prompt) -> int:
        """The prompt's length."""
        return sum(map(self._of, prompt.pieces))

    def _of(self, piece: Piece) -> int:
        if isinstance(piece, Tokens):
            return len(piece.names)
        return self._count(piece.text) if isinstance(piece, Text) else self._count_turn(piece.text)
