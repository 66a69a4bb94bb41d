"""The scheduler: between callers' threads and an engine, a bounded queue and one worker for each copy of the engine.

Rows of different callers and tasks are run together; interactive work goes before batch work, and owners share fairly.
Whoever waits is the watchdog: a worker that says nothing for too long ends the scheduler for all.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from models.errors import Closed, EngineHung, GenerationFailed, ModelError
from models.protocol import Decoding, Engine, Hypothesis, OnToken, Prompt, Text
from models.scheduling.backlog import Backlog
from models.scheduling.call import Call
from models.scheduling.caller import current
from models.scheduling.drive import in_batches, in_steps, is_stepwise
from models.scheduling.lengths import Lengths
from models.scheduling.measures import Statistics
from models.scheduling.policy import beside, patience, share
from models.scheduling.row import Row
from models.scheduling.worker import MOST, Worker

log = logging.getLogger(__name__)

BROKEN = 3
"""Prompts that an engine fails on between two answers before it is not used any more."""

CLOSE = 5.0
"""Seconds that closing waits for workers to leave the engine: a step, usually."""

FRESH, PROBE = 30.0, 10.0
"""Seconds for which a sign of life is taken for one, and those that a new one is waited for."""

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many prompts may wait, and how many seconds a worker may say nothing.

    An engine that writes whole batches may say nothing for as long as its rows may take, beside.
    """

    queue: int = 1024
    hang: float = 300.0


