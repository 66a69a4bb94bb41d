"""The flow that a request belongs to: set once per request, and read where its work is queued."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow of fair queueing: the work of one `owner` (an API key's name), interactive or `batch`."""

    owner: str = ""
    batch: bool = False


_FLOW: ContextVar[Flow] = ContextVar("lede-flow", default=Flow())  # noqa: B039 - it is frozen


def current_flow() -> Flow:
    """Returns the flow of this thread or task."""
    return _FLOW.get()


@contextmanager
def use_flow(flow: Flow) -> Iterator[None]:
    """Assigns the work in the block, and in threads that copy its context, to a flow."""
    token = _FLOW.set(flow)
    try:
        yield
    finally:
        _FLOW.reset(token)
