"""The scheduler: concurrent callers of one engine, and what each of them gets on failures."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pytest

from models.errors import (
    Closed,
    EngineHung,
    GenerationFailed,
    ModelError,
    OutOfMemory,
    PromptTooLong,
    QueueFull,
    TooLate,
)
from models.protocol import Decoding, Engine, Hypothesis, OnToken
from models.scheduling.caller import Flow, use_flow
from models.scheduling.scheduler import Scheduler, SchedulerLimits
from models.scheduling.worker import MAX_ROWS
from tests.models.scheduling.scripted import POISON, TIMEOUT, Batches, Gate, Steps, prompt

GREEDY = Decoding(max_tokens=64)
BLOCKER = "blocker"
"""The text that keeps an engine busy while a test fills the queue behind it."""


class Callers:
    """Callers in separate threads, and a gate that keeps the engine busy."""

    def __init__(self, engine: Any, limits: SchedulerLimits | None = None, **options: Any) -> None:
        self.gate = Gate()
        self.engine = engine
        also = engine.before
        engine.before = lambda texts: self.gate.wait() if BLOCKER in texts else also(texts)
        self.failures: list[ModelError] = []
        self.scheduler = Scheduler(engine, limits or SchedulerLimits(), on_failure=self.failures.append, **options)
        self.threads = ThreadPoolExecutor(80)

    def submit(self, *texts: str, flow: Flow | None = None, decoding: Decoding = GREEDY, **options: Any) -> Future[Any]:
        def work() -> list[Hypothesis]:
            with use_flow(flow or Flow()):
                return self.scheduler.generate([prompt(text) for text in texts], decoding, **options)

        before = self.rows_seen
        future = self.threads.submit(work)
        until(lambda: self.rows_seen > before or future.done())
        return future

    @property
    def rows_seen(self) -> int:
        """Rows that the scheduler has received in total."""
        now = self.scheduler.statistics()
        counts = dict(now.counts)
        seen = sum(counts.get(name, 0) for name in ("answered", "abandoned", "failed", "shared", "refused", "late"))
        return seen + now.waiting + now.waiting_batch + now.running

    def block(self) -> "Future[Any]":
        """Occupies the engine until the gate is opened."""
        future = self.submit(BLOCKER)
        assert self.gate.reached.wait(TIMEOUT)
        return future


@contextmanager
def callers_of(engine: Engine, limits: SchedulerLimits | None = None, **options: Any) -> Iterator[Callers]:
    callers = Callers(engine, limits, **options)
    try:
        yield callers
    finally:
        callers.gate.open()
        callers.scheduler.close()
        callers.threads.shutdown()


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < end, "timed out"
        time.sleep(0.001)


def texts(future: "Future[Any]") -> list[str]:
    return [answer.text for answer in future.result(TIMEOUT)]


def appending(texts_received: list[str]) -> OnToken:
    def append(_index: int, text: str) -> bool:
        texts_received.append(text)
        return False

    return append


# Batches


def test_prompts_of_different_callers_share_a_batch() -> None:
    engine = Batches()
    with callers_of(engine) as callers:
        blocker = callers.block()
        futures = [callers.submit("a one", "a two"), callers.submit("b one"), callers.submit("c one")]
        callers.gate.open()
        assert [texts(future) for future in futures] == [["a one", "a two"], ["b one"], ["c one"]]
        assert texts(blocker) == [BLOCKER]
    assert [sorted(batch) for batch in engine.batches] == [[BLOCKER], ["a one", "a two", "b one", "c one"]]


def test_each_row_has_its_own_limit_in_a_batch() -> None:
    engine = Batches()
    with callers_of(engine) as callers:
        callers.block()
        short = callers.submit("a b c d", decoding=GREEDY.replace(max_tokens=2))
        whole = callers.submit("e f g h", decoding=GREEDY.replace(max_tokens=9))
        callers.gate.open()
        assert [(a.text, a.tokens, a.finish) for a in short.result(TIMEOUT)] == [("a b", 2, "length")]
        assert [(a.text, a.tokens, a.finish) for a in whole.result(TIMEOUT)] == [("e f g h", 4, "end")]
    assert len(engine.batches) == 2


def test_only_rows_with_the_same_search_share_a_batch() -> None:
    engine = Batches()
    with callers_of(engine) as callers:
        callers.block()
        futures = [callers.submit(f"{beams}", decoding=GREEDY.replace(beam_size=beams)) for beams in (1, 2, 1, 2)]
        more = callers.submit("sampled", decoding=GREEDY.replace(temperature=0.5))
        callers.gate.open()
        assert [texts(future) for future in [*futures, more]] == [["1"], ["2"], ["1"], ["2"], ["sampled"]]
    assert sorted(engine.batches[1:]) == [["1"], ["2"], ["sampled"]]
    assert {search.beam_size for search in engine.searches[1:]} == {1, 2}


def test_copies_of_an_engine_share_the_queue() -> None:
    both = threading.Barrier(2)
    engine = Batches()
    with callers_of(engine, copies=2) as callers:
        engine.before = lambda _texts: both.wait(TIMEOUT)
        assert sorted(texts(callers.submit("a", "b", "c", "d"))) == ["a", "b", "c", "d"]
    assert sorted(len(batch) for batch in engine.batches) == [2, 2]


def test_interactive_work_precedes_batch_work_in_a_separate_batch() -> None:
    engine = Batches()
    with callers_of(engine) as callers:
        callers.block()
        later = [callers.submit(f"later {n}", flow=Flow("x", batch=True)) for n in range(3)]
        soon = [callers.submit(f"soon {n}", flow=Flow("y")) for n in range(3)]
        callers.gate.open()
        for future in [*later, *soon]:
            future.result(TIMEOUT)
    assert [{text.split()[0] for text in batch} for batch in engine.batches] == [{BLOCKER}, {"soon"}, {"later"}]


# Callbacks and stops


def test_callbacks_run_in_the_callers_thread_and_may_raise() -> None:
    engine = Batches()
    texts_received: list[tuple[int, str]] = []

    def listen(_index: int, text: str) -> bool:
        texts_received.append((threading.get_ident(), text))
        return False

    def fall(_index: int, _text: str) -> bool:
        raise ZeroDivisionError

    with callers_of(engine) as callers:
        callers.block()
        falling, other = callers.submit("x y z", on_token=fall), callers.submit("a b")
        callers.gate.open()
        with pytest.raises(ZeroDivisionError):
            falling.result(TIMEOUT)
        assert texts(other) == ["a b"]
        callers.scheduler.generate([prompt("one two")], GREEDY, listen)
    assert texts_received == [(threading.get_ident(), "one"), (threading.get_ident(), " two")]


def test_one_prompt_of_a_call_can_be_stopped() -> None:
    with callers_of(Batches()) as callers:
        answers = callers.scheduler.generate(
            [prompt("a b c"), prompt("d e f")], GREEDY, lambda index, text: index == 0 and text == " b"
        )
    assert [(answer.text, answer.finish) for answer in answers] == [("a b", "stopped"), ("d e f", "end")]


def test_a_caller_that_leaves_frees_its_place_in_the_queue() -> None:
    engine, left = Batches(), threading.Event()
    with callers_of(engine, SchedulerLimits(queue=1)) as callers:
        blocker = callers.block()
        leaving = callers.submit("never", stop=left.is_set)
        left.set()
        assert [answer.finish for answer in leaving.result(TIMEOUT)] == ["stopped"]
        assert callers.scheduler.statistics().waiting == 0
        staying = callers.submit("stays")
        callers.gate.open()
        assert (texts(blocker), texts(staying)) == ([BLOCKER], ["stays"])
    assert engine.batches == [[BLOCKER], ["stays"]]
    assert callers.scheduler.statistics().counts["abandoned"] == 1


@pytest.mark.parametrize("kind", [Batches, Steps])
def test_a_caller_that_leaves_frees_the_engine_within_a_step(kind: Any) -> None:
    words, left = "word " * 60, threading.Event()
    engine = kind()
    steps = 0

    def stop() -> bool:
        nonlocal steps
        steps += threading.current_thread().name.startswith("lede-worker")
        if steps == 3:
            left.set()
        return left.is_set()

    with callers_of(engine) as callers:
        callers.submit(words, stop=stop).result(TIMEOUT)
        assert texts(callers.submit("next")) == ["next"]
        until(lambda: callers.scheduler.statistics().running == 0)
    assert steps <= 4
    assert callers.scheduler.statistics().counts["abandoned"] == 1


# Shared rows


def test_identical_prompts_in_flight_are_shared() -> None:
    engine = Batches()
    with callers_of(engine) as callers:
        callers.block()
        futures = [callers.submit("the same", "another") for _ in range(3)] + [callers.submit("the same", "the same")]
        callers.gate.open()
        assert [texts(future) for future in futures] == [["the same", "another"]] * 3 + [["the same", "the same"]]
        assert [sorted(batch) for batch in engine.batches] == [[BLOCKER], ["another", "the same"]]
        assert callers.scheduler.statistics().counts["shared"] == 6
        assert texts(callers.submit("the same")) == ["the same"]  # nothing is kept: that is for caches
        assert engine.batches[2] == ["the same"]


def test_rows_with_other_options_or_sampling_are_not_shared() -> None:
    engine = Batches()
    sampled = GREEDY.replace(temperature=1.0)
    with callers_of(engine) as callers:
        callers.block()
        futures = [callers.submit("text", decoding=d) for d in (GREEDY, GREEDY.replace(max_tokens=9), sampled, sampled)]
        callers.gate.open()
        assert [texts(future) for future in futures] == [["text"]] * 4
    assert sorted(engine.batches) == [[BLOCKER], ["text", "text"], ["text", "text"]]


def test_a_late_listener_receives_all_text_and_may_outlive_the_first() -> None:
    gate, left = Gate(), threading.Event()
    engine = Steps(lambda _texts: gate.wait() if len(engine.steps) == 3 else None)
    texts_received: list[str] = []
    with callers_of(engine) as callers:
        first = callers.submit("a b c d", stop=left.is_set)
        assert gate.reached.wait(TIMEOUT)
        second = callers.submit("a b c d", on_token=appending(texts_received))
        left.set()
        first.result(TIMEOUT)
        gate.open()
        assert texts(second) == ["a b c d"]
    assert texts_received == ["a b", " c", " d"]
    assert len(engine.steps) == 4


def test_batch_work_is_promoted_for_an_interactive_caller() -> None:
    engine = Batches()
    with callers_of(engine) as callers:
        callers.block()
        batch = [callers.submit(f"b {n}", flow=Flow("x", batch=True)) for n in range(3)]
        soon = callers.submit("b 2", flow=Flow("y"))
        callers.gate.open()
        assert texts(soon) == texts(batch[2]) == ["b 2"]
        batch[0].result(TIMEOUT)
    assert engine.batches[:2] == [[BLOCKER], ["b 2"]]


# Rejections


def test_a_full_queue_rejects_with_retry_after() -> None:
    engine = Batches()
    with callers_of(engine, SchedulerLimits(queue=3)) as callers:
        callers.scheduler._backlog.tally.rate.add(10, 1)
        callers.block()
        waiting = [callers.submit(text) for text in ("a", "b", "c")]
        with pytest.raises(QueueFull, match="3 prompts are waiting") as refusal:
            callers.scheduler.generate([prompt("d")], GREEDY)
        # Each row has one prompt token and up to 64 output tokens; the estimate is for half of them.
        assert refusal.value.retry_after == pytest.approx(3 * 65 / 2 / 10)
        assert refusal.value.hint
        shared = callers.submit("a")  # no work of its own
        callers.gate.open()
        assert [texts(future) for future in [*waiting, shared]] == [["a"], ["b"], ["c"], ["a"]]
        assert texts(callers.submit(*"pqrst")) == [*"pqrst"]  # exceeds the limit, but the queue is empty
        assert callers.scheduler.statistics().counts["refused"] == 1


def test_an_owner_that_fills_the_queue_leaves_room_for_others() -> None:
    with callers_of(Batches(), SchedulerLimits(queue=4)) as callers:
        callers.block()
        futures = [callers.submit(f"{n}", flow=Flow("a")) for n in range(4)]
        futures += [callers.submit(f"{n}", flow=Flow("b")) for n in "xy"]
        for owner in "ab":
            with pytest.raises(QueueFull):
                callers.submit("more", flow=Flow(owner)).result(TIMEOUT)
        callers.gate.open()
        assert [texts(future) for future in futures] == [["0"], ["1"], ["2"], ["3"], ["x"], ["y"]]


def test_a_deadline_that_cannot_be_met_is_rejected_immediately() -> None:
    engine = Batches()
    with callers_of(engine) as callers:
        soon = time.monotonic() + 1
        callers.scheduler.generate([prompt("unmeasured")], GREEDY, deadline=time.monotonic() + 100)
        tally = callers.scheduler._backlog.tally
        tally.rate.add(1e6, 1e5)
        tally.pace.add(1e6, 1e5)
        with pytest.raises(TooLate, match="expected in") as refusal:
            callers.scheduler.generate([prompt("a")], GREEDY, deadline=soon)
        assert refusal.value.retry_after >= 1
        assert texts(callers.submit("a", deadline=time.monotonic() + 100)) == ["a"]
        callers.block()
        callers.submit("b" * 5, *"cdefg")
        with pytest.raises(TooLate):  # rows ahead in the queue count, too
            callers.scheduler.generate([prompt("h")], GREEDY, deadline=time.monotonic() + 10)
        assert callers.scheduler.statistics().counts["late"] == 2
    assert ["unmeasured"] in engine.batches


# Engine failures


def poisoned(texts: list[str]) -> None:
    if POISON in texts:
        raise RuntimeError("a kernel failed")


@pytest.mark.parametrize("kind", [Batches, Steps])
def test_an_engine_that_raises_fails_only_the_row_it_raised_on(kind: Any) -> None:
    engine = kind(poisoned)
    with callers_of(engine) as callers:
        callers.block()
        good = [callers.submit(f"good {n}") for n in range(6)]
        bad = callers.submit(POISON)
        callers.gate.open()
        assert [texts(future) for future in good] == [[f"good {n}"] for n in range(6)]
        with pytest.raises(GenerationFailed, match="failed on this text") as failure:
            bad.result(TIMEOUT)
        assert isinstance(failure.value.__cause__, RuntimeError)
        assert texts(callers.submit("after")) == ["after"]
        counts = callers.scheduler.statistics().counts
        assert (counts["failed"], counts["answered"]) == (1, 8)
        assert counts["raised"] >= 2
        assert callers.failures == []


@pytest.mark.parametrize("kind", [Batches, Steps])
def test_a_retried_row_streams_no_text_twice(kind: Any) -> None:
    engine = kind()
    rounds = 0

    def fall_once(_index: int = 0, _text: str = "") -> bool:
        nonlocal rounds
        rounds += 1
        if rounds == 5 and threading.current_thread().name.startswith("lede-worker"):
            raise RuntimeError("a kernel failed")
        return False

    texts_received: list[list[str]] = [[], []]
    with callers_of(engine) as callers:
        callers.block()
        # The worker calls `stop` of each row at each token, and fails there, in the middle of both rows.
        one = callers.submit("a b c d", on_token=appending(texts_received[0]), stop=fall_once)
        two = callers.submit("e f g h", on_token=appending(texts_received[1]))
        rounds = 0
        callers.gate.open()
        assert (texts(one), texts(two)) == (["a b c d"], ["e f g h"])
    assert ["".join(pieces) for pieces in texts_received] == ["a b c d", "e f g h"]


@pytest.mark.parametrize("kind", [Batches, Steps])
def test_a_too_long_prompt_fails_only_its_caller(kind: Any) -> None:
    def measure(texts: list[str]) -> None:
        if "too long" in texts:
            raise PromptTooLong("It is too long.")

    with callers_of(kind(measure)) as callers:
        callers.block()
        futures = [callers.submit(text) for text in ("a", "too long", "b", "c")]
        callers.gate.open()
        assert [texts(futures[n]) for n in (0, 2, 3)] == [["a"], ["b"], ["c"]]
        with pytest.raises(PromptTooLong):
            futures[1].result(TIMEOUT)
        assert "raised" not in callers.scheduler.statistics().counts


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("CUDA failed with error out of memory")])
def test_a_batch_that_exceeds_memory_is_halved(error: Exception) -> None:
    def measure(texts: list[str]) -> None:
        if len(texts) > 4:
            raise error

    engine = Batches(measure)
    names = [f"row {n}" for n in range(16)]
    with callers_of(engine) as callers:
        callers.block()
        futures = callers.submit(*names)
        callers.gate.open()
        assert texts(futures) == names
        assert [len(batch) for batch in engine.batches] == [1, 16, 8, 4, 4, 8, 4, 4]
        assert callers.scheduler.statistics().counts["out_of_memory"] == 3
        assert 4 <= callers.scheduler._workers[0].max_rows < 8  # and slowly increasing from then on
        engine.batches.clear()
        callers.submit(*names).result(TIMEOUT)
        assert len(engine.batches[0]) < 8


def test_steps_that_exceed_memory_are_split() -> None:
    def measure(texts: list[str]) -> None:
        if len(texts) > 2:
            raise MemoryError

    engine = Steps(measure)
    with callers_of(engine) as callers:
        callers.block()
        futures = [callers.submit(f"row {n}") for n in range(4)]
        callers.gate.open()
        assert [texts(future) for future in futures] == [[f"row {n}"] for n in range(4)]
        counts = callers.scheduler.statistics().counts
        assert (counts["answered"], counts["out_of_memory"]) == (5, 1)
        assert "failed" not in counts
        assert callers.scheduler._workers[0].max_rows < MAX_ROWS
    assert max(map(len, engine.steps[-4:])) == 2


def test_an_engine_error_is_logged_in_the_context_of_its_request() -> None:
    request = ContextVar("request", default="none")
    logged: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: logged.append(request.get()) if record.exc_info else None  # type: ignore[method-assign]
    logger = logging.getLogger("models.scheduling.scheduler")

    logger.addHandler(handler)
    try:
        with callers_of(Batches(poisoned)) as callers:
            request.set("mine")
            with pytest.raises(GenerationFailed):
                callers.scheduler.generate([prompt(POISON)], GREEDY)
    finally:
        logger.removeHandler(handler)
    assert logged == ["mine"]


def test_a_row_that_exceeds_memory_alone_fails() -> None:
    def measure(texts: list[str]) -> None:
        if "vast" in texts:
            raise MemoryError

    with callers_of(Batches(measure)) as callers:
        callers.block()
        vast, small = callers.submit("vast"), callers.submit("small")
        callers.gate.open()
        with pytest.raises(OutOfMemory) as failure:
            vast.result(TIMEOUT)
        assert "shorter text" in failure.value.hint
        assert texts(small) == ["small"]


@pytest.mark.parametrize("kind", [Batches, Steps])
def test_an_engine_that_fails_on_every_prompt_is_abandoned(kind: Any) -> None:
    def fall(_texts: list[str]) -> None:
        raise RuntimeError("the device is left")

    engine = kind(fall)
    with callers_of(engine) as callers:
        for text in "abc":
            with pytest.raises(GenerationFailed):
                callers.submit(text).result(TIMEOUT)
        until(lambda: callers.failures)
        with pytest.raises(GenerationFailed, match="fails on every prompt"):
            callers.scheduler.generate([prompt("d")], GREEDY)
        until(lambda: engine.closed)
    assert len(callers.failures) == 1


@pytest.mark.parametrize("kind", [Batches, Steps])
def test_a_hung_engine_is_detected_by_waiting_callers(kind: Any) -> None:
    engine = kind()
    with callers_of(engine, SchedulerLimits(hang=0.05)) as callers:
        blocker = callers.block()
        waiting = callers.submit("waiting")
        for future in (blocker, waiting):
            with pytest.raises(EngineHung, match="not responded"):
                future.result(TIMEOUT)
        with pytest.raises(EngineHung):
            callers.scheduler.generate([prompt("more")], GREEDY)
        assert [type(failure) for failure in callers.failures] == [EngineHung]
        assert not engine.closed
        callers.gate.open()  # the engine returns after all: its result is discarded, and its memory is freed
        until(lambda: engine.closed)
        assert callers.scheduler.closed


def test_a_stepwise_engine_gets_no_extra_time_for_long_work() -> None:
    with callers_of(Steps(), SchedulerLimits(hang=0.05)) as callers:
        callers.scheduler._backlog.tally.rate.add(1, 10)  # so slow that a row may take minutes
        with pytest.raises(EngineHung, match="not responded"):
            callers.block().result(TIMEOUT)


def test_an_engine_with_long_work_is_not_considered_hung() -> None:
    with callers_of(Batches(), SchedulerLimits(hang=0.05)) as callers:
        callers.scheduler._backlog.tally.rate.add(1, 10)  # so slow that a row may take minutes
        blocker = callers.block()
        time.sleep(0.2)
        callers.gate.open()
        assert texts(blocker) == [BLOCKER]
        assert callers.failures == []


def test_closing_fails_all_waiting_callers_and_closes_the_engine() -> None:
    engine = Batches()
    with callers_of(engine) as callers:
        blocker = callers.block()
        waiting = callers.submit("waiting")
        closing = callers.threads.submit(callers.scheduler.close)
        for future in (blocker, waiting):
            with pytest.raises(Closed):
                future.result(TIMEOUT)
        assert not engine.closed
        callers.gate.open()
        closing.result(TIMEOUT)
        assert engine.closed
        assert engine.batches == [[BLOCKER]]
        with pytest.raises(Closed):
            callers.scheduler.generate([prompt("late")], GREEDY)
        assert callers.failures == []


# Steps


def test_rows_join_and_leave_between_steps() -> None:
    gate = Gate()
    engine = Steps(lambda _texts: gate.wait() if len(engine.steps) == 2 else None)
    with callers_of(engine) as callers:
        long = callers.submit("a b c d")
        assert gate.reached.wait(TIMEOUT)
        short = callers.submit("e", decoding=GREEDY.replace(beam_size=2))
        gate.open()
        assert (texts(long), texts(short)) == (["a b c d"], ["e"])
    assert engine.steps == [["a b c d"], ["a b c d"], ["a b c d", "e"], ["a b c d"]]


def test_batch_work_leaves_reserved_rows() -> None:
    engine = Steps()
    with callers_of(engine) as callers:
        callers.block()
        batch = [callers.submit(f"batch {n}", flow=Flow("x", batch=True)) for n in range(40)]
        callers.gate.open()
        for future in batch:
            future.result(TIMEOUT)
    assert max(map(len, engine.steps)) == 24


# Statistics


def test_statistics() -> None:
    engine = Batches()
    with callers_of(engine) as callers:
        callers.block()
        callers.submit("a b c")
        callers.submit("later", flow=Flow("x", batch=True))
        now = callers.scheduler.statistics()
        assert (now.waiting, now.waiting_batch, now.running, now.rate) == (1, 1, 1, None)
        callers.gate.open()
        until(lambda: callers.scheduler.statistics().counts.get("answered") == 3)
        now = callers.scheduler.statistics()
        assert (now.waiting, now.waiting_batch, now.running) == (0, 0, 0)
        assert (now.counts["read"], now.counts["written"]) == (5, 5)
        assert now.rate is not None
        assert now.rate > 0
        assert sum(now.waits.counts) == sum(now.first_tokens.counts) == 3
        assert (sum(now.batches.counts), now.batches.total) == (3, 3.0)


def test_it_is_alive_while_it_generates() -> None:
    engine = Batches()
    with callers_of(engine) as callers:
        assert callers.scheduler.alive()
        assert engine.batches == [["Lede."]]
        assert engine.searches[0].max_tokens == 1
        callers.block()
        assert callers.scheduler.alive()  # it has just started
        callers.scheduler.fail(EngineHung("It does not respond."))
        assert not callers.scheduler.alive()
