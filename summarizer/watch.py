"""What a caller sees of work as it goes on, and how it stops it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from summarizer.article import Notice
from summarizer.errors import Cancelled, DeadlineExceeded


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: a step done, a piece of the answer that is final, or a warning about it."""

    kind: Literal["progress", "delta", "warning", "edition"]
    data: dict[str, object]


class Watch:
    """One request's work. Safe to cancel from another thread; events come one by one, from the threads that work.

    `deadline` is the time of `time.monotonic` at which the work is to be done.
    """

    def __init__(self, emit: Callable[[Event], None] = lambda _event: None, *, deadline_ms: int | None = None) -> None:
        self._hear = emit
        self._heard = threading.Lock()
        self._cancelled = threading.Event()
        self._tell: Callable[[], object] = lambda: None
        self.deadline = time.monotonic() + deadline_ms / 1000 if deadline_ms else None

    def cancel(self) -> None:
        """Stops the work at its next token."""
        self._cancelled.set()
        self._tell()

    def on_cancel(self, callback: Callable[[], object]) -> None:
        """`tell` is called by whoever cancels, or at once where that was done."""
        self._tell = tell
        if self._cancelled.is_set():
            tell()

    def should_stop(self) -> bool:
        """Whether to stop; what engines ask between tokens."""
        return self._cancelled.is_set() or (self.deadline is not None and time.monotonic() > self.deadline)

    def has_time_for(self, seconds: float) -> bool:
        """Whether so much time is left before the deadline."""
        return self.deadline is None or time.monotonic() + seconds <= self.deadline

    def check(self) -> None:
        """Raises Cancelled or DeadlineExceeded when the work is to stop."""
        if self.should_stop():
            raise self.stop_error()

    def stop_error(self) -> Cancelled | DeadlineExceeded:
        """Why the work stops."""
        if self._cancelled.is_set():
            return Cancelled("The caller went away.")
        return DeadlineExceeded("The deadline passed before the answer was whole.")

    def progress(self, step: str, done: int = 0, total: int = 1) -> None:
        """Tells of a step and how far it is."""
        self._emit(Event("progress", {"step": step, "done": done, "total": total}))

    def delta(self, text: str, **where: object) -> None:
        """Tells of the next piece of the answer. It was checked: the result will hold it."""
        self._emit(Event("delta", {**where, "text": text}))

    def edition(self, data: dict[str, object]) -> None:
        """Tells of one language's whole edition. The result will hold it."""
        self._emit(Event("edition", data))

    def warning(self, notice: Notice) -> None:
        """Tells of a warning that the result will carry."""
        self._emit(Event("warning", {"kind": notice.kind, "message": notice.message}))

    def _emit(self, event: Event) -> None:
        with self._heard:
            self._hear(event)
