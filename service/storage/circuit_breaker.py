"""Stores that nobody's request shall fail or wait for: after a fault they are done without for a while."""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import structlog

from service.exceptions import ServiceError

log = structlog.get_logger("lede.stores")

T = TypeVar("T")

REST = 5.0
"""Seconds that a store is left alone after a fault, so that its faults cost time once and not at each request."""


class CircuitBreaker:
    """Asks a store, and answers None where it is at fault or at rest.

    `told` is what the log says of a fault, once a rest; `faults` are the errors that are one.
    """

    def __init__(self, told: str, *faults: type[Exception]) -> None:
        self._told = told
        self._faults = faults
        self._until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether it is left alone now."""
        return time.monotonic() < self._until

    def call(self, ask: Callable[[], T]) -> T | None:
        """What the store says; blocks."""
        if not self.is_open:
            with self._tried():
                return ask()
        return None

    async def call_async(self, ask: Callable[[], Awaitable[T]]) -> T | None:
        """What the store says."""
        if not self.is_open:
            with self._tried():
                return await ask()
        return None

    @contextmanager
    def _tried(self) -> Iterator[None]:
        try:
            yield
        except self._faults as error:
            self._until = time.monotonic() + REST
            # Ours say what happened; those of others may quote what they were given.
            reason = str(error) if isinstance(error, ServiceError) else type(error.__cause__ or error).__name__
            log.warning(self._told, reason=reason)
