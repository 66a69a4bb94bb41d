"""The pool: each model is loaded once, and only unused models are unloaded."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from models.card import ModelCard
from models.catalogue import Catalogue
from models.engines.fake import FakeEngine
from models.errors import (
    EngineHung,
    LoadFailed,
    ModelError,
    ModelInUse,
    OutOfMemory,
    TransferFailed,
    UnknownModel,
    UnsupportedDirection,
)
from models.model import LoadedEngine
from models.pool import Pool
from models.protocol import Decoding, Hypothesis, OnToken, Prompt, Text
from models.scheduling.scheduler import SchedulerLimits
from tests.models.helpers import card

A, B, C = "somebody/a", "somebody/b", "somebody/c"
SIZES = {A: 40, B: 60, C: 30}
TIMEOUT = 10
"""Seconds after which a waiting test fails."""
GREEDY = Decoding()


class Cards(Catalogue):
    """Three models of different sizes."""

    def __init__(self) -> None:
        self._cards = {name: card(id=name, memory=size) for name, size in SIZES.items()}


class Sized(FakeEngine):
    """An engine that reports its card's memory."""

    def __init__(self, size: int, **options: Any) -> None:
        super().__init__(**options)
        self._size = size

    def memory(self) -> int:
        return self._size


class Loads:
    """Loads engines and records them. `before` is called in each load, to wait or to raise."""

    def __init__(self) -> None:
        self.engines: dict[str, list[Sized]] = {name: [] for name in SIZES}
        self.counts: Counter[str] = Counter()
        self.before: Callable[[], object] = lambda: None

    def __call__(self, card: ModelCard) -> LoadedEngine:
        self.counts[card.id] += 1
        self.before()
        engine = Sized(SIZES[card.id])
        self.engines[card.id].append(engine)
        return LoadedEngine(engine, lambda system, user, _options: f"{system}{user}")


@pytest.fixture(autouse=True)
def _no_reload_outlives_its_test() -> Iterator[None]:
    """CPython 3.11 parses code wrongly while another thread formats a traceback, as a failed reload does."""
    yield
    for thread in threading.enumerate():
        if thread.name == "lede-reload":
            thread.join(TIMEOUT)


@pytest.fixture
def loads() -> Loads:
    return Loads()


@pytest.fixture
def pool(loads: Loads) -> Iterator[Pool]:
    pool = Pool(Cards(), loads)
    yield pool
    pool.close()


def until(condition: Callable[[], bool]) -> None:
    """Waits for a condition that another thread fulfils."""
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.001)


def visit(pool: Pool, name: str) -> None:
    with pool.use(name):
        pass


# One load


def test_nothing_is_loaded_before_it_is_used(pool: Pool, loads: Loads) -> None:
    assert not loads.counts
    visit(pool, A)
    visit(pool, A)
    assert loads.counts == {A: 1}


def test_fifty_concurrent_requests_load_one_copy(pool: Pool, loads: Loads) -> None:
    together = threading.Barrier(50)
    loads.before = lambda: until(
        lambda: pool.status(A).active_requests == 50
    )  # the load ends once all callers wait for it

    def ask(number: int) -> int:
        together.wait(TIMEOUT)
        with pool.use(A) as model:
            answer = model.generate([prompt(f"a {number}")], GREEDY)
            assert answer[0].text == f"a {number}"
            return id(model)

    with ThreadPoolExecutor(50) as threads:
        models = {future.result(TIMEOUT) for future in [threads.submit(ask, number) for number in range(50)]}
    assert len(models) == 1
    assert loads.counts == {A: 1}
    assert len(loads.engines[A][0].prompts) == 50
    assert pool.status(A).active_requests == 0


def test_two_models_load_concurrently(pool: Pool, loads: Loads) -> None:
    together = threading.Barrier(2)
    loads.before = lambda: together.wait(TIMEOUT)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda name: visit(pool, name), (A, B)))
    assert loads.counts == {A: 1, B: 1}


# Failed loads


def fail(error: BaseException) -> Callable[[], None]:
    def before() -> None:
        raise error

    return before