class Scheduler:
    """One engine's queue and workers. Safe to use from many threads.

    `copies` is how many calls the engine takes at once; `on_failure` is called when it is not to be used any more.
    """

    def __init__(
        self,
        engine: Engine,
        limits: Limits,
        *,
        copies: int = 1,
        on_failure: Callable[[ModelError], None] = lambda _error: None,
    ) -> None:
        self.failure: ModelError | None = None
        self._engine = engine
        self._hang = limits.hang
        self._on_failure = on_failure
        self._length = Lengths(engine.count)
        self._changed = threading.Condition()
        self._backlog = Backlog(limits.queue)
        self._idle = 0
        self._failing: set[Prompt] = set()
        self._left = threading.Event()
        self._stepwise = is_stepwise(engine)
        drive = in_steps(engine) if is_stepwise(engine) else in_batches(engine)
        self._workers = [Worker(f"lede-worker-{number}", drive, self) for number in range(copies)]
        self._inside = len(self._workers)
        for worker in self._workers:
            worker.start()

    def generate(
        self,
        prompts: Sequence[Prompt],
        decoding: Decoding,
        on_token: OnToken | None = None,
        stop: Stop = lambda: False,
        *,
        deadline: float | None = None,
    ) -> list[Hypothesis]:
        """One hypothesis per prompt. `on_token` is called in this thread; `stop` is asked in any, between tokens.

        A stopped call returns what it heard. `deadline` is a time of `time.monotonic`. Raises QueueFull or TooLate at
        once, and GenerationFailed, EngineHung, OutOfMemory, PromptTooLong or Closed where a prompt has no answer.
        """
        call, caller = Call(len(prompts), on_token, stop), current()
        rows = [Row(prompt, decoding, caller, self._length(prompt)) for prompt in prompts]
        with self._changed:
            if self.failure:
                raise self.failure
            rows = self._backlog.enter(rows, call, deadline, self._busy(), len(self._workers))
            self._changed.notify_all()
        try:
            return call.answers(self._watch)
        finally:
            with self._changed:
                self._backlog.leave(call, rows)

    def statistics(self) -> Statistics:
        """What waits and runs now, and what was counted since the engine was loaded."""
        with self._changed:
            queue = self._backlog.queue
            batch = sum(row.caller.batch for row in queue)
            running = sum(len(worker.running) for worker in self._workers)
            return self._backlog.tally.statistics(len(queue) - batch, batch, running)

    def fail(self, error: ModelError) -> bool:
        """Tells all who wait, and all who come, that it is over; the workers leave the engine as soon as they can.

        Returns whether it was not over before.
        """
        with self._changed:
            if self.failure:
                return False
            self.failure = error
            for row in [*self._backlog.queue, *(row for worker in self._workers for row in worker.running)]:
                row.end(error)
            self._changed.notify_all()
            return True

    def alive(self) -> bool:
        """Whether the engine gave a sign of life of late, or writes a token now."""
        now = time.monotonic()
        if any(worker.running and now - worker.last_beat < FRESH for worker in self._workers):
            return self.failure is None
        with suppress(ModelError):
            probe = Prompt((Text("Lede."),))
            (found,) = self.generate([probe], Decoding(max_tokens=1), stop=lambda: time.monotonic() > now + PROBE)
            return found.tokens > 0
        return False

    @property
    def closed(self) -> bool:
        """Whether the engine's memory was given back."""
        return self._left.is_set()

    def close(self) -> None:
        """Ends it. The engine is closed when the workers have left it, which is waited for as long as a step takes."""
        self.fail(Closed("The model was unloaded."))
        if not self._left.wait(CLOSE):
            log.warning("an engine is still at work, and is closed when it comes back")

    # For its workers

    def take(self, worker: Worker) -> list[Row]:
        """Rows to run, waited for; none when the worker is to go."""
        with self._changed:
            self._idle += 1
            rows: list[Row] = []
            while not rows and not self.failure:
                self._changed.wait_for(lambda: self._waits(1))
                if not self._stepwise:
                    self._changed.wait_for(lambda: self._waits(MOST * self._idle), worker.pause)
                rows = [] if self.failure else self._taken(worker)
            self._idle -= 1
            return rows

    def more(self, worker: Worker) -> list[Row]:
        """Rows that can join those that run; not waited for."""
        with self._changed:
            return [] if self.failure else self._taken(worker)

    def ended(self, worker: Worker, row: Row, outcome: Hypothesis | ModelError | None) -> None:
        """A row is over; None where nobody wanted it any more."""
        with self._changed:
            if outcome is not None:
                row.end(outcome)
            self._backlog.over(row, outcome)
            now = time.monotonic()
            if isinstance(outcome, Hypothesis):
                self._backlog.tally.rate.add(row.cost, now - worker.since)
                worker.since = now
                self._failing.clear()
            elif isinstance(outcome, GenerationFailed):
                self._failing.add(row.prompt)
        if len(self._failing) >= BROKEN:
            self._break(GenerationFailed("The engine fails on all that it is given."))

    def raised(self, error: BaseException, *, memory: bool) -> None:
        """The engine raised, and its rows are run again apart."""
        log.error("an engine raised, and is asked again", exc_info=error)
        with self._changed:
            self._backlog.tally.counts["out_of_memory" if memory else "raised"] += 1

    def gone(self) -> None:
        """A worker has left the engine, which the last one closes."""
        with self._changed:
            self._inside -= 1
        self._break(GenerationFailed("A worker died."))  # unless it was told to go
        if not self._inside:
            try:
                self._engine.close()
            finally:
                self._left.set()

    # How it takes, and whether all is well

    def _taken(self, worker: Worker) -> list[Row]:
        rate, waiting = self._backlog.tally.rate.value, len(self._backlog.queue)
        space = beside(worker) if self._stepwise else share(worker, waiting, self._idle, rate)
        rows = self._backlog.queue.take(space)
        if rows:
            if not worker.running:
                worker.begin()
            worker.running += rows
            self._backlog.tally.taken(rows, len(worker.running))
        return rows

    def _waits(self, rows: int) -> bool:
        return self.failure is not None or len(self._backlog.queue) >= rows

    def _busy(self) -> float:
        """Tokens of work before a worker takes from the queue again."""
        if any(len(worker.running) < (worker.most if self._stepwise else 1) for worker in self._workers):
            return 0.0
        return min(worker.load for worker in self._workers) / 2

    def _watch(self) -> None:
        for worker in self._workers:
            silence = time.monotonic() - worker.last_beat
            # One that works in steps tells of each.
            beside = 0.0 if self._stepwise else patience(worker, self._backlog.tally.rate.value)
            if worker.running and silence > self._hang + beside:
                self._break(EngineHung(f"The engine has said nothing for {silence:.0f} s."))

    def _break(self, error: ModelError) -> None:
        if self.fail(error):
            log.error("an engine is given up: %s", error)
            self._on_failure(error)
