"""How long work tells how far it has come."""

from typing import Literal, Protocol

Stage = Literal["fetch", "verify", "convert", "load"]


class Progress(Protocol):
    """Told by the store what it does. Calls come from any thread."""

    def advance(self, stage: Stage, done: int, total: int) -> None:
        """`done` of `total` bytes (fetch, verify) or tensors (convert)."""

    def note(self, message: str) -> None:
        """Something the user should know: a licence, bytes that are not pinned, a source that failed."""


class Silent:
    """Tells nobody."""

    def advance(self, stage: Stage, done: int, total: int) -> None:
        """Nothing."""

    def note(self, message: str) -> None:
        """Nothing."""
