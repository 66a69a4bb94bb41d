"""What there is to write: each kind's request, how its article is had, and how the desk is asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from models.card import Task as Part
from service.fetch import Fetcher
from service.schemas import Answer, Request
from summarizer.desk import Desk, Source
from summarizer.watch import Watch

Wanted = TypeVar("Wanted", bound=Request)


@dataclass(frozen=True)
class Task(Generic[Wanted]):
    """One kind of writing. The same request, source and models give the same answer."""

    kind: str
    """Its name in jobs."""
    request: type[Wanted]
    """What is asked for."""
    source: Callable[[Wanted, Fetcher], Awaitable[Source | None]]
    """The article, fetched if need be; None where the request says it all. Raises what Fetcher.fetch raises."""
    write: Callable[[Desk, Wanted, Source | None, Watch], Answer]
    """The desk's work; blocks. Raises what the desk raises."""
    parts: tuple[Part, ...] = ("summarise", "translate")
    """What models may have to do for it."""
