"""Where a request's time went."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Milliseconds by step, added up as steps come again."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._spent: dict[str, float] = {}

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        """Counts the block's time as the step's."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._spent[step] = self._spent.get(step, 0.0) + (time.perf_counter() - started) * 1000

    def timings(self) -> dict[str, float]:
        """Milliseconds of each step, and `total` since the clock was made, to a tenth."""
        total = (time.perf_counter() - self._started) * 1000
        return {step: round(spent, 1) for step, spent in (*self._spent.items(), ("total", total))}