def test_a_failed_load_raises_for_all_waiting_callers_and_the_next_call_retries(pool: Pool, loads: Loads) -> None:
    cause = OSError("the weights are torn")

    def fail_when_all_wait() -> None:
        until(lambda: pool.status(A).active_requests == 20)
        raise cause

    loads.before = fail_when_all_wait
    with ThreadPoolExecutor(20) as threads:
        failures = [future.exception(TIMEOUT) for future in [threads.submit(visit, pool, A) for _ in range(20)]]
    assert loads.counts == {A: 1}
    assert all(isinstance(failure, LoadFailed) for failure in failures)
    assert {str(failure) for failure in failures} == {f"{A} could not be loaded: OSError('the weights are torn')"}
    assert all(failure and failure.__cause__ is cause for failure in failures)
    assert (pool.status(A).state, pool.status(A).active_requests) == ("failed", 0)
    assert "torn" in str(pool.status(A).error)
    loads.before = lambda: None
    visit(pool, A)
    assert loads.counts == {A: 2}
    assert (pool.status(A).state, pool.status(A).error) == ("ready", None)


def test_a_model_error_is_raised_unchanged(pool: Pool, loads: Loads) -> None:
    error = TransferFailed("No hub.", "Plug it in.")
    loads.before = fail(error)
    with pytest.raises(TransferFailed) as failure:
        visit(pool, A)
    assert failure.value is error


def test_a_caller_that_stops_waiting_does_not_cancel_the_load(pool: Pool, loads: Loads) -> None:
    entered, go = threading.Event(), threading.Event()

    def load() -> None:
        entered.set()
        go.wait(TIMEOUT)

    def leave() -> None:
        if entered.is_set():
            raise KeyboardInterrupt

    loads.before = load
    with pytest.raises(KeyboardInterrupt), pool.use(A, leave):
        pass
    assert (pool.status(A).state, pool.status(A).active_requests) == ("loading", 0)
    with pytest.raises(ModelInUse):
        pool.unload(A)
    go.set()
    visit(pool, A)
    assert loads.counts == {A: 1}


def test_an_unknown_model_raises(pool: Pool) -> None:
    for ask in (lambda: visit(pool, "x/y"), lambda: pool.status("x/y"), lambda: pool.unload("x/y")):
        with pytest.raises(UnknownModel, match="'x/y'"):
            ask()


# Uses and unloading


def test_a_model_in_use_is_not_unloaded(pool: Pool, loads: Loads) -> None:
    with pool.use(A), pool.use(A):
        assert pool.status(A).active_requests == 2
        with pytest.raises(ModelInUse, match=A) as refusal:
            pool.unload(A)
        assert refusal.value.hint
        assert not loads.engines[A][0].closed
    assert pool.unload(A)
    assert loads.engines[A][0].closed
    assert pool.status(A).state == "unloaded"
    assert not pool.unload(A)
    assert not pool.unload(B)
    visit(pool, A)
    assert loads.counts == {A: 2}


def test_a_model_that_is_loading_is_not_unloaded(pool: Pool, loads: Loads) -> None:
    refused: list[Exception] = []

    def unload() -> None:
        with pytest.raises(ModelInUse) as refusal:
            pool.unload(A)
        refused.append(refusal.value)

    loads.before = unload
    visit(pool, A)
    assert len(refused) == 1


def test_a_use_ends_with_its_block_even_on_an_exception(pool: Pool) -> None:
    with pytest.raises(ZeroDivisionError), pool.use(A):
        raise ZeroDivisionError
    assert pool.status(A).active_requests == 0
    assert pool.unload(A)


def test_models_are_unloaded_before_the_next_is_loaded(loads: Loads) -> None:
    pool = Pool(Cards(), loads, budget=80)
    visit(pool, A)
    closed: list[bool] = []
    loads.before = lambda: closed.append(loads.engines[A][0].closed)
    visit(pool, B)
    assert closed == [True]


def test_closing_unloads_unused_models(pool: Pool, loads: Loads) -> None:
    visit(pool, A)
    with pool.use(B):
        pool.close()
        assert loads.engines[A][0].closed
        assert not loads.engines[B][0].closed
    assert pool.status(A).state == "unloaded"


