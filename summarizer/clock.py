"""The time of a request by step: reported in its response, and as OpenTelemetry spans."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace


class Clock:
    """Milliseconds by step, summed over repeated and concurrent steps."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._spent: dict[str, float] = {}
        self._adding = threading.Lock()

    @contextmanager
    def __call__(self, step: str, **attributes: str) -> Iterator[None]:
        """Adds the block's time to the step. `attributes` describe the span, and must not contain any text."""
        started = time.perf_counter()
        try:
            with _span(step, attributes):
                yield
        finally:
            with self._adding:
                self._spent[step] = self._spent.get(step, 0.0) + (time.perf_counter() - started) * 1000

    def timings(self) -> dict[str, float]:
        """Returns the milliseconds of each step, and the `total` since the clock was created, to a tenth."""
        total = (time.perf_counter() - self._started) * 1000
        return {step: round(spent, 1) for step, spent in (*self._spent.items(), ("total", total))}


@contextmanager
def _span(step: str, attributes: dict[str, str]) -> Iterator[None]:
    """A span. Errors are recorded by type only, because their messages quote texts."""
    prefixed = {f"lede.{name}": value for name, value in attributes.items()}
    tracer = trace.get_tracer("lede")
    with tracer.start_as_current_span(
        step, attributes=prefixed, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except BaseException as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(trace.StatusCode.ERROR)
            raise
