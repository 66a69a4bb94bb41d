"""Runs the same work for several languages concurrently; one that fails does not affect the others."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from typing import TypeVar

from models.errors import UnsupportedDirection
from summarizer.editions import Failure
from summarizer.errors import CannotFit, CannotSupport, NotTranslated
from summarizer.languages import canonical
from summarizer.watch import Watch

T = TypeVar("T")

LANGUAGE_ERRORS = (CannotFit, CannotSupport, NotTranslated, UnsupportedDirection)
"""Errors that concern a single language."""

MAX_THREADS = 8
"""Maximum number of languages in parallel: an engine generates eight sequences in little more time than one."""

SIGNAL_SECONDS = 0.5
"""How long Ctrl-C may wait."""


def run_each(
    targets: Iterable[str], run: Callable[[str], T], watch: Watch
) -> tuple[tuple[T, ...], tuple[Failure, ...]]:
    """Returns the results and the failures by language. Raises the first error if all of them failed."""

    def attempt(target: str) -> T | Failure:
        try:
            return run(target)
        except LANGUAGE_ERRORS as error:
            return Failure(target, error)

    outcomes = run_concurrently(list(dict.fromkeys(map(canonical, targets))), attempt, watch)
    failures = tuple(outcome for outcome in outcomes if isinstance(outcome, Failure))
    if failures and len(failures) == len(outcomes):
        raise failures[0].error
    return tuple(outcome for outcome in outcomes if not isinstance(outcome, Failure)), failures


def run_concurrently(targets: Sequence[str], run: Callable[[str], T], watch: Watch) -> list[T]:
    """Returns the result for each language, in order; `run` is called in several threads.

    If one raises, or on Ctrl-C, all are cancelled; the error is raised once all have stopped.
    """
    if len(targets) < 2:  # noqa: PLR2004 - one needs no thread
        return [run(target) for target in targets]
    with ThreadPoolExecutor(min(len(targets), MAX_THREADS), "lede-language") as threads, _cancelled_on_error(watch):
        futures = [threads.submit(copy_context().run, run, target) for target in targets]
        _raise_first_error(futures)
    return [future.result() for future in futures]


def _raise_first_error(futures: Sequence[Future[T]]) -> None:
    """Waits for all futures, or for the first that fails.

    The wait has a timeout because Python handles a signal that arrives just before a thread blocks only after the next
    wake-up.
    """
    pending = set(futures)
    while pending:
        finished, pending = wait(pending, SIGNAL_SECONDS, FIRST_COMPLETED)
        for future in finished:
            future.result()


@contextmanager
def _cancelled_on_error(watch: Watch) -> Iterator[None]:
    try:
        yield
    except BaseException:
        watch.cancel()  # a language that has not started stops at its first check
        raise
