"""The same work in several languages, where one that cannot be served leaves the others whole."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from models.errors import UnsupportedDirection
from summarizer.editions import Failure
from summarizer.errors import CannotFit, CannotSupport
from summarizer.languages import canonical

T = TypeVar("T")

HARMLESS = (CannotFit, CannotSupport, UnsupportedDirection)
"""Errors that say something of one language alone."""


def each(targets: Iterable[str], make: Callable[[str], T]) -> tuple[tuple[T, ...], tuple[Failure, ...]]:
    """What could be made, and the languages in which it could not. Raises the first error where there is nothing."""
    done: list[T] = []
    failures: list[Failure] = []
    for target in dict.fromkeys(map(canonical, targets)):
        try:
            done.append(make(target))
        except HARMLESS as error:
            failures.append(Failure(target, error))
    if failures and not done:
        raise failures[0].error
    return tuple(done), tuple(failures)
