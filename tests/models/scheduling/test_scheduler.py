"""The scheduler: work of many callers in one engine, and what each of them gets when something goes wrong."""

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
from tests.models.scheduling.scripted import POISON, SOON, Batches, Gate, Steps, prompt

GREEDY = Decoding(max_tokens=64)
HELD = "held"
"""The text that keeps an engine busy while a test fills the queue behind it."""


class Callers:
    """Callers in threads of their own, behind a gate that the first one's work stands at."""

    def __init__(self, engine: Any, limits: SchedulerLimits | None = None, **options: Any) -> None:
        self.gate = Gate()
        self.engine = engine
        also = engine.before
        engine.before = lambda texts: self.gate.pass_() if HELD in texts else also(texts)
        self.failures: list[ModelError] = []
        self.scheduler = Scheduler(engine, limits or SchedulerLimits(), on_failure=self.failures.append, **options)
        self.threads = ThreadPoolExecutor(80)

    def ask(self, *texts: str, caller: Flow | None = None, decoding: Decoding = GREEDY, **how: Any) -> Future[Any]:
        def work() -> list[Hypothesis]:
            with use_flow(caller or Flow()):
                return self.scheduler.generate([prompt(text) for text in texts], decoding, **how)

        before = self.known
        future = self.threads.submit(work)
        until(lambda: self.known > before or future.done())
        return future

    @property
    def known(self) -> int:
        """Rows that the scheduler was ever given."""
        now = self.scheduler.statistics()
        counts = dict(now.counts)
        seen = sum(counts.get(name, 0) for name in ("answered", "abandoned", "failed", "shared", "refused", "late"))
        return seen + now.waiting + now.waiting_batch + now.running

    def hold(self) -> "Future[Any]":
        """Occupies the engine until the gate is opened."""
        future = self.ask(HELD)
        assert self.gate.reached.wait(SOON)
        return future


@contextmanager
def callers(engine: Engine, limits: SchedulerLimits | None = None, **options: Any) -> Iterator[Callers]:
    made = Callers(engine, limits, **options)
    try:
        yield made
    finally:
        made.gate.open()
        made.scheduler.close()
        made.threads.shutdown()


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.001)


def texts(future: "Future[Any]") -> list[str]:
    return [answer.text for answer in future.result(SOON)]


def keeping(heard: list[str]) -> OnToken:
    def keep(_index: int, text: str) -> bool:
        heard.append(text)
        return False

    return keep


# Batches


def test_prompts_of_different_callers_are_one_batch() -> None:
    engine = Batches()
    with callers(engine) as office:
        held = office.hold()
        asked = [office.ask("a one", "a two"), office.ask("b one"), office.ask("c one")]
        office.gate.open()
        assert [texts(future) for future in asked] == [["a one", "a two"], ["b one"], ["c one"]]
        assert texts(held) == [HELD]
    assert [sorted(batch) for batch in engine.batches] == [[HELD], ["a one", "a two", "b one", "c one"]]


def test_each_row_keeps_its_own_limit_beside_others() -> None:
    engine = Batches()
    with callers(engine) as office:
        office.hold()
        short = office.ask("a b c d", decoding=GREEDY.replace(max_tokens=2))
        whole = office.ask("e f g h", decoding=GREEDY.replace(max_tokens=9))
        office.gate.open()
        assert [(a.text, a.tokens, a.finish) for a in short.result(SOON)] == [("a b", 2, "length")]
        assert [(a.text, a.tokens, a.finish) for a in whole.result(SOON)] == [("e f g h", 4, "end")]
    assert len(engine.batches) == 2


