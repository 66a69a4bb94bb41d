"""One prompt on its way through an engine, and all the calls that wait for its answer."""

import time
from contextvars import copy_context
from threading import Lock

from models.errors import ModelError
from models.protocol import Decoding, Hypothesis, Prompt, Tokens
from models.scheduling.call import Call
from models.scheduling.caller import Caller

FAMILY = 1000
"""Characters that two prompts must begin with alike for the sharing to be worth a batch of their own."""


class Row:
    """Safe to use from many threads. `reads` is the prompt's length, `cost` the most that it may take, in tokens.

    `context` is that of the caller who asked first: what is logged of the row in a worker's thread names its request.
    """

    def __init__(self, prompt: Prompt, decoding: Decoding, caller: Caller, reads: int) -> None:
        self.prompt = prompt
        self.decoding = decoding
        self.caller = caller
        self.search = decoding.but(max_tokens=0)
        text = "".join(" ".join(p.names) if isinstance(p, Tokens) else p.text for p in prompt.pieces)
        self.family = text[:FAMILY] if len(text) > FAMILY else ""
        self.reads = reads
        self.cost = reads + decoding.max_tokens
        self.context = copy_context()
        self.born = time.monotonic()
        self.begun = 0.0
        self.first_token: float | None = None
        self._lock = Lock()
        self._listeners: list[tuple[Call, int]] = []
        self._text = ""
        self._again = 0  # characters written since the row was begun anew, of which callers had heard before
        self._closed = False

    @property
    def key(self) -> tuple[Prompt, Decoding]:
        """What makes two rows one piece of work."""
        return self.prompt, self.decoding

    @property
    def open(self) -> bool:
        """Whether it has no answer yet, and somebody waits for one."""
        return not self._closed

    def join(self, call: Call, index: int) -> bool:
        """Adds a listener, who is told first what was written so far. False where the row is over."""
        with self._lock:
            if self._closed:
                return False
            self._listeners.append((call, index))
            if self._text and call.streams:
                call.hear(index, self._text)
            return True

    def leave(self, call: Call) -> None:
        """Takes a call away."""
        with self._lock:
            self._keep([pair for pair in self._listeners if pair[0] is not call])

    def wanted(self) -> bool:
        """Whether a caller has not stopped; those who have are taken away."""
        with self._lock:
            self._keep([pair for pair in self._listeners if not pair[0].stop()])
            return not self._closed

    def begin(self) -> None:
        """An engine takes it, for the first time or again."""
        self.begun = time.monotonic()
        self._again = 0

    def push(self, text: str) -> bool:
        """Takes new text, a token's or more. Returns whether nobody wants any more of it."""
        with self._lock:
            self.first_token = self.first_token or time.monotonic()
            new = text[max(len(self._text) - self._again, 0) :]
            self._again += len(text)
            self._text += new
            for call, index in self._listeners:
                if call.streams and (new or not text):
                    call.hear(index, new)
        return not self.wanted()

    def end(self, outcome: Hypothesis | ModelError) -> None:
        """Gives all who listen the answer, or why there is none."""
        with self._lock:
            for call, index in self._listeners:
                call.hear(index, outcome)
            self._keep([])

    def _keep(self, listeners: list[tuple[Call, int]]) -> None:
        self._listeners = listeners
        self._closed = not listeners
