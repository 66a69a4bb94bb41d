"""Kinds of writing tasks: the request of each, where its sources come from, and how the desk does it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from service.links.fetch import Fetcher
from service.schemas import BaseRequest, BaseResponse
from summarizer.desk import Desk, Source
from summarizer.watch import Watch

Sources = Source | tuple[Source | str, ...] | None
RequestT = TypeVar("RequestT", bound=BaseRequest)
SourceT = TypeVar("SourceT", bound=Sources)


@dataclass(frozen=True)
class WritingTask(Generic[RequestT, SourceT]):
    """One kind of task. The same request, sources and models give the same response."""

    kind: str
    """Its name in jobs."""
    request: type[RequestT]
    """The schema of its requests."""
    source: Callable[[RequestT, Fetcher], Awaitable[SourceT]]
    """Returns the sources, fetched if need be; None if the request contains all. Raises what Fetcher.fetch raises."""
    write: Callable[[Desk, RequestT, SourceT, Watch], BaseResponse]
    """Does the work; blocks. Raises what the desk raises."""


def request_id() -> str:
    """Returns the id of the request that this thread works for, as in the log."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