def test_only_what_is_searched_for_in_one_way_is_one_batch() -> None:
    engine = Batches()
    with callers(engine) as office:
        office.hold()
        asked = [office.ask(f"{beams}", decoding=GREEDY.replace(beam_size=beams)) for beams in (1, 2, 1, 2)]
        more = office.ask("drawn", decoding=GREEDY.replace(temperature=0.5))
        office.gate.open()
        assert [texts(future) for future in [*asked, more]] == [["1"], ["2"], ["1"], ["2"], ["drawn"]]
    assert sorted(engine.batches[1:]) == [["1"], ["2"], ["drawn"]]
    assert {search.beam_size for search in engine.searches[1:]} == {1, 2}


def test_copies_of_an_engine_share_what_waits() -> None:
    both = threading.Barrier(2)
    engine = Batches()
    with callers(engine, copies=2) as office:
        engine.before = lambda _texts: both.wait(SOON)
        assert sorted(texts(office.ask("a", "b", "c", "d"))) == ["a", "b", "c", "d"]
    assert sorted(len(batch) for batch in engine.batches) == [2, 2]


def test_interactive_work_goes_before_batch_work_and_not_in_its_batch() -> None:
    engine = Batches()
    with callers(engine) as office:
        office.hold()
        later = [office.ask(f"later {n}", caller=Flow("x", batch=True)) for n in range(3)]
        soon = [office.ask(f"soon {n}", caller=Flow("y")) for n in range(3)]
        office.gate.open()
        for future in [*later, *soon]:
            future.result(SOON)
    assert [{text.split()[0] for text in batch} for batch in engine.batches] == [{HELD}, {"soon"}, {"later"}]


# Callers' own threads


def test_news_comes_in_the_callers_thread_and_a_caller_who_raises_harms_nobody_else() -> None:
    engine = Batches()
    heard: list[tuple[int, str]] = []

    def listen(_index: int, text: str) -> bool:
        heard.append((threading.get_ident(), text))
        return False

    def fall(_index: int, _text: str) -> bool:
        raise ZeroDivisionError

    with callers(engine) as office:
        office.hold()
        falling, other = office.ask("x y z", on_token=fall), office.ask("a b")
        office.gate.open()
        with pytest.raises(ZeroDivisionError):
            falling.result(SOON)
        assert texts(other) == ["a b"]
        office.scheduler.generate([prompt("one two")], GREEDY, listen)
    assert heard == [(threading.get_ident(), "one"), (threading.get_ident(), " two")]


def test_a_prompt_may_be_stopped_alone() -> None:
    with callers(Batches()) as office:
        found = office.scheduler.generate(
            [prompt("a b c"), prompt("d e f")], GREEDY, lambda index, text: index == 0 and text == " b"
        )
    assert [(answer.text, answer.finish) for answer in found] == [("a b", "stopped"), ("d e f", "end")]


def test_who_leaves_while_waiting_frees_the_place() -> None:
    engine, gone = Batches(), threading.Event()
    with callers(engine, SchedulerLimits(queue=1)) as office:
        held = office.hold()
        leaving = office.ask("never", stop=gone.is_set)
        gone.set()
        assert [answer.finish for answer in leaving.result(SOON)] == ["stopped"]
        assert office.scheduler.statistics().waiting == 0
        staying = office.ask("stays")
        office.gate.open()
        assert (texts(held), texts(staying)) == ([HELD], ["stays"])
    assert engine.batches == [[HELD], ["stays"]]
    assert office.scheduler.statistics().counts["abandoned"] == 1


@pytest.mark.parametrize("kind", [Batches, Steps])
def test_who_leaves_while_it_is_written_frees_the_engine_within_a_step(kind: Any) -> None:
    words, gone = "word " * 60, threading.Event()
    engine = kind()
    steps = 0

    def stop() -> bool:
        nonlocal steps
        steps += threading.current_thread().name.startswith("lede-worker")
        if steps == 3:
            gone.set()
        return gone.is_set()

    with callers(engine) as office:
        office.ask(words, stop=stop).result(SOON)
        assert texts(office.ask("next")) == ["next"]
        until(lambda: office.scheduler.statistics().running == 0)
    assert steps <= 4
    assert office.scheduler.statistics().counts["abandoned"] == 1


