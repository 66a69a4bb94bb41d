"""The same work in several languages at once, where one that cannot be served leaves the others whole."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from contextvars import copy_context
from typing import TypeVar

from models.errors import UnsupportedDirection
from summarizer.editions import Failure
from summarizer.errors import CannotFit, CannotSupport
from summarizer.languages import canonical
from summarizer.watch import Watch

T = TypeVar("T")

LANGUAGE_ERRORS = (CannotFit, CannotSupport, UnsupportedDirection)
"""Errors that say something of one language alone."""

MAX_THREADS = 8
"""Languages made at once: an engine writes eight rows in little more than the time of one."""


def run_each(
    targets: Iterable[str], make: Callable[[str], T], watch: Watch
) -> tuple[tuple[T, ...], tuple[Failure, ...]]:
    """What could be made, and the languages in which it could not. Raises the first error where there is nothing."""

    def tried(target: str) -> T | Failure:
        try:
            return make(target)
        except LANGUAGE_ERRORS as error:
            return Failure(target, error)

    made = run_concurrently(list(dict.fromkeys(map(canonical, targets))), tried, watch)
    failures = tuple(one for one in made if isinstance(one, Failure))
    if failures and len(failures) == len(made):
        raise failures[0].error
    return tuple(one for one in made if not isinstance(one, Failure)), failures


def run_concurrently(targets: Sequence[str], make: Callable[[str], T], watch: Watch) -> list[T]:
    """What is made of each, in order; `make` is called in several threads.

    Where one fails, or Ctrl-C comes, all are stopped; raises the error when none works any more.
    """
    if len(targets) < 2:  # noqa: PLR2004 - one needs no thread
        return [make(target) for target in targets]
    with ThreadPoolExecutor(min(len(targets), MAX_THREADS), "lede-language") as threads, _stopping(watch):
        working = [threads.submit(copy_context().run, make, target) for target in targets]
        for work in as_completed(working):
            work.result()
    return [work.result() for work in working]


@contextmanager
def _stopping(watch: Watch) -> Iterator[None]:
    try:
        yield
    except BaseException:
        watch.cancel()  # a language that has not begun ends when it first looks
        raise
