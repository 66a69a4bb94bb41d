"""A model's slot in the pool, with its load state."""

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal

from models.card import ModelCard
from models.model import Model

State = Literal["unloaded", "loading", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Status:
    """The status of one model as `GET /v1/models` reports it. Times are Unix timestamps in seconds, memory is in bytes.

    `failures` counts how often its engine was abandoned; `backend` is the engine, with its kernel or precision.
    """

    state: State
    memory: int = 0
    active_requests: int = 0
    last_used: float | None = None
    load_seconds: float | None = None
    error: str | None = None
    failures: int = 0
    backend: str | None = None


class Slot:
    """One card's slot in the pool. Modified only while the pool's lock is held."""

    def __init__(self, card: ModelCard) -> None:
        self.card = card
        self.loading: Future[Model] | None = None  # done once loaded; None if the model is not loaded or loading
        self.active_requests = 0
        self.last_used: float | None = None
        self.load_seconds: float | None = None
        self.error: Exception | None = None
        self.failures = 0

    @property
    def model(self) -> Model | None:
        """The model, once it is loaded."""
        return self.loading.result() if self.loading and self.loading.done() else None

    @property
    def memory(self) -> int:
        """The bytes that the model holds, or will hold once it is loaded."""
        if self.loading is None:
            return 0
        return self.model.memory if self.model else self.card.memory

    @property
    def state(self) -> State:
        """The load state."""
        if self.loading:
            return "ready" if self.loading.done() else "loading"
        return "failed" if self.error else "unloaded"

    @property
    def idle(self) -> bool:
        """Whether the model is loaded and not in use."""
        return self.model is not None and not self.active_requests

    def status(self) -> Status:
        """Returns a snapshot of the slot."""
        error = str(self.error) if self.error else None
        backend = self.model.backend if self.model else None
        return Status(
            self.state,
            self.memory,
            self.active_requests,
            self.last_used,
            self.load_seconds,
            error,
            self.failures,
            backend,
        )