# The same work twice


def test_identical_prompts_in_flight_are_one_piece_of_work() -> None:
    engine = Batches()
    with callers(engine) as office:
        office.hold()
        asked = [office.ask("the same", "another") for _ in range(3)] + [office.ask("the same", "the same")]
        office.gate.open()
        assert [texts(future) for future in asked] == [["the same", "another"]] * 3 + [["the same", "the same"]]
        assert [sorted(batch) for batch in engine.batches] == [[HELD], ["another", "the same"]]
        assert office.scheduler.statistics().counts["shared"] == 6
        assert texts(office.ask("the same")) == ["the same"]  # nothing is kept: that is for caches
        assert engine.batches[2] == ["the same"]


def test_what_differs_in_its_decoding_or_is_drawn_by_lot_is_written_for_each() -> None:
    engine = Batches()
    drawn = GREEDY.replace(temperature=1.0)
    with callers(engine) as office:
        office.hold()
        asked = [office.ask("text", decoding=d) for d in (GREEDY, GREEDY.replace(max_tokens=9), drawn, drawn)]
        office.gate.open()
        assert [texts(future) for future in asked] == [["text"]] * 4
    assert sorted(engine.batches) == [[HELD], ["text", "text"], ["text", "text"]]


def test_a_late_listener_hears_all_and_outlives_the_first() -> None:
    gate, gone = Gate(), threading.Event()
    engine = Steps(lambda _texts: gate.pass_() if len(engine.steps) == 3 else None)
    heard: list[str] = []
    with callers(engine) as office:
        first = office.ask("a b c d", stop=gone.is_set)
        assert gate.reached.wait(SOON)
        second = office.ask("a b c d", on_token=keeping(heard))
        gone.set()
        first.result(SOON)
        gate.open()
        assert texts(second) == ["a b c d"]
    assert heard == ["a b", " c", " d"]
    assert len(engine.steps) == 4


def test_batch_work_that_an_interactive_caller_wants_too_is_not_late_for_it() -> None:
    engine = Batches()
    with callers(engine) as office:
        office.hold()
        batch = [office.ask(f"b {n}", caller=Flow("x", batch=True)) for n in range(3)]
        soon = office.ask("b 2", caller=Flow("y"))
        office.gate.open()
        assert texts(soon) == texts(batch[2]) == ["b 2"]
        batch[0].result(SOON)
    assert engine.batches[:2] == [[HELD], ["b 2"]]


# Refusals


def test_a_full_queue_refuses_and_says_when_to_come_again() -> None:
    engine = Batches()
    with callers(engine, SchedulerLimits(queue=3)) as office:
        office.scheduler._backlog.tally.rate.add(10, 1)
        office.hold()
        waiting = [office.ask(text) for text in ("a", "b", "c")]
        with pytest.raises(QueueFull, match="3 prompts are waiting") as refusal:
            office.scheduler.generate([prompt("d")], GREEDY)
        # Each is one token to read and up to 64 to write; half of them are done in so long.
        assert refusal.value.retry_after == pytest.approx(3 * 65 / 2 / 10)
        assert refusal.value.hint
        shared = office.ask("a")  # no work of its own
        office.gate.open()
        assert [texts(future) for future in [*waiting, shared]] == [["a"], ["b"], ["c"], ["a"]]
        assert texts(office.ask(*"pqrst")) == [*"pqrst"]  # more than may wait, and nothing waits: it is taken
        assert office.scheduler.statistics().counts["refused"] == 1


def test_an_owner_who_fills_the_queue_leaves_others_their_part() -> None:
    with callers(Batches(), SchedulerLimits(queue=4)) as office:
        office.hold()
        asked = [office.ask(f"{n}", caller=Flow("a")) for n in range(4)]
        asked += [office.ask(f"{n}", caller=Flow("b")) for n in "xy"]
        for owner in "ab":
            with pytest.raises(QueueFull):
                office.ask("more", caller=Flow(owner)).result(SOON)
        office.gate.open()
        assert [texts(future) for future in asked] == [["0"], ["1"], ["2"], ["3"], ["x"], ["y"]]


