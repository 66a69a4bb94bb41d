"""The thread that feeds one copy of an engine, and what it does when the engine fails."""

import time
from collections.abc import Sequence
from functools import partial
from threading import Thread
from typing import Protocol

from models.errors import GenerationFailed, ModelError, OutOfMemory
from models.protocol import Hypothesis
from models.scheduling.drive import Drive
from models.scheduling.row import Row

NO_MEMORY = ("out of memory", "bad_alloc", "failed to allocate", "can't allocate")

MOST = 32
"""Rows that are run at once; on two cores the bundled model gains nothing beyond."""


GATHER, LONGEST_GATHER = 0.01, 0.05
"""Part of the last batch's time, and most seconds, that a worker waits so: whose answers it gave will ask again."""


class Source(Protocol):
    """Where a worker's rows come from, and who is told what came of them."""

    def take(self, worker: "Worker") -> list[Row]:
        """Rows to run, waited for; none when the worker is to go."""

    def more(self, worker: "Worker") -> list[Row]:
        """Rows that can join those that run; not waited for."""

    def ended(self, worker: "Worker", row: Row, outcome: Hypothesis | ModelError | None) -> None:
        """A row is over; None where nobody wanted it any more."""

    def raised(self, error: BaseException, *, memory: bool) -> None:
        """The engine raised, and its rows are run again apart."""

    def gone(self) -> None:
        """A worker has left the engine."""


class Worker:
    """Runs rows until its source has no more. `pause` is how long it waits for more rows to begin a batch with."""

    def __init__(self, name: str, drive: Drive, source: Source) -> None:
        self.running: list[Row] = []
        self.last_beat = self.since = 0.0
        self.pause = 0.0
        self._most = float(MOST)
        self._drive = drive
        self._source = source
        self._apart = False
        self._thread = Thread(target=self._run, name=name, daemon=True)

    @property
    def most(self) -> int:
        """Rows to run at once: half of those that memory did not hold, and slowly more again."""
        return int(self._most)

    @property
    def load(self) -> int:
        """Tokens of work that it runs."""
        return sum(row.cost for row in list(self.running))

    def start(self) -> None:
        """Begins to take rows."""
        self._thread.start()

    def begin(self) -> None:
        """It has rows again. `since` is from when on its work is not counted yet, as `last_beat` a monotonic time."""
        self.last_beat = self.since = time.monotonic()

    def beat(self) -> None:
        """The engine is alive."""
        self.last_beat = time.monotonic()

    def more(self) -> Sequence[Row]:
        """Rows that can join those that run: none while it is found out which of them makes the engine fail."""
        rows = [] if self._apart else self._source.more(self)
        for row in rows:
            row.begin()
        return rows

    def end(self, row: Row, outcome: Hypothesis | ModelError | None) -> None:
        """A row is over."""
        self.running.remove(row)
        self._most = min(self._most + 1 / self._most, MOST)
        self._source.ended(self, row, outcome)

    def _run(self) -> None:
        try:
            while rows := self._source.take(self):
                begun = time.monotonic()
                self._work(rows)
                self.pause = min((time.monotonic() - begun) * GATHER, LONGEST_GATHER)
        finally:
            self._source.gone()

    def _work(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        self.beat()
        for row in rows:
            row.begin()
        try:
            self._drive(rows, self)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the others' work goes on
            left = rows if self._apart else self.running
            self._mend([row for row in left if row in self.running], error)

    def _mend(self, rows: Sequence[Row], error: BaseException) -> None:
        """Fails the row that the error is about; of several, each half is run again, apart."""
        if not isinstance(error, ModelError):
            told = partial(self._source.raised, error, memory=_is_memory(error))
            rows[0].context.run(told) if rows else told()
        if _is_memory(error):
            self._most = max(len(rows) / 2, 1)
        if len(rows) < 2:  # noqa: PLR2004
            for row in rows:
                self.end(row, _told(error))
            return
        before, self._apart = self._apart, True
        for half in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
            self._work(self._wanted(half))
        self._apart = before

    def _wanted(self, rows: Sequence[Row]) -> list[Row]:
        wanted = [row for row in rows if row.wanted()]
        for row in rows:
            if row not in wanted:
                self.end(row, None)
        return wanted


def _is_memory(error: BaseException) -> bool:
    """Whether memory ran out: CTranslate2 and torch say so in words alone."""
    return isinstance(error, MemoryError | OutOfMemory) or any(words in str(error).lower() for words in NO_MEMORY)


def _told(error: BaseException) -> ModelError:
    if isinstance(error, ModelError):
        return error
    if _is_memory(error):
        return OutOfMemory("Memory does not hold the work on this text.", "Send less text at once.")
    failure = GenerationFailed("The engine failed on this text.")
    failure.__cause__ = error
    return failure
