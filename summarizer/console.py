"""Terminal output of commands: progress and notes go to stderr, so that stdout has only results."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from models.files.progress import Stage
from summarizer.watch import Event, Watch

_WORDS: dict[Stage, str] = {"fetch": "Fetching", "verify": "Verifying", "convert": "Converting", "load": "Loading"}
_IN_BYTES = {"fetch", "verify"}

LINE_SECONDS = 5.0
"""Seconds between two lines of progress when the output is not a terminal."""


class ProgressBars:
    """Progress bars for downloading and loading models, with bytes, rate and remaining time.

    Without a terminal, it prints a line from time to time. With `quiet`, it prints nothing.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.console = Console(stderr=True, highlight=False, soft_wrap=True, quiet=quiet)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("{task.fields[amount]}"),
            TimeRemainingColumn(),
        )
        self._progress = Progress(*columns, console=self.console, disable=not self.console.is_terminal)
        self._tasks: dict[str, TaskID] = {}
        self._started: dict[Stage, float] = {}
        self._printed = 0.0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def advance(self, stage: Stage, done: int, total: int) -> None:
        """Reports `done` of `total` bytes or pieces of a stage."""
        now = time.monotonic()
        started = self._started.setdefault(stage, now)
        amount = _amount(stage, done, total, now - started)
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(_WORDS[stage], total=total, amount=amount)
        self._progress.update(self._tasks[stage], completed=done, total=total, amount=amount)
        if not self.console.is_terminal and (done >= total or now - self._printed > LINE_SECONDS):
            self._printed = now
            self.console.print(f"{_WORDS[stage]} {done * 100 // max(total, 1)}% {amount}")

    def count(self, what: str, done: int, total: int) -> None:
        """Reports `done` of `total` items, on a terminal only."""
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total, amount="")
        self._progress.update(self._tasks[what], completed=done, total=total, amount=f"{done}/{total}")

    def watch(self, what: str) -> Watch:
        """Returns a watch that reports the articles of a file."""

        def emit(event: Event) -> None:
            if event.kind == "progress" and event.data["step"] == "articles":
                self.count(what, int(str(event.data["done"])), int(str(event.data["total"])))

        return Watch(emit)

    def note(self, message: str) -> None:
        """Prints a line."""
        self.console.print(message, style="yellow")


def _amount(stage: Stage, done: int, total: int, seconds: float) -> str:
    if stage not in _IN_BYTES:
        return f"{done}/{total}"
    rate = f", {done / seconds / 1e6:.1f} MB/s" if seconds > 1 else ""
    return f"{done / 1e6:,.0f}/{total / 1e6:,.0f} MB{rate}"