def test_a_deadline_that_cannot_be_met_is_refused_at_once() -> None:
    engine = Batches()
    with callers(engine) as office:
        soon = time.monotonic() + 1
        office.scheduler.generate([prompt("unmeasured")], GREEDY, deadline=time.monotonic() + 100)
        tally = office.scheduler._backlog.tally
        tally.rate.add(1e6, 1e5)
        tally.pace.add(1e6, 1e5)
        with pytest.raises(TooLate, match="expected in") as refusal:
            office.scheduler.generate([prompt("a")], GREEDY, deadline=soon)
        assert refusal.value.retry_after >= 1
        assert texts(office.ask("a", deadline=time.monotonic() + 100)) == ["a"]
        office.hold()
        office.ask("b" * 5, *"cdefg")
        with pytest.raises(TooLate):  # what waits ahead counts too
            office.scheduler.generate([prompt("h")], GREEDY, deadline=time.monotonic() + 10)
        assert office.scheduler.statistics().counts["late"] == 2
    assert ["unmeasured"] in engine.batches


# Faults of the engine


def poisoned(found: list[str]) -> None:
    if POISON in found:
        raise RuntimeError("a kernel failed")


@pytest.mark.parametrize("kind", [Batches, Steps])
def test_an_engine_that_raises_fails_only_the_row_it_raised_on(kind: Any) -> None:
    engine = kind(poisoned)
    with callers(engine) as office:
        office.hold()
        good = [office.ask(f"good {n}") for n in range(6)]
        bad = office.ask(POISON)
        office.gate.open()
        assert [texts(future) for future in good] == [[f"good {n}"] for n in range(6)]
        with pytest.raises(GenerationFailed, match="failed on this text") as failure:
            bad.result(SOON)
        assert isinstance(failure.value.__cause__, RuntimeError)
        assert texts(office.ask("after")) == ["after"]
        counts = office.scheduler.statistics().counts
        assert (counts["failed"], counts["answered"]) == (1, 8)
        assert counts["raised"] >= 2
        assert office.failures == []


@pytest.mark.parametrize("kind", [Batches, Steps])
def test_who_streams_hears_nothing_twice_when_its_row_is_run_again(kind: Any) -> None:
    engine = kind()
    rounds = 0

    def fall_once(_index: int = 0, _text: str = "") -> bool:
        nonlocal rounds
        rounds += 1
        if rounds == 5 and threading.current_thread().name.startswith("lede-worker"):
            raise RuntimeError("a kernel failed")
        return False

    heard: list[list[str]] = [[], []]
    with callers(engine) as office:
        office.hold()
        # The worker asks `stop` of each row at each token: there it falls, in the middle of both.
        one = office.ask("a b c d", on_token=keeping(heard[0]), stop=fall_once)
        two = office.ask("e f g h", on_token=keeping(heard[1]))
        rounds = 0
        office.gate.open()
        assert (texts(one), texts(two)) == (["a b c d"], ["e f g h"])
    assert ["".join(pieces) for pieces in heard] == ["a b c d", "e f g h"]


