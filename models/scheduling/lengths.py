"""The lengths of prompts in tokens, by which work is measured."""

from collections.abc import Callable
from functools import lru_cache

from models.protocol import Piece, Prompt, Text, Tokens

CACHED_MARKUP = 256
"""The number of markup pieces whose lengths are cached: a few templates recur in all prompts."""


class PromptLengths:
    """Prompt lengths by an engine's `count`. A special token in markup counts as its spelling does."""

    def __init__(self, count: Callable[[str], int]) -> None:
        self._count = count
        self._count_turn = lru_cache(CACHED_MARKUP)(count)

    def __call__(self, prompt: Prompt) -> int:
        """Returns the prompt's length in tokens."""
        return sum(map(self._of, prompt.pieces))

    def _of(self, piece: Piece) -> int:
        if isinstance(piece, Tokens):
            return len(piece.names)
        return self._count(piece.text) if isinstance(piece, Text) else self._count_turn(piece.text)
