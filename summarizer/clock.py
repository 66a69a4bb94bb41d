"""Where a request's time went: counted in its answer, and told as OpenTelemetry's spans to whoever collects them."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace


class Clock:
    """Milliseconds by step, added up as steps come again, or beside each other."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._spent: dict[str, float] = {}
        self._adding = threading.Lock()

    @contextmanager
    def __call__(self, step: str, **about: str) -> Iterator[None]:
        """Counts the block's time as the step's; `about` says more of it in its span, and never a word of a text."""
        started = time.perf_counter()
        try:
            with _span(step, about):
                yield
        finally:
            with self._adding:
                self._spent[step] = self._spent.get(step, 0.0) + (time.perf_counter() - started) * 1000

    def timings(self) -> dict[str, float]:
        """Milliseconds of each step, and `total` since the clock was made, to a tenth."""
        total = (time.perf_counter() - self._started) * 1000
        return {step: round(spent, 1) for step, spent in (*self._spent.items(), ("total", total))}


@contextmanager
def _span(step: str, about: dict[str, str]) -> Iterator[None]:
    """A span, or nothing where nobody collects any. Errors are told by their kind alone: their words quote texts."""
    attributes = {f"lede.{name}": value for name, value in about.items()}
    tracer = trace.get_tracer("lede")
    with tracer.start_as_current_span(
        step, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except BaseException as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(trace.StatusCode.ERROR)
            raise
