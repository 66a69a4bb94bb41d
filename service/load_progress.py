"""How far a model that is being set up has come: the latest word of the store, for whoever asks."""

from dataclasses import dataclass

from models.files.progress import NoProgress, Progress, Stage


@dataclass(frozen=True, slots=True)
class LoadStep:
    """`done` of `total` bytes (fetch, verify) or tensors (convert)."""

    stage: Stage
    done: int
    total: int


class LoadProgress:
    """Remembers the step that a model's set-up is at, and passes on all that it is told."""

    def __init__(self, teller: Progress | None = None) -> None:
        self._teller = teller or NoProgress()
        self._step: LoadStep | None = None

    @property
    def step(self) -> LoadStep | None:
        """The step under way; None when all that was begun is done."""
        return self._step if self._step and self._step.done < self._step.total else None

    def advance(self, stage: Stage, done: int, total: int) -> None:
        """As models.files.progress.Progress has it."""
        self._step = LoadStep(stage, done, total)
        self._teller.advance(stage, done, total)

    def note(self, message: str) -> None:
        """As models.files.progress.Progress has it."""
        self._teller.note(message)
