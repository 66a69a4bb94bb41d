"""What a scheduler measures of itself: rates to foretell with, and counts for whoever watches."""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.protocol import Hypothesis
from models.scheduling.row import Row

HALF_LIFE = 60.0
"""Seconds of work after which what was measured counts half: machines slow down, and models change."""

SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
ROWS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)

Count = Literal[
    "answered",
    "abandoned",
    "shared",
    "refused",
    "late",
    "failed",
    "raised",
    "out_of_memory",
    "read",
    "recalled",
    "written",
]


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often a value was at most each bound; the last count is of what was above all. `total` is the values' sum."""

    bounds: tuple[float, ...]
    counts: tuple[int, ...]
    total: float = 0.0

    @classmethod
    def empty(cls, bounds: tuple[float, ...]) -> "Histogram":
        """One that has counted nothing."""
        return cls(bounds, (0,) * (len(bounds) + 1))

    def and_(self, value: float) -> "Histogram":
        """This one, with one more value."""
        at = bisect_left(self.bounds, value)
        counts = (*self.counts[:at], self.counts[at] + 1, *self.counts[at + 1 :])
        return Histogram(self.bounds, counts, self.total + value)


@dataclass(frozen=True, slots=True)
class Statistics:
    """A model's queue and what came of it since it was loaded. Rows are prompts; times are seconds."""

    waiting: int
    """Rows of interactive work that wait."""
    waiting_batch: int
    """Rows of batch work that wait."""
    running: int
    """Rows that are read or written now."""
    rate: float | None
    """Tokens of work a second: prompts and the most that may be written; None before anything was."""
    counts: dict[Count, int]
    """Rows `answered`, `abandoned` by all who asked, `shared` with a second caller, `refused` for a full queue, refused
    for being too `late`, and `failed`; times that the engine `raised`, and those of them `out_of_memory`; tokens `read`
    and `written`."""
    waits: Histogram
    """From arrival to an engine."""
    first_tokens: Histogram
    """From arrival to the first token."""
    batches: Histogram
    """Rows worked on at once."""


class Rate:
    """Work a second, of which the last minute counts most."""

    def __init__(self) -> None:
        self._work = 0.0
        self._seconds = 0.0

    def add(self, work: float, seconds: float) -> None:
        """So much was done in so long."""
        kept = 0.5 ** (seconds / HALF_LIFE)
        self._work = self._work * kept + work
        self._seconds = self._seconds * kept + seconds

    @property
    def value(self) -> float | None:
        """Work a second; None before any was done."""
        return self._work / self._seconds if self._work and self._seconds else None


class Tally:
    """The counts of one scheduler. Not safe to use from many threads: the scheduler's lock is held."""

    def __init__(self) -> None:
        self.counts: Counter[Count] = Counter()
        self.rate = Rate()  # of a worker
        self.pace = Rate()  # of a row beside the others
        self.waits = Histogram.empty(SECONDS)
        self.first_tokens = Histogram.empty(SECONDS)
        self.batches = Histogram.empty(ROWS)

    def taken(self, rows: Sequence[Row], running: int) -> None:
        """An engine takes rows, and works on so many now."""
        now = time.monotonic()
        for row in rows:
            self.waits = self.waits.and_(now - row.born)
        self.batches = self.batches.and_(running)

    def answered(self, row: Row, answer: Hypothesis) -> None:
        """A row has its answer."""
        self.counts["answered"] += 1
        self.counts["read"] += row.reads
        self.counts["recalled"] += answer.recalled
        self.counts["written"] += answer.tokens
        self.pace.add(row.cost, time.monotonic() - row.begun)
        if row.first_token is not None:
            self.first_tokens = self.first_tokens.and_(row.first_token - row.born)

    def statistics(self, waiting: int, waiting_batch: int, running: int) -> Statistics:
        """All of it as a value."""
        return Statistics(
            waiting,
            waiting_batch,
            running,
            self.rate.value,
            dict(self.counts),
            self.waits,
            self.first_tokens,
            self.batches,
        )
