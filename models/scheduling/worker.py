"""The thread that runs one copy of an engine, and isolates the rows that make the engine fail."""

import time
from collections.abc import Sequence
from functools import partial
from threading import Thread
from typing import Protocol

from models.errors import GenerationFailed, ModelError, OutOfMemory
from models.protocol import Hypothesis
from models.scheduling.drive import Drive
from models.scheduling.row import Row

OUT_OF_MEMORY_MESSAGES = ("out of memory", "bad_alloc", "failed to allocate", "can't allocate")

MAX_ROWS = 32
"""Maximum rows running at once; on two cores, the bundled model gains nothing beyond it."""


GATHER_SHARE, MAX_GATHER = 0.01, 0.05
"""How long a worker waits to fill a batch, as a share of the last batch's time and at most in seconds: callers that
have just received a result often send the next request immediately."""


class WorkSource(Protocol):
    """Provides a worker's rows, and records their outcomes."""

    def take(self, worker: "ModelWorker") -> list[Row]:
        """Waits for rows to run; returns none when the worker must exit."""

    def take_more(self, worker: "ModelWorker") -> list[Row]:
        """Returns rows that can join the running ones, without waiting."""

    def row_ended(self, worker: "ModelWorker", row: Row, outcome: Hypothesis | ModelError | None) -> None:
        """Records the outcome of a row; None if no caller waited for it any more."""

    def engine_raised(self, error: BaseException, *, memory: bool) -> None:
        """Records an exception of the engine, whose rows are retried separately."""

    def worker_exited(self) -> None:
        """Records that the worker has left the engine."""


class ModelWorker:
    """Runs rows until its source has no more. `gather_seconds` is how long it waits for more rows to start a batch."""

    def __init__(self, name: str, drive: Drive, source: WorkSource) -> None:
        self.running: list[Row] = []
        self.last_beat = self.since = 0.0
        self.gather_seconds = 0.0
        self._max_rows = float(MAX_ROWS)
        self._drive = drive
        self._source = source
        self._isolating = False
        self._thread = Thread(target=self._run, name=name, daemon=True)

    @property
    def max_rows(self) -> int:
        """Maximum rows running at once: halved when memory runs out, then slowly increased again."""
        return int(self._max_rows)

    @property
    def pending_tokens(self) -> int:
        """Tokens of work in the running rows."""
        return sum(row.cost for row in list(self.running))

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def begin(self) -> None:
        """Marks the worker as busy. `since` is when uncounted work began; both times are of `time.monotonic`."""
        self.last_beat = self.since = time.monotonic()

    def beat(self) -> None:
        """Records a sign of life of the engine."""
        self.last_beat = time.monotonic()

    def more(self) -> Sequence[Row]:
        """Returns rows that can join the running ones; none while a failure is being isolated."""
        rows = [] if self._isolating else self._source.take_more(self)
        for row in rows:
            row.begin()
        return rows

    def end(self, row: Row, outcome: Hypothesis | ModelError | None) -> None:
        """Ends a row."""
        self.running.remove(row)
        self._max_rows = min(self._max_rows + 1 / self._max_rows, MAX_ROWS)
        self._source.row_ended(self, row, outcome)

    def _run(self) -> None:
        try:
            while rows := self._source.take(self):
                started = time.monotonic()
                self._work(rows)
                self.gather_seconds = min((time.monotonic() - started) * GATHER_SHARE, MAX_GATHER)
        finally:
            self._source.worker_exited()

    def _work(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        self.beat()
        for row in rows:
            row.begin()
        try:
            self._drive(rows, self)
        except BaseException as error:  # noqa: BLE001 - the other rows must continue
            unfinished = rows if self._isolating else self.running
            self._isolate_failure([row for row in unfinished if row in self.running], error)

    def _isolate_failure(self, rows: Sequence[Row], error: BaseException) -> None:
        """Fails the only row, or retries each half of the rows separately."""
        if not isinstance(error, ModelError):
            report = partial(self._source.engine_raised, error, memory=_is_memory(error))
            rows[0].context.run(report) if rows else report()
        if _is_memory(error):
            self._max_rows = max(len(rows) / 2, 1)
        if len(rows) < 2:  # noqa: PLR2004
            for row in rows:
                self.end(row, _as_model_error(error))
            return
        before, self._isolating = self._isolating, True
        for half in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
            self._work(self._drop_abandoned(half))
        self._isolating = before

    def _drop_abandoned(self, rows: Sequence[Row]) -> list[Row]:
        requested = [row for row in rows if row.has_listeners()]
        for row in rows:
            if row not in requested:
                self.end(row, None)
        return requested


def _is_memory(error: BaseException) -> bool:
    """Returns whether memory ran out: CTranslate2 and torch say so only in their messages."""
    return isinstance(error, MemoryError | OutOfMemory) or any(
        words in str(error).lower() for words in OUT_OF_MEMORY_MESSAGES
    )


def _as_model_error(error: BaseException) -> ModelError:
    if isinstance(error, ModelError):
        return error
    if _is_memory(error):
        return OutOfMemory("There is not enough memory to process this text.", "Send a shorter text.")
    failure = GenerationFailed("The engine failed on this text.")
    failure.__cause__ = error
    return failure
