"""Concurrent work for several languages."""

import signal
import threading
from contextvars import ContextVar

import pytest

from summarizer.editing.concurrent import MAX_THREADS, run_concurrently, run_each
from summarizer.editions import Failure
from summarizer.errors import CannotFit
from summarizer.watch import Watch

LANGUAGES = ["en", "fr", "es", "de"]


def wait_for_cancellation(watch: Watch) -> None:
    while not watch.should_stop():
        threading.Event().wait(0.001)
    watch.check()


def test_languages_run_concurrently_and_are_returned_in_order():
    barrier = threading.Barrier(len(LANGUAGES))

    def run(target: str) -> tuple[str, bool]:
        return target, barrier.wait(timeout=10) >= 0

    assert run_concurrently(LANGUAGES, run, Watch()) == [(target, True) for target in LANGUAGES]


def test_the_number_of_threads_is_limited():
    running, most, lock = 0, 0, threading.Lock()

    def run(_target: str) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.005)
        with lock:
            running -= 1

    run_concurrently([f"x-{number}" for number in range(30)], run, Watch())
    assert 1 < most <= MAX_THREADS


def test_context_variables_are_copied_to_each_thread():
    request: ContextVar[str] = ContextVar("request", default="")
    request.set("a1")
    assert run_concurrently(LANGUAGES, lambda _target: request.get(), Watch()) == ["a1"] * 4


def test_an_error_cancels_the_other_languages():
    watch = Watch()

    def run(target: str) -> None:
        if target == "es":
            raise RuntimeError("failed")
        wait_for_cancellation(watch)

    with pytest.raises(RuntimeError, match="failed"):
        run_concurrently(LANGUAGES, run, watch)


def test_control_c_cancels_all_languages():
    watch, finished, barrier = Watch(), list[str](), threading.Barrier(len(LANGUAGES))

    def run(target: str) -> None:
        if barrier.wait(timeout=10) == 0:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        try:
            wait_for_cancellation(watch)
        finally:
            finished.append(target)

    with pytest.raises(KeyboardInterrupt):
        run_concurrently(LANGUAGES, run, watch)
    for thread in threading.enumerate():  # the pool does not join a thread whose start was interrupted
        if thread.name.startswith("lede-language"):
            thread.join(10)
    assert sorted(finished) == sorted(LANGUAGES)


def test_a_language_that_fails_does_not_affect_the_others():
    def run(target: str) -> str:
        if target != "fr":
            raise CannotFit(f"no {target}")
        return target

    results, failures = run_each(LANGUAGES, run, Watch())
    assert results == ("fr",)
    assert [failure.target_language for failure in failures] == ["en", "es", "de"]
    assert all(isinstance(failure, Failure) for failure in failures)
    with pytest.raises(CannotFit, match="no en"):
        run_each(["en", "es"], run, Watch())