@pytest.mark.parametrize("kind", [Batches, Steps])
def test_a_prompt_that_is_too_long_is_told_to_its_caller_alone(kind: Any) -> None:
    def measure(found: list[str]) -> None:
        if "too long" in found:
            raise PromptTooLong("It is too long.")

    with callers(kind(measure)) as office:
        office.hold()
        asked = [office.ask(text) for text in ("a", "too long", "b", "c")]
        office.gate.open()
        assert [texts(asked[n]) for n in (0, 2, 3)] == [["a"], ["b"], ["c"]]
        with pytest.raises(PromptTooLong):
            asked[1].result(SOON)
        assert "raised" not in office.scheduler.statistics().counts


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("CUDA failed with error out of memory")])
def test_a_batch_that_memory_does_not_hold_is_halved(error: Exception) -> None:
    def measure(found: list[str]) -> None:
        if len(found) > 4:
            raise error

    engine = Batches(measure)
    names = [f"row {n}" for n in range(16)]
    with callers(engine) as office:
        office.hold()
        asked = office.ask(*names)
        office.gate.open()
        assert texts(asked) == names
        assert [len(batch) for batch in engine.batches] == [1, 16, 8, 4, 4, 8, 4, 4]
        assert office.scheduler.statistics().counts["out_of_memory"] == 3
        assert 4 <= office.scheduler._workers[0].max_rows < 8  # and carefully more from then on
        engine.batches.clear()
        office.ask(*names).result(SOON)
        assert len(engine.batches[0]) < 8


def test_steps_that_memory_does_not_hold_are_taken_apart() -> None:
    def measure(found: list[str]) -> None:
        if len(found) > 2:
            raise MemoryError

    engine = Steps(measure)
    with callers(engine) as office:
        office.hold()
        asked = [office.ask(f"row {n}") for n in range(4)]
        office.gate.open()
        assert [texts(future) for future in asked] == [[f"row {n}"] for n in range(4)]
        counts = office.scheduler.statistics().counts
        assert (counts["answered"], counts["out_of_memory"]) == (5, 1)
        assert "failed" not in counts
        assert office.scheduler._workers[0].max_rows < MAX_ROWS
    assert max(map(len, engine.steps[-4:])) == 2


def test_what_an_engine_raises_is_logged_for_the_request_that_it_fails() -> None:
    request = ContextVar("request", default="none")
    logged: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: logged.append(request.get()) if record.exc_info else None  # type: ignore[method-assign]
    logger = logging.getLogger("models.scheduling.scheduler")

    logger.addHandler(handler)
    try:
        with callers(Batches(poisoned)) as office:
            request.set("mine")
            with pytest.raises(GenerationFailed):
                office.scheduler.generate([prompt(POISON)], GREEDY)
    finally:
        logger.removeHandler(handler)
    assert logged == ["mine"]


def test_a_row_that_memory_does_not_hold_alone_is_told_so() -> None:
    def measure(found: list[str]) -> None:
        if "vast" in found:
            raise MemoryError

    with callers(Batches(measure)) as office:
        office.hold()
        vast, small = office.ask("vast"), office.ask("small")
        office.gate.open()
        with pytest.raises(OutOfMemory) as failure:
            vast.result(SOON)
        assert "shorter text" in failure.value.hint
        assert texts(small) == ["small"]


@pytest.mark.parametrize("kind", [Batches, Steps])
def test_an_engine_that_fails_on_all_it_is_given_is_given_up(kind: Any) -> None:
    def fall(_texts: list[str]) -> None:
        raise RuntimeError("the device is gone")

    engine = kind(fall)
    with callers(engine) as office:
        for text in "abc":
            with pytest.raises(GenerationFailed):
                office.ask(text).result(SOON)
        until(lambda: office.failures)
        with pytest.raises(GenerationFailed, match="fails on every prompt"):
            office.scheduler.generate([prompt("d")], GREEDY)
        until(lambda: engine.closed)
    assert len(office.failures) == 1


@pytest.mark.parametrize("kind", [Batches, Steps])
def test_a_hung_engine_is_found_by_those_who_wait(kind: Any) -> None:
    engine = kind()
    with callers(engine, SchedulerLimits(hang=0.05)) as office:
        held = office.hold()
        waiting = office.ask("waiting")
        for future in (held, waiting):
            with pytest.raises(EngineHung, match="not responded"):
                future.result(SOON)
        with pytest.raises(EngineHung):
            office.scheduler.generate([prompt("more")], GREEDY)
        assert [type(failure) for failure in office.failures] == [EngineHung]
        assert not engine.closed
        office.gate.open()  # it comes back after all: nobody waits for what it has, and its memory is given back
        until(lambda: engine.closed)
        assert office.scheduler.closed