def test_status_during_a_models_life(pool: Pool, loads: Loads) -> None:
    seen = []
    loads.before = lambda: seen.append(pool.status(A))
    before = pool.status(A)
    started = time.time()
    with pool.use(A):
        seen.append(pool.status(A))
    after = pool.status(A)
    pool.unload(A)
    gone = pool.status(A)
    states = [(status.state, status.memory, status.active_requests) for status in (before, *seen, after, gone)]
    assert states == [
        ("unloaded", 0, 0),
        ("loading", 40, 1),
        ("ready", 40, 1),
        ("ready", 40, 0),
        ("unloaded", 0, 0),
    ]
    assert before.last_used is None
    assert before.load_seconds is None
    assert after.last_used is not None
    assert started <= after.last_used <= time.time()
    assert after.load_seconds is not None
    assert 0 <= after.load_seconds < TIMEOUT


# The memory budget


def test_the_least_recently_used_model_is_unloaded(loads: Loads) -> None:
    pool = Pool(Cards(), loads, budget=100)
    visit(pool, A)
    visit(pool, B)
    visit(pool, A)
    visit(pool, C)
    assert loads.engines[B][0].closed
    assert not loads.engines[A][0].closed
    assert [pool.status(name).state for name in (A, B, C)] == ["ready", "unloaded", "ready"]


def test_no_more_models_are_unloaded_than_needed(loads: Loads) -> None:
    pool = Pool(Cards(), loads, budget=sum(SIZES.values()))
    for name in (A, B, C):
        visit(pool, name)
    assert not any(engine.closed for engines in loads.engines.values() for engine in engines)


def test_models_in_use_are_never_unloaded(loads: Loads) -> None:
    pool = Pool(Cards(), loads, budget=80)
    with pool.use(A):
        with pytest.raises(OutOfMemory, match=r"needs .* models in use hold .* budget") as failure:
            visit(pool, B)
        assert "LEDE_MEMORY_BUDGET" in failure.value.hint
        assert not loads.engines[A][0].closed
    visit(pool, B)
    assert loads.engines[A][0].closed


def test_nothing_is_unloaded_for_a_model_that_cannot_fit(loads: Loads) -> None:
    pool = Pool(Cards(), loads, budget=50)
    visit(pool, A)
    with pytest.raises(OutOfMemory):
        visit(pool, B)
    assert not loads.engines[A][0].closed
    assert (pool.status(B).state, pool.status(B).active_requests) == ("unloaded", 0)


def test_a_loading_model_counts_with_its_cards_memory(loads: Loads) -> None:
    pool = Pool(Cards(), loads, budget=80)
    refused: list[str] = []

    def ask_for_more() -> None:
        loads.before = lambda: None
        with pytest.raises(OutOfMemory) as failure:
            visit(pool, B)
        refused.append(str(failure.value))

    loads.before = ask_for_more
    visit(pool, A)
    assert len(refused) == 1


# Idle models


def test_an_idle_model_is_unloaded(loads: Loads) -> None:
    pool = Pool(Cards(), loads, idle=0.02)
    with pool.use(A):
        visit(pool, B)
        until(lambda: pool.status(B).state == "unloaded")
        assert pool.status(A).state == "ready"  # not unloaded, because it is in use
    until(lambda: loads.engines[A][0].closed)
    visit(pool, A)
    assert loads.counts[A] == 2
    pool.close()


def test_a_closed_pool_stops_looking_for_idle_models(loads: Loads) -> None:
    before = set(threading.enumerate())
    pool = Pool(Cards(), loads, idle=0.02)
    (watcher,) = set(threading.enumerate()) - before
    pool.close()
    watcher.join(TIMEOUT)
    assert not watcher.is_alive()


# Generation (see also test_scheduler)


