"""A circuit breaker for optional stores: after a fault, requests go on without the store for a while."""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import structlog

from service.exceptions import ServiceError

log = structlog.get_logger("lede.stores")

T = TypeVar("T")

OPEN_SECONDS = 5.0
"""Seconds without calls after a fault, so that a faulty store does not slow down every request."""


class CircuitBreaker:
    """Calls a store; returns None if the call fails or the breaker is open.

    `message` is the warning logged once each time the breaker opens; `faults` are the errors that open it.
    """

    def __init__(self, message: str, *faults: type[Exception]) -> None:
        self._message = message
        self._faults = faults
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether calls are suspended now."""
        return time.monotonic() < self._open_until

    def call(self, function: Callable[[], T]) -> T | None:
        """Returns the function's result; blocks."""
        if not self.is_open:
            with self._opens_on_fault():
                return function()
        return None

    async def call_async(self, function: Callable[[], Awaitable[T]]) -> T | None:
        """Returns the coroutine function's result."""
        if not self.is_open:
            with self._opens_on_fault():
                return await function()
        return None

    @contextmanager
    def _opens_on_fault(self) -> Iterator[None]:
        try:
            yield
        except self._faults as error:
            self._open_until = time.monotonic() + OPEN_SECONDS
            # Messages of other libraries are not logged: they may quote their input.
            reason = str(error) if isinstance(error, ServiceError) else type(error.__cause__ or error).__name__
            log.warning(self._message, reason=reason)