def test_an_engine_that_tells_of_each_step_is_given_no_more_time_for_long_work() -> None:
    with callers(Steps(), SchedulerLimits(hang=0.05)) as office:
        office.scheduler._backlog.tally.rate.add(1, 10)  # so slow that a row may take minutes
        with pytest.raises(EngineHung, match="not responded"):
            office.hold().result(SOON)


def test_an_engine_that_works_on_something_long_is_not_hung() -> None:
    with callers(Batches(), SchedulerLimits(hang=0.05)) as office:
        office.scheduler._backlog.tally.rate.add(1, 10)  # so slow that a row may take minutes
        held = office.hold()
        time.sleep(0.2)
        office.gate.open()
        assert texts(held) == [HELD]
        assert office.failures == []


def test_closing_tells_all_who_wait_and_closes_the_engine() -> None:
    engine = Batches()
    with callers(engine) as office:
        held = office.hold()
        waiting = office.ask("waiting")
        closing = office.threads.submit(office.scheduler.close)
        for future in (held, waiting):
            with pytest.raises(Closed):
                future.result(SOON)
        assert not engine.closed
        office.gate.open()
        closing.result(SOON)
        assert engine.closed
        assert engine.batches == [[HELD]]
        with pytest.raises(Closed):
            office.scheduler.generate([prompt("late")], GREEDY)
        assert office.failures == []


# Steps


def test_rows_join_and_leave_between_steps() -> None:
    gate = Gate()
    engine = Steps(lambda _texts: gate.pass_() if len(engine.steps) == 2 else None)
    with callers(engine) as office:
        long = office.ask("a b c d")
        assert gate.reached.wait(SOON)
        short = office.ask("e", decoding=GREEDY.replace(beam_size=2))
        gate.open()
        assert (texts(long), texts(short)) == (["a b c d"], ["e"])
    assert engine.steps == [["a b c d"], ["a b c d"], ["a b c d", "e"], ["a b c d"]]


def test_batch_work_leaves_rows_for_interactive_work() -> None:
    engine = Steps()
    with callers(engine) as office:
        office.hold()
        batch = [office.ask(f"batch {n}", caller=Flow("x", batch=True)) for n in range(40)]
        office.gate.open()
        for future in batch:
            future.result(SOON)
    assert max(map(len, engine.steps)) == 24


# What is told of it


def test_statistics() -> None:
    engine = Batches()
    with callers(engine) as office:
        office.hold()
        office.ask("a b c")
        office.ask("later", caller=Flow("x", batch=True))
        now = office.scheduler.statistics()
        assert (now.waiting, now.waiting_batch, now.running, now.rate) == (1, 1, 1, None)
        office.gate.open()
        until(lambda: office.scheduler.statistics().counts.get("answered") == 3)
        now = office.scheduler.statistics()
        assert (now.waiting, now.waiting_batch, now.running) == (0, 0, 0)
        assert (now.counts["read"], now.counts["written"]) == (5, 5)
        assert now.rate is not None
        assert now.rate > 0
        assert sum(now.waits.counts) == sum(now.first_tokens.counts) == 3
        assert (sum(now.batches.counts), now.batches.total) == (3, 3.0)


def test_it_is_alive_while_it_writes() -> None:
    engine = Batches()
    with callers(engine) as office:
        assert office.scheduler.alive()
        assert engine.batches == [["Lede."]]
        assert engine.searches[0].max_tokens == 1
        office.hold()
        assert office.scheduler.alive()  # it was just given something
        office.scheduler.fail(EngineHung("It does not respond."))
        assert not office.scheduler.alive()
