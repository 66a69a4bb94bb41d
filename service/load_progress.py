"""The progress of a model that is being fetched, converted or loaded, for the status endpoints."""

from dataclasses import dataclass

from models.files.progress import NoProgress, Progress, Stage


@dataclass(frozen=True, slots=True)
class LoadStep:
    """`done` of `total`, in bytes (fetch, verify) or tensors (convert)."""

    stage: Stage
    done: int
    total: int


class LoadProgress:
    """Remembers the current step, and passes all reports on to another Progress."""

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress or NoProgress()
        self._step: LoadStep | None = None

    @property
    def step(self) -> LoadStep | None:
        """The step under way; None if the last one is complete."""
        return self._step if self._step and self._step.done < self._step.total else None

    def advance(self, stage: Stage, done: int, total: int) -> None:
        """See models.files.progress.Progress."""
        self._step = LoadStep(stage, done, total)
        self._progress.advance(stage, done, total)

    def note(self, message: str) -> None:
        """See models.files.progress.Progress."""
        self._progress.note(message)
