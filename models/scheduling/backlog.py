"""The backlog of a scheduler: admits and rejects rows, and shares rows that do the same work."""

import time
from collections.abc import Sequence

from models.errors import ModelError, QueueFull, TooLate
from models.protocol import Decoding, Hypothesis, Prompt
from models.scheduling.call import Call
from models.scheduling.measures import Tally
from models.scheduling.places import is_full
from models.scheduling.queue import FairQueue
from models.scheduling.row import Row

LATE_MARGIN = 1.5
"""A request is rejected if its expected time exceeds its deadline by this factor: the estimate is rough."""

MIN_RETRY_AFTER = 1.0
"""The minimum `Retry-After` in seconds, because the header has no fractions."""


class Backlog:
    """Rows that wait or run. Not thread-safe: the scheduler's lock is held. `limit` bounds the queue: see `is_full`."""

    def __init__(self, limit: int) -> None:
        self.queue = FairQueue()
        self.tally = Tally()
        self._limit = limit
        self._in_flight: dict[tuple[Prompt, Decoding], Row] = {}

    def admit(self, rows: Sequence[Row], call: Call, deadline: float | None, busy: float, workers: int) -> list[Row]:
        """Returns the rows that the call waits for: these, or rows in flight that do the same work.

        `busy` is the number of tokens to process before the queue is read again. Raises QueueFull or TooLate.
        """
        fresh = [row for row in rows if row.key not in self._in_flight or not self._in_flight[row.key].open]
        if fresh and is_full((row.flow.owner for row in self.queue), fresh[0].flow.owner, len(fresh), self._limit):
            self.tally.counts["refused"] += len(rows)
            half = sum(row.cost for row in self.queue) / 2
            raise QueueFull(
                f"The queue is full: {len(self.queue)} prompts are waiting.",
                max(self._wait(half, workers), MIN_RETRY_AFTER),
            )
        if fresh and deadline is not None:
            self._check(fresh, deadline, self._wait(busy + self.queue.ahead_of(fresh[0].flow), workers))
        return [self._place(row, call, index) for index, row in enumerate(rows)]

    def leave(self, call: Call, rows: Sequence[Row]) -> None:
        """Removes a call; rows that no other call waits for are dropped."""
        for row in reversed(dict.fromkeys(rows)):  # removal moves up all later rows: the last first moves the fewest
            row.leave(call)
            if not row.open and row in self.queue:
                self.queue.remove(row)
                self.finish(row, None)

    def finish(self, row: Row, outcome: Hypothesis | ModelError | None) -> None:
        """Counts the outcome of a row; None if no caller waited for it any more."""
        if self._in_flight.get(row.key) is row:
            del self._in_flight[row.key]
        if isinstance(outcome, Hypothesis):
            self.tally.count_answer(row, outcome)
        else:
            self.tally.counts["abandoned" if outcome is None else "failed"] += 1

    def _place(self, row: Row, call: Call, index: int) -> Row:
        shared = self._in_flight.get(row.key)
        if shared and shared.join(call, index):
            self.tally.counts["shared"] += 1
            if shared in self.queue:
                self.queue.promote(shared, row.flow)
            return shared
        row.join(call, index)
        self.queue.add(row)
        if not row.decoding.temperature:  # sampled rows are not shared
            self._in_flight[row.key] = row
        return row

    def _check(self, rows: Sequence[Row], deadline: float, wait: float) -> None:
        pace = self.tally.pace.value
        expected = wait + (max(row.cost for row in rows) / pace if pace else 0)
        remaining = deadline - time.monotonic()
        if expected > remaining * LATE_MARGIN:
            self.tally.counts["late"] += len(rows)
            message = f"The response is expected in {expected:.1f} s, but the deadline is in {max(remaining, 0):.1f} s."
            raise TooLate(message, max(wait, MIN_RETRY_AFTER))

    def _wait(self, tokens: float, workers: int) -> float:
        """Returns the expected seconds for this many tokens; 0 before anything was measured."""
        rate = self.tally.rate.value
        return tokens / (rate * workers) if rate else 0.0
