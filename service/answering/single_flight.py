"""Single flight: identical requests under way at the same time share one piece of work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from summarizer.watch import Event, Watch

T = TypeVar("T")

PING = 15.0
"""Seconds without an event after which a stream sends a comment; proxies close idle connections after 30 or more."""


class Flight(Generic[T]):
    """One piece of work. `task` has its result; `callers` counts those who wait for it."""

    def __init__(self, work: Callable[[Watch], Awaitable[T]], deadline_ms: int | None) -> None:
        self.callers = 0
        self.watch = Watch(self._emit, deadline_ms=deadline_ms)
        self._loop = asyncio.get_running_loop()
        self._events: list[Event] = []
        self._changed = asyncio.Event()
        self.task = asyncio.ensure_future(work(self.watch))
        self.task.add_done_callback(self._done)

    async def events(self) -> AsyncIterator[Event | None]:
        """Yields all events from the start until the work is done, and None after each `PING` seconds without one."""
        position = 0
        while True:
            while position < len(self._events):
                yield self._events[position]
                position += 1
            if self.task.done():
                return
            changed = self._changed
            try:
                async with asyncio.timeout(PING):
                    await changed.wait()
            except TimeoutError:
                yield None

    def _emit(self, event: Event) -> None:
        """Called by the worker thread."""
        self._loop.call_soon_threadsafe(self._add, event)

    def _add(self, event: Event) -> None:
        self._events.append(event)
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _done(self, task: "asyncio.Future[T]") -> None:
        if not task.cancelled():
            task.exception()  # marked as retrieved: all callers may have left
        self._wake()


class SingleFlight(Generic[T]):
    """The work under way, by key.

    `grace` is how many seconds work continues, and a successful result is retained, after the last caller has left, for
    clients that disconnect and retry. Without it, work is cancelled with its last caller, and no result is retained.
    """

    def __init__(self, grace: float = 0) -> None:
        self._grace = grace
        self._flights: dict[Hashable, Flight[T]] = {}

    def __len__(self) -> int:
        return len(self._flights)

    @contextmanager
    def join(
        self, key: Hashable, work: Callable[[Watch], Awaitable[T]], deadline_ms: int | None = None
    ) -> Iterator[Flight[T]]:
        """Yields the key's flight, and starts it with `work` if there is none. Must run in the event loop."""
        flight = self._flights.get(key) or self._start(key, work, deadline_ms)
        flight.callers += 1
        try:
            yield flight
        finally:
            flight.callers -= 1
            if self._grace:
                asyncio.get_running_loop().call_later(self._grace, self._cancel_unused, key, flight)
            else:
                self._cancel_unused(key, flight)

    def _start(self, key: Hashable, work: Callable[[Watch], Awaitable[T]], deadline_ms: int | None) -> Flight[T]:
        flight = self._flights[key] = Flight(work, deadline_ms)
        flight.task.add_done_callback(lambda task: self._done(key, flight, task))
        return flight

    def _done(self, key: Hashable, flight: Flight[T], task: "asyncio.Future[T]") -> None:
        if not self._grace or task.cancelled() or task.exception():
            self._forget(key, flight)

    def _cancel_unused(self, key: Hashable, flight: Flight[T]) -> None:
        if not flight.callers:
            flight.watch.cancel()
            self._forget(key, flight)

    def _forget(self, key: Hashable, flight: Flight[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
