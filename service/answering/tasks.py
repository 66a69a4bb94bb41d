"""What there is to write: each kind's request, how its article is had, and how the desk is asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from service.links.fetch import Fetcher
from service.schemas import Answer, Request
from summarizer.desk import Desk, Source
from summarizer.watch import Watch

Wanted = TypeVar("Wanted", bound=Request)
Sources = Source | tuple[Source | str, ...] | None
Given = TypeVar("Given", bound=Sources)


@dataclass(frozen=True)
class Task(Generic[Wanted, Given]):
    """One kind of writing. The same request, source and models give the same answer."""

    kind: str
    """Its name in jobs."""
    request: type[Wanted]
    """What is asked for."""
    source: Callable[[Wanted, Fetcher], Awaitable[Given]]
    """The article, fetched if need be; None where the request says it all. Raises what Fetcher.fetch raises."""
    write: Callable[[Desk, Wanted, Given, Watch], Answer]
    """The desk's work; blocks. Raises what the desk raises."""


def request_id() -> str:
    """The request that this thread works for, as the log names it."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
