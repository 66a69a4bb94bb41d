"""All the work that was taken in and is not done: who may add to it, and what is the same piece of work."""

import time
from collections.abc import Sequence

from models.errors import ModelError, QueueFull, TooLate
from models.protocol import Decoding, Hypothesis, Prompt
from models.scheduling.call import Call
from models.scheduling.measures import Tally
from models.scheduling.places import is_full
from models.scheduling.queue import FairQueue
from models.scheduling.row import Row

SURE = 1.5
"""How far beyond its deadline an answer must be expected to be refused at once: what is foretold is rough."""

LEAST_WAIT = 1.0
"""Seconds to try again after, at least: HTTP's header has no shorter time."""


class Backlog:
    """Not safe to use from many threads: the scheduler's lock is held. `limit` is how many rows may wait: `is_full`."""

    def __init__(self, limit: int) -> None:
        self.queue = FairQueue()
        self.tally = Tally()
        self._limit = limit
        self._in_flight: dict[tuple[Prompt, Decoding], Row] = {}

    def enter(self, rows: Sequence[Row], call: Call, deadline: float | None, busy: float, workers: int) -> list[Row]:
        """The rows that the call listens to: these, or those in flight that do the same work.

        `busy` is the tokens of work that must be done before any of the queue is taken. Raises QueueFull or TooLate.
        """
        fresh = [row for row in rows if row.key not in self._in_flight or not self._in_flight[row.key].open]
        if fresh and is_full((row.caller.owner for row in self.queue), fresh[0].caller.owner, len(fresh), self._limit):
            self.tally.counts["refused"] += len(rows)
            half = sum(row.cost for row in self.queue) / 2
            raise QueueFull(f"{len(self.queue)} prompts wait already.", max(self._wait(half, workers), LEAST_WAIT))
        if fresh and deadline is not None:
            self._check(fresh, deadline, self._wait(busy + self.queue.ahead_of(fresh[0].caller), workers))
        return [self._place(row, call, index) for index, row in enumerate(rows)]

    def leave(self, call: Call, rows: Sequence[Row]) -> None:
        """The call waits no longer: what nobody else waits for is dropped."""
        for row in reversed(dict.fromkeys(rows)):  # each moves those behind it up: the last first, and few move
            row.leave(call)
            if not row.open and row in self.queue:
                self.queue.remove(row)
                self.over(row, None)

    def over(self, row: Row, outcome: Hypothesis | ModelError | None) -> None:
        """Counts what came of a row; None where nobody wanted it any more."""
        if self._in_flight.get(row.key) is row:
            del self._in_flight[row.key]
        if isinstance(outcome, Hypothesis):
            self.tally.answered(row, outcome)
        else:
            self.tally.counts["abandoned" if outcome is None else "failed"] += 1

    def _place(self, row: Row, call: Call, index: int) -> Row:
        known = self._in_flight.get(row.key)
        if known and known.join(call, index):
            self.tally.counts["shared"] += 1
            if known in self.queue:
                self.queue.promote(known, row.caller)
            return known
        row.join(call, index)
        self.queue.add(row)
        if not row.decoding.temperature:  # what is drawn by lot is drawn for each
            self._in_flight[row.key] = row
        return row

    def _check(self, rows: Sequence[Row], deadline: float, wait: float) -> None:
        pace = self.tally.pace.value
        expected = wait + (max(row.cost for row in rows) / pace if pace else 0)
        left = deadline - time.monotonic()
        if expected > left * SURE:
            self.tally.counts["late"] += len(rows)
            told = f"The answer is expected in {expected:.1f} s, and the deadline is in {max(left, 0):.1f} s."
            raise TooLate(told, max(wait, LEAST_WAIT))

    def _wait(self, tokens: float, workers: int) -> float:
        """Seconds that so many tokens of work take; 0 before any was measured."""
        rate = self.tally.rate.value
        return tokens / (rate * workers) if rate else 0.0
