"""Several languages made at once."""

import signal
import threading
from contextvars import ContextVar

import pytest

from summarizer.editing.concurrent import MAX_THREADS, run_concurrently, run_each
from summarizer.editions import Failure
from summarizer.errors import CannotFit
from summarizer.watch import Watch

LANGUAGES = ["en", "fr", "es", "de"]


def until_told(watch: Watch) -> None:
    while not watch.should_stop():
        threading.Event().wait(0.001)
    watch.check()


def test_they_are_made_at_once_and_come_in_order():
    together = threading.Barrier(len(LANGUAGES))

    def make(target: str) -> tuple[str, bool]:
        return target, together.wait(timeout=10) >= 0

    assert run_concurrently(LANGUAGES, make, Watch()) == [(target, True) for target in LANGUAGES]


def test_no_more_than_so_many_are():
    working, most, changing = 0, 0, threading.Lock()

    def make(_target: str) -> None:
        nonlocal working, most
        with changing:
            working += 1
            most = max(most, working)
        threading.Event().wait(0.005)
        with changing:
            working -= 1

    run_concurrently([f"x-{number}" for number in range(30)], make, Watch())
    assert 1 < most <= MAX_THREADS


def test_what_is_known_of_the_request_is_known_in_each():
    request: ContextVar[str] = ContextVar("request", default="")
    request.set("a1")
    assert run_concurrently(LANGUAGES, lambda _target: request.get(), Watch()) == ["a1"] * 4


def test_where_one_fails_the_others_are_stopped():
    watch = Watch()

    def make(target: str) -> None:
        if target == "es":
            raise RuntimeError("torn")
        until_told(watch)

    with pytest.raises(RuntimeError, match="torn"):
        run_concurrently(LANGUAGES, make, watch)


def test_control_c_stops_all():
    watch, ended, together = Watch(), list[str](), threading.Barrier(len(LANGUAGES))

    def make(target: str) -> None:
        if together.wait(timeout=10) == 0:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        try:
            until_told(watch)
        finally:
            ended.append(target)

    with pytest.raises(KeyboardInterrupt):
        run_concurrently(LANGUAGES, make, watch)
    for thread in threading.enumerate():  # the pool does not know of one whose start Ctrl-C came into
        if thread.name.startswith("lede-language"):
            thread.join(10)
    assert sorted(ended) == sorted(LANGUAGES)


def test_a_language_that_cannot_be_served_leaves_the_others_whole():
    def make(target: str) -> str:
        if target != "fr":
            raise CannotFit(f"no {target}")
        return target

    done, failures = run_each(LANGUAGES, make, Watch())
    assert done == ("fr",)
    assert [failure.target_language for failure in failures] == ["en", "es", "de"]
    assert all(isinstance(failure, Failure) for failure in failures)
    with pytest.raises(CannotFit, match="no en"):
        run_each(["en", "es"], make, Watch())
