"""One caller's prompts while they are written: what is heard of each, in the caller's own thread."""

from collections.abc import Callable
from queue import Empty, SimpleQueue

from models.errors import ModelError
from models.protocol import Hypothesis, OnToken

POLL = 0.05
"""Seconds between two looks at whether a caller that hears nothing still wants its answer."""

Event = str | Hypothesis | ModelError
"""More text, a whole answer, or why there is none."""


class Call:
    """Hears from any thread, and tells its caller in the caller's thread: a slow or broken caller holds up nobody."""

    def __init__(self, size: int, on_token: OnToken | None, stop: Callable[[], bool]) -> None:
        self.stop = stop
        self.streams = on_token is not None
        self._on_token = on_token or (lambda _index, _text: False)
        self._events: SimpleQueue[tuple[int, Event]] = SimpleQueue()
        self._found: list[Hypothesis | None] = [None] * size
        self._heard: list[list[str]] = [[] for _ in range(size)]

    def hear(self, index: int, event: Event) -> None:
        """Takes news of the prompt with this index."""
        self._events.put((index, event))

    def answers(self, meanwhile: Callable[[], None]) -> list[Hypothesis]:
        """An answer for each prompt, once all are there or `stop` ends the wait; `meanwhile` is called now and then.

        Raises what a prompt failed with.
        """
        while None in self._found and not self.stop():
            try:
                index, event = self._events.get(timeout=POLL)
            except Empty:
                meanwhile()
                continue
            if self._found[index] is None:
                self._take(index, event)
        return [found or self._cut(index) for index, found in enumerate(self._found)]

    def _take(self, index: int, event: Event) -> None:
        if isinstance(event, ModelError):
            raise event
        if isinstance(event, Hypothesis):
            self._found[index] = event
            return
        self._heard[index].append(event)
        if self._on_token(index, event):
            self._found[index] = self._cut(index)

    def _cut(self, index: int) -> Hypothesis:
        """An answer that ends with what its caller heard."""
        heard = self._heard[index]
        return Hypothesis("".join(heard), len(heard), "stopped", 0.0)
