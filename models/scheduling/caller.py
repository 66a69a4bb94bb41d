"""On whose behalf a model is asked: set once for a request, and read wherever its work is queued."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """`owner` is who shares a fair part with the other owners (an API key's name); `batch` work can wait."""

    owner: str = ""
    batch: bool = False


_CALLER: ContextVar[Caller] = ContextVar("lede-caller", default=Caller())  # noqa: B039 - it is frozen


def current() -> Caller:
    """The caller that this thread or task works for."""
    return _CALLER.get()


@contextmanager
def calling(caller: Caller) -> Iterator[None]:
    """Work in the block, and in the threads that its context is copied to, is the caller's."""
    token = _CALLER.set(caller)
    try:
        yield
    finally:
        _CALLER.reset(token)
