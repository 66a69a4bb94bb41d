"""Progress events, cancellation and the deadline of a request."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from summarizer.article import Notice
from summarizer.errors import Cancelled, DeadlineExceeded


@dataclass(frozen=True, slots=True)
class Event:
    """A progress report, a final piece of the result, a warning about it, or a finished edition."""

    kind: Literal["progress", "delta", "warning", "edition"]
    data: dict[str, object]


class Watch:
    """Watches the work of one request. Safe to cancel from another thread.

    `emit` receives the events one at a time, from the working threads. `deadline` is a time of `time.monotonic`.
    """

    def __init__(self, emit: Callable[[Event], None] = lambda _event: None, *, deadline_ms: int | None = None) -> None:
        self._on_event = emit
        self._emitting = threading.Lock()
        self._cancelled = threading.Event()
        self._on_cancel: Callable[[], object] = lambda: None
        self.deadline = time.monotonic() + deadline_ms / 1000 if deadline_ms else None

    def cancel(self) -> None:
        """Stops the work at its next token."""
        self._cancelled.set()
        self._on_cancel()

    def on_cancel(self, callback: Callable[[], object]) -> None:
        """Registers a callback for cancellation; calls it immediately if that has already happened."""
        self._on_cancel = callback
        if self._cancelled.is_set():
            callback()

    def should_stop(self) -> bool:
        """Whether to stop. Engines call this between tokens."""
        return self._cancelled.is_set() or (self.deadline is not None and time.monotonic() > self.deadline)

    def has_time_for(self, seconds: float) -> bool:
        """Whether this much time remains before the deadline."""
        return self.deadline is None or time.monotonic() + seconds <= self.deadline

    def check(self) -> None:
        """Raises Cancelled or DeadlineExceeded if the work has to stop."""
        if self.should_stop():
            raise self.stop_error()

    def stop_error(self) -> Cancelled | DeadlineExceeded:
        """The error to raise when the work stops."""
        if self._cancelled.is_set():
            return Cancelled("The request was cancelled.")
        return DeadlineExceeded("The deadline passed before the result was complete.")

    def progress(self, step: str, done: int = 0, total: int = 1) -> None:
        """Reports the progress of a step."""
        self._emit(Event("progress", {"step": step, "done": done, "total": total}))

    def delta(self, text: str, **where: object) -> None:
        """Reports the next piece of the result. It was checked and is final."""
        self._emit(Event("delta", {**where, "text": text}))

    def edition(self, data: dict[str, object]) -> None:
        """Reports one language's complete edition. It is final."""
        self._emit(Event("edition", data))

    def warning(self, notice: Notice) -> None:
        """Reports a warning that the result will contain."""
        self._emit(Event("warning", {"kind": notice.kind, "message": notice.message}))

    def _emit(self, event: Event) -> None:
        with self._emitting:
            self._on_event(event)
