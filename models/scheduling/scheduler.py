"""The scheduler between callers' threads and an engine: a bounded queue, and one worker per copy of the engine.

Rows of different callers and tasks run together; interactive work goes before batch work, and owners share fairly.
Waiting callers act as the watchdog: a worker that is silent for too long ends the scheduler.
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
from models.scheduling.caller import current_flow
from models.scheduling.drive import in_batches, in_steps, is_stepwise
from models.scheduling.lengths import PromptLengths
from models.scheduling.measures import Statistics
from models.scheduling.policy import allowed_silence, batch_space, joining_space
from models.scheduling.row import Row
from models.scheduling.worker import MAX_ROWS, ModelWorker

log = logging.getLogger(__name__)

MAX_FAILURES = 3
"""Prompts that may fail without a success in between before the engine is abandoned."""

CLOSE_TIMEOUT = 5.0
"""Seconds that closing waits for workers to leave the engine, usually after a step."""

HEARTBEAT_TIMEOUT, PROBE_TIMEOUT = 30.0, 10.0
"""Seconds that a sign of life remains valid, and seconds to wait for a new one."""

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class SchedulerLimits:
    """The maximum length of the queue in prompts, and the seconds that a worker may be silent.

    The expected time of the rows is added for engines that report only at the end of a batch.
    """

    queue: int = 1024
    hang: float = 300.0


class Scheduler:
    """The queue and workers of one engine. Thread-safe.

    `copies` is how many calls the engine runs concurrently; `on_failure` is called when the engine must be
    replaced.
    """

    def __init__(
        self,
        engine: Engine,
        limits: SchedulerLimits,
        *,
        copies: int = 1,
        on_failure: Callable[[ModelError], None] = lambda _error: None,
    ) -> None:
        self.failure: ModelError | None = None
        self._engine = engine
        self._hang = limits.hang
        self._on_failure = on_failure
        self._length = PromptLengths(engine.count)
        self._changed = threading.Condition()
        self._backlog = Backlog(limits.queue)
        self._idle = 0
        self._failing: set[Prompt] = set()
        self._engine_closed = threading.Event()
        self._stepwise = is_stepwise(engine)
        drive = in_steps(engine) if is_stepwise(engine) else in_batches(engine)
        self._workers = [ModelWorker(f"lede-worker-{number}", drive, self) for number in range(copies)]
        self._workers_inside = len(self._workers)
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
        """Returns one hypothesis per prompt. `on_token` is called in this thread; `stop` is polled, in any thread.

        A stopped call returns the text it has received. `deadline` is a time of `time.monotonic`. Raises
        QueueFull or TooLate immediately, and GenerationFailed, EngineHung, OutOfMemory, PromptTooLong or Closed
        when a prompt fails.
        """
        call, flow = Call(len(prompts), on_token, stop), current_flow()
        rows = [Row(prompt, decoding, flow, self._length(prompt)) for prompt in prompts]
        with self._changed:
            if self.failure:
                raise self.failure
            rows = self._backlog.admit(rows, call, deadline, self._tokens_before_next_take(), len(self._workers))
            self._changed.notify_all()
        try:
            return call.wait(self._watch)
        finally:
            with self._changed:
                self._backlog.leave(call, rows)

    def statistics(self) -> Statistics:
        """Returns the queue lengths now, and the counters since the engine was loaded."""
        with self._changed:
            queue = self._backlog.queue
            batch = sum(row.flow.batch for row in queue)
            running = sum(len(worker.running) for worker in self._workers)
            return self._backlog.tally.statistics(len(queue) - batch, batch, running)

    def fail(self, error: ModelError) -> bool:
        """Fails all current and future calls with an error; the workers leave the engine as soon as they can.

        Returns False if it had failed already.
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
        """Returns whether the engine gave a recent sign of life, or generates a token now."""
        now = time.monotonic()
        if any(worker.running and now - worker.last_beat < HEARTBEAT_TIMEOUT for worker in self._workers):
            return self.failure is None
        with suppress(ModelError):
            probe = Prompt((Text("Lede."),))
            (hypothesis,) = self.generate(
                [probe], Decoding(max_tokens=1), stop=lambda: time.monotonic() > now + PROBE_TIMEOUT
            )
            return hypothesis.tokens > 0
        return False

    @property
    def closed(self) -> bool:
        """Whether the engine is closed."""
        return self._engine_closed.is_set()

    def close(self) -> None:
        """Fails all calls and closes the engine. Waits at most CLOSE_TIMEOUT for the workers to leave it."""
        self.fail(Closed("The model was unloaded."))
        if not self._engine_closed.wait(CLOSE_TIMEOUT):
            log.warning("an engine is still busy; it is closed when its current step ends")

    # WorkSource

    def take(self, worker: ModelWorker) -> list[Row]:
        """Waits for rows to run; returns none when the worker must exit."""
        with self._changed:
            self._idle += 1
            rows: list[Row] = []
            while not rows and not self.failure:
                self._changed.wait_for(lambda: self._has_rows(1))
                if not self._stepwise:
                    self._changed.wait_for(lambda: self._has_rows(MAX_ROWS * self._idle), worker.gather_seconds)
                rows = [] if self.failure else self._take_rows(worker)
            self._idle -= 1
            return rows

    def take_more(self, worker: ModelWorker) -> list[Row]:
        """Returns rows that can join the running ones, without waiting."""
        with self._changed:
            return [] if self.failure else self._take_rows(worker)

    def row_ended(self, worker: ModelWorker, row: Row, outcome: Hypothesis | ModelError | None) -> None:
        """Records the outcome of a row; None if no caller waited for it any more."""
        with self._changed:
            if outcome is not None:
                row.end(outcome)
            self._backlog.finish(row, outcome)
            now = time.monotonic()
            if isinstance(outcome, Hypothesis):
                self._backlog.tally.rate.add(row.cost, now - worker.since)
                worker.since = now
                self._failing.clear()
            elif isinstance(outcome, GenerationFailed):
                self._failing.add(row.prompt)
        if len(self._failing) >= MAX_FAILURES:
            self._give_up(GenerationFailed("The engine fails on every prompt."))

    def engine_raised(self, error: BaseException, *, memory: bool) -> None:
        """Records an exception of the engine, whose rows are retried separately."""
        log.error("an engine raised an exception; its rows are retried", exc_info=error)
        with self._changed:
            self._backlog.tally.counts["out_of_memory" if memory else "raised"] += 1

    def worker_exited(self) -> None:
        """Records that a worker has left the engine; the last one closes it."""
        with self._changed:
            self._workers_inside -= 1
        self._give_up(GenerationFailed("A worker died."))  # no effect after `close`
        if not self._workers_inside:
            try:
                self._engine.close()
            finally:
                self._engine_closed.set()

    def _take_rows(self, worker: ModelWorker) -> list[Row]:
        rate, waiting = self._backlog.tally.rate.value, len(self._backlog.queue)
        space = joining_space(worker) if self._stepwise else batch_space(worker, waiting, self._idle, rate)
        rows = self._backlog.queue.take(space)
        if rows:
            if not worker.running:
                worker.begin()
            worker.running += rows
            self._backlog.tally.count_batch(rows, len(worker.running))
        return rows

    def _has_rows(self, rows: int) -> bool:
        return self.failure is not None or len(self._backlog.queue) >= rows

    def _tokens_before_next_take(self) -> float:
        """Returns the tokens of work before a worker reads the queue again."""
        if any(len(worker.running) < (worker.max_rows if self._stepwise else 1) for worker in self._workers):
            return 0.0
        return min(worker.pending_tokens for worker in self._workers) / 2

    def _watch(self) -> None:
        for worker in self._workers:
            silence = time.monotonic() - worker.last_beat
            # A stepwise engine reports each step.
            expected = 0.0 if self._stepwise else allowed_silence(worker, self._backlog.tally.rate.value)
            if worker.running and silence > self._hang + expected:
                self._give_up(EngineHung(f"The engine has not responded for {silence:.0f} s."))

    def _give_up(self, error: ModelError) -> None:
        if self.fail(error):
            log.error("an engine is abandoned: %s", error)
            self._on_failure(error)
