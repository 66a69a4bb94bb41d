"""A model's place in the pool: whether it is loaded, is about to be, or was not to be had."""

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal

from models.card import ModelCard
from models.model import Model

State = Literal["unloaded", "loading", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Status:
    """One model as `GET /v1/models` shows it. Times are seconds since the epoch, memory is bytes.

    `failures` counts the times that its engine was given up; `way` is how a loaded one computes.
    """

    state: State
    memory: int = 0
    users: int = 0
    last_use: float | None = None
    load_seconds: float | None = None
    error: str | None = None
    failures: int = 0
    way: str | None = None


class Slot:
    """One card's place in the pool. Changed under the pool's lock only."""

    def __init__(self, card: ModelCard) -> None:
        self.card = card
        self.loading: Future[Model] | None = None  # done once loaded; None when there is no model, nor one coming
        self.users = 0
        self.last_use: float | None = None
        self.load_seconds: float | None = None
        self.error: Exception | None = None
        self.failures = 0

    @property
    def model(self) -> Model | None:
        """The model, once it is loaded."""
        return self.loading.result() if self.loading and self.loading.done() else None

    @property
    def memory(self) -> int:
        """Bytes held, or about to be."""
        if self.loading is None:
            return 0
        return self.model.memory if self.model else self.card.memory

    @property
    def state(self) -> State:
        """How far it is."""
        if self.loading:
            return "ready" if self.loading.done() else "loading"
        return "failed" if self.error else "unloaded"

    @property
    def idle(self) -> bool:
        """Whether it is loaded, and nobody uses it."""
        return self.model is not None and not self.users

    def status(self) -> Status:
        """All of it as a value."""
        error = str(self.error) if self.error else None
        way = self.model.way if self.model else None
        return Status(self.state, self.memory, self.users, self.last_use, self.load_seconds, error, self.failures, way)
