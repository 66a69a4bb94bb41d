"""Work under way, which all who ask the same share: it goes on while one of them waits, and stops when none does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from summarizer.watch import Event, Watch

T = TypeVar("T")

PING = 15.0
"""Seconds of silence after which a stream says that it is alive; proxies cut at 30 and more."""


class Flight(Generic[T]):
    """One piece of work. `task` is its result, `callers` how many wait for it."""

    def __init__(self, work: Callable[[Watch], Awaitable[T]], deadline_ms: int | None) -> None:
        self.callers = 0
        self.watch = Watch(self._emit, deadline_ms=deadline_ms)
        self._loop = asyncio.get_running_loop()
        self._events: list[Event] = []
        self._news = asyncio.Event()
        self.task = asyncio.ensure_future(work(self.watch))
        self.task.add_done_callback(self._done)

    async def events(self) -> AsyncIterator[Event | None]:
        """Everything that happened and happens, from the start until the work is done; None when nothing does."""
        told = 0
        while True:
            while told < len(self._events):
                yield self._events[told]
                told += 1
            if self.task.done():
                return
            news = self._news
            try:
                async with asyncio.timeout(PING):
                    await news.wait()
            except TimeoutError:
                yield None

    def _emit(self, event: Event) -> None:
        """Called by the thread that works."""
        self._loop.call_soon_threadsafe(self._add, event)

    def _add(self, event: Event) -> None:
        self._events.append(event)
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _done(self, task: "asyncio.Future[T]") -> None:
        if not task.cancelled():
            task.exception()  # looked at, though all may have left
        self._wake()


class Flights(Generic[T]):
    """The work under way, by what was asked."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, Flight[T]] = {}

    def __len__(self) -> int:
        return len(self._under_way)

    @contextmanager
    def join(
        self, key: Hashable, work: Callable[[Watch], Awaitable[T]], deadline_ms: int | None
    ) -> Iterator[Flight[T]]:
        """The flight of a key, begun if there is none. It is stopped when the last who joined has left."""
        flight = self._under_way.get(key) or self._begin(key, work, deadline_ms)
        flight.callers += 1
        try:
            yield flight
        finally:
            flight.callers -= 1
            if not flight.callers:
                flight.watch.cancel()
                self._land(key, flight)

    def _begin(self, key: Hashable, work: Callable[[Watch], Awaitable[T]], deadline_ms: int | None) -> Flight[T]:
        flight = self._under_way[key] = Flight(work, deadline_ms)
        flight.task.add_done_callback(lambda _task: self._land(key, flight))
        return flight

    def _land(self, key: Hashable, flight: Flight[T]) -> None:
        if self._under_way.get(key) is flight:
            del self._under_way[key]
