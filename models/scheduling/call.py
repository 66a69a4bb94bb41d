"""One call of `generate`: receives events from workers, and delivers them in the caller's thread."""

from collections.abc import Callable
from queue import Empty, SimpleQueue

from models.errors import ModelError
from models.protocol import Hypothesis, OnToken

POLL = 0.05
"""Seconds between checks whether a waiting caller has stopped."""

Event = str | Hypothesis | ModelError
"""New text, the full hypothesis, or the error in its place."""


class Call:
    """Receives events from any thread, and delivers them in the caller's.

    A slow or failing caller delays nobody else.
    """

    def __init__(self, size: int, on_token: OnToken | None, stop: Callable[[], bool]) -> None:
        self.stop = stop
        self.streams = on_token is not None
        self._on_token = on_token or (lambda _index, _text: False)
        self._events: SimpleQueue[tuple[int, Event]] = SimpleQueue()
        self._results: list[Hypothesis | None] = [None] * size
        self._texts: list[list[str]] = [[] for _ in range(size)]

    def post(self, index: int, event: Event) -> None:
        """Adds an event of the prompt with this index."""
        self._events.put((index, event))

    def wait(self, on_wait: Callable[[], None]) -> list[Hypothesis]:
        """Waits for all hypotheses, or until `stop` returns True; calls `on_wait` regularly.

        Raises the error of a prompt that failed.
        """
        while None in self._results and not self.stop():
            try:
                index, event = self._events.get(timeout=POLL)
            except Empty:
                on_wait()
                continue
            if self._results[index] is None:
                self._take(index, event)
        return [result or self._cut(index) for index, result in enumerate(self._results)]

    def _take(self, index: int, event: Event) -> None:
        if isinstance(event, ModelError):
            raise event
        if isinstance(event, Hypothesis):
            self._results[index] = event
            return
        self._texts[index].append(event)
        if self._on_token(index, event):
            self._results[index] = self._cut(index)

    def _cut(self, index: int) -> Hypothesis:
        """Returns a hypothesis of the text that the caller has received."""
        texts = self._texts[index]
        return Hypothesis("".join(texts), len(texts), "stopped", 0.0)
