"""Measurements of a scheduler: rates for its estimates, and counters for metrics."""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.protocol import Hypothesis
from models.scheduling.row import Row

HALF_LIFE = 60.0
"""Seconds of work after which a measurement's weight is halved: machines and models change."""

TIME_BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
ROW_BUCKETS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)

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
    """Counts of values up to each bound; the last count is of values above all bounds. `total` is the sum of values."""

    bounds: tuple[float, ...]
    counts: tuple[int, ...]
    total: float = 0.0

    @classmethod
    def empty(cls, bounds: tuple[float, ...]) -> "Histogram":
        """Returns a histogram without values."""
        return cls(bounds, (0,) * (len(bounds) + 1))

    def with_value(self, value: float) -> "Histogram":
        """Returns this histogram with one more value."""
        at = bisect_left(self.bounds, value)
        counts = (*self.counts[:at], self.counts[at] + 1, *self.counts[at + 1 :])
        return Histogram(self.bounds, counts, self.total + value)


@dataclass(frozen=True, slots=True)
class Statistics:
    """A model's queue, and its counters since it was loaded. Rows are prompts; times are in seconds."""

    waiting: int
    """Interactive rows in the queue."""
    waiting_batch: int
    """Batch rows in the queue."""
    running: int
    """Rows that are running."""
    rate: float | None
    """Tokens of work per second (prompt tokens and `max_tokens`); None before the first measurement."""
    counts: dict[Count, int]
    """Rows `answered`, `abandoned` by all callers, `shared` with a second caller, `refused` because the queue was full,
    rejected as `late`, and `failed`; exceptions `raised` by the engine, and those of them that were `out_of_memory`;
    tokens `read`, `recalled` from the prefix cache, and `written`."""
    waits: Histogram
    """From arrival to the start on an engine."""
    first_tokens: Histogram
    """From arrival to the first token."""
    batches: Histogram
    """Rows running at the same time."""


class Rate:
    """Work per second, weighted towards the last minute."""

    def __init__(self) -> None:
        self._work = 0.0
        self._seconds = 0.0

    def add(self, work: float, seconds: float) -> None:
        """Adds work done in this many seconds."""
        decay = 0.5 ** (seconds / HALF_LIFE)
        self._work = self._work * decay + work
        self._seconds = self._seconds * decay + seconds

    @property
    def value(self) -> float | None:
        """Work per second; None before the first measurement."""
        return self._work / self._seconds if self._work and self._seconds else None


class Tally:
    """The counters of one scheduler. Not thread-safe: the scheduler's lock is held."""

    def __init__(self) -> None:
        self.counts: Counter[Count] = Counter()
        self.rate = Rate()  # of a worker
        self.pace = Rate()  # of a row among others
        self.waits = Histogram.empty(TIME_BUCKETS)
        self.first_tokens = Histogram.empty(TIME_BUCKETS)
        self.batches = Histogram.empty(ROW_BUCKETS)

    def count_batch(self, rows: Sequence[Row], running: int) -> None:
        """Counts rows that start on an engine, where `running` rows now run."""
        now = time.monotonic()
        for row in rows:
            self.waits = self.waits.with_value(now - row.arrived)
        self.batches = self.batches.with_value(running)

    def count_answer(self, row: Row, answer: Hypothesis) -> None:
        """Counts a row with its hypothesis."""
        self.counts["answered"] += 1
        self.counts["read"] += row.prompt_tokens
        self.counts["recalled"] += answer.cached_tokens
        self.counts["written"] += answer.tokens
        self.pace.add(row.cost, time.monotonic() - row.started)
        if row.first_token is not None:
            self.first_tokens = self.first_tokens.with_value(row.first_token - row.arrived)

    def statistics(self, waiting: int, waiting_batch: int, running: int) -> Statistics:
        """Returns a snapshot."""
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