class Slow(FakeEngine):
    """Counts concurrent calls, each of which waits for `leave`."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = 0
        self.most = 0
        self.entered = threading.Event()
        self.leave = threading.Event()

    def generate(self, prompts: Any, decoding: Decoding, on_token: OnToken | None = None) -> list[Hypothesis]:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.entered.set()
        self.leave.wait(TIMEOUT)
        answers = super().generate(prompts, decoding, on_token)
        self.inside -= 1
        return answers


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def slow_pool(slow: Slow) -> Pool:
    return Pool(Cards(), lambda _card: LoadedEngine(slow, lambda system, user, _options: system + user))


def prompt(text: str = "one two three") -> Prompt:
    return Prompt((Text(text),))


def test_an_engine_runs_one_call_at_a_time(slow: Slow, slow_pool: Pool) -> None:
    slow.leave.set()

    def ask(number: int) -> str:
        with slow_pool.use(A) as model:
            return model.generate([prompt(f"{number} and on")], GREEDY)[0].text

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(24))) == [f"{number} and on" for number in range(24)]
    assert slow.most == 1


def test_a_caller_that_stops_while_waiting_gets_an_empty_result(slow: Slow, slow_pool: Pool) -> None:
    with slow_pool.use(A) as model, ThreadPoolExecutor(1) as threads:
        first = threads.submit(model.generate, [prompt()], GREEDY)
        assert slow.entered.wait(TIMEOUT)
        assert model.generate([prompt("never")], GREEDY, stop=lambda: True) == [Hypothesis("", 0, "stopped", 0.0)]
        slow.leave.set()
        assert first.result(TIMEOUT)[0].finish == "end"
    assert len(slow.prompts) == 1


def test_a_stop_between_tokens_returns_the_text_so_far(pool: Pool) -> None:
    written: list[str] = []

    def listen(_index: int, text: str) -> bool:
        written.append(text)
        return False

    with pool.use(A) as model:
        (answer,) = model.generate([prompt()], GREEDY, listen, stop=lambda: len(written) == 2)
        assert (answer.text, answer.finish) == ("one two", "stopped")
        (answer,) = model.generate([prompt()], GREEDY, lambda _index, _text: True)
        assert (answer.text, answer.finish) == ("one", "stopped")
        (answer,) = model.generate([prompt()], GREEDY)
        assert (answer.text, answer.finish) == ("one two three", "end")


def test_an_engine_is_usable_after_a_failure(pool: Pool) -> None:
    with pool.use(A) as model:
        with pytest.raises(ModelError, match="window"):
            model.generate([prompt("word " * 9000)], GREEDY)
        assert model.generate([prompt()], GREEDY)[0].finish == "end"


def test_a_model_renders_prompts_from_its_card(pool: Pool) -> None:
    with pool.use(A) as model:
        assert model.card.id == A
        assert model.count("one two") == 2
        assert model.window == 8192
        assert model.memory == 40
        rendered = model.prompt("translate", "Bonjour.", source="fr", target="en")
        assert Text("Bonjour.") in rendered.pieces
        with pytest.raises(UnsupportedDirection):
            model.prompt("translate", "Bonjour.", source="fr", target="xx")


def test_other_models_run_while_one_is_closed(slow: Slow, slow_pool: Pool) -> None:
    visit(slow_pool, B)
    with ThreadPoolExecutor(2) as threads:
        with slow_pool.use(A) as model:
            left = threads.submit(model.generate, [prompt()], GREEDY, None, slow.entered.is_set)
            left.result(TIMEOUT)
        unloading = threads.submit(slow_pool.unload, A)
        until(lambda: slow_pool.status(A).state == "unloaded")
        visit(slow_pool, B)
        assert not unloading.done()  # the engine is in a step
        slow.leave.set()
        assert unloading.result(TIMEOUT)


# Failed engines


class Stuck(Sized):
    """Hangs on a certain text until it is released."""

    def __init__(self) -> None:
        super().__init__(SIZES[A])
        self.release = threading.Event()

    def generate(self, prompts: Any, decoding: Decoding, on_token: OnToken | None = None) -> list[Hypothesis]:
        if prompt("hang") in prompts:
            self.release.wait(TIMEOUT)
        return super().generate(prompts, decoding, on_token)


def stuck_pool(engines: list[Stuck], budget: int) -> Pool:
    def load(_card: ModelCard) -> LoadedEngine:
        engines.append(Stuck())
        return LoadedEngine(engines[-1], lambda system, user, _options: system + user)

    return Pool(Cards(), load, budget=budget, limits=SchedulerLimits(hang=0.02))


def test_a_model_whose_engine_hangs_is_reloaded() -> None:
    engines: list[Stuck] = []
    pool = stuck_pool(engines, budget=100)
    with pool.use(A) as model:
        assert pool.alive(A)
        with pytest.raises(EngineHung):
            model.generate([prompt("hang")], GREEDY)
        until(lambda: pool.status(A).state == "ready")
        assert pool.status(A).failures == 1
        assert pool.statistics()[A].counts == {}
        with pool.use(A) as other:
            assert other.generate([prompt()], GREEDY)[0].finish == "end"
        with pytest.raises(OutOfMemory):  # the hung engine still uses memory
            visit(pool, C)
        assert not engines[0].closed
        engines[0].release.set()
        until(lambda: engines[0].closed)
        visit(pool, C)
    until(lambda: not pool.status(A).active_requests)
    pool.close()
    assert all(engine.closed for engine in engines)


def test_a_hung_model_that_does_not_fit_twice_is_marked_failed() -> None:
    engines: list[Stuck] = []
    pool = stuck_pool(engines, budget=60)
    with pool.use(A) as model:
        with pytest.raises(EngineHung):
            model.generate([prompt("hang")], GREEDY)
        until(lambda: pool.status(A).state == "failed")
        assert not pool.alive(A)
        assert "not responded" in str(pool.status(A).error)
        engines[0].release.set()
        until(lambda: engines[0].closed)
        visit(pool, A)
        assert (pool.status(A).state, len(engines)) == ("ready", 2)
    pool.close()


def test_checking_a_model_does_not_load_it(pool: Pool, loads: Loads) -> None:
    assert not pool.alive(A)
    assert pool.statistics() == {}
    assert not loads.counts


# Any order of uses


class Life(RuleBasedStateMachine):
    """Uses, releases, unloads and failures in any order, compared with a simple model of the pool."""

    def __init__(self) -> None:
        super().__init__()
        self.loads = Loads()
        self.held: list[tuple[str, ExitStack]] = []
        self.loaded: list[str] = []  # least recently used first

    @initialize(budget=st.sampled_from([0, 60, 70, 100, 130]))
    def open(self, budget: int) -> None:
        self.budget = budget
        self.pool = Pool(Cards(), self.loads, budget=budget)

    def users(self, name: str) -> int:
        return sum(holder == name for holder, _ in self.held)

    def expected_after(self, name: str) -> list[str] | None:
        """Returns the loaded models after `name` is loaded, or None if it does not fit."""
        if name in self.loaded or not self.budget:
            return [*(other for other in self.loaded if other != name), name]
        kept = list(self.loaded)
        if sum(SIZES[other] for other in kept if self.users(other)) + SIZES[name] > self.budget:
            return None
        while sum(SIZES[other] for other in kept) + SIZES[name] > self.budget:
            kept.remove(next(other for other in kept if not self.users(other)))
        return [*kept, name]

    @rule(name=st.sampled_from([A, B, C]), fails=st.booleans())
    def use(self, name: str, fails: bool) -> None:  # noqa: FBT001 - hypothesis names it
        self.loads.before = fail(OSError("torn")) if fails else lambda: None
        expected = self.expected_after(name)
        if expected is None:
            with pytest.raises(OutOfMemory):
                visit(self.pool, name)
        elif fails and name not in self.loaded:
            with pytest.raises(LoadFailed):
                visit(self.pool, name)
            self.loaded = expected[:-1]  # others were unloaded for it
        else:
            stack = ExitStack()
            stack.enter_context(self.pool.use(name))
            self.held.append((name, stack))
            self.loaded = expected

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        name, stack = self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))
        stack.close()
        self.loaded = [*(other for other in self.loaded if other != name), name]

    @rule(name=st.sampled_from([A, B, C]))
    def unload(self, name: str) -> None:
        if self.users(name):
            with pytest.raises(ModelInUse):
                self.pool.unload(name)
        else:
            assert self.pool.unload(name) == (name in self.loaded)
            self.loaded = [other for other in self.loaded if other != name]

    @invariant()
    def as_expected(self) -> None:
        for name in SIZES:
            status = self.pool.status(name)
            assert (status.state == "ready") == (name in self.loaded)
            assert status.active_requests == self.users(name)
            open_engines = [engine for engine in self.loads.engines[name] if not engine.closed]
            assert len(open_engines) == (name in self.loaded)
        if self.budget:
            assert sum(self.pool.status(name).memory for name in SIZES) <= self.budget

    def teardown(self) -> None:
        for _, stack in self.held:
            stack.close()
        self.pool.close()
        assert all(engine.closed for engines in self.loads.engines.values() for engine in engines)


Life.TestCase.settings = hypothesis_settings(max_examples=60, stateful_step_count=25, deadline=None, database=None)
TestLife = Life.TestCase
