"""Progress of long operations."""

from typing import Literal, Protocol

Stage = Literal["fetch", "verify", "convert", "load"]


class Progress(Protocol):
    """Receives progress from the store. Methods may be called from any thread."""

    def advance(self, stage: Stage, done: int, total: int) -> None:
        """Reports `done` of `total` bytes (fetch, verify) or tensors (convert)."""

    def note(self, message: str) -> None:
        """Reports a message for the user: a licence, an unpinned model, a source that failed."""


class NoProgress:
    """Discards all progress."""

    def advance(self, stage: Stage, done: int, total: int) -> None:
        """Does nothing."""

    def note(self, message: str) -> None:
        """Does nothing."""
