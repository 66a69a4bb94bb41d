"""One prompt on its way through an engine, with all calls that wait for it."""

import time
from contextvars import copy_context
from threading import Lock

from models.errors import ModelError
from models.protocol import Decoding, Hypothesis, Prompt, Tokens
from models.scheduling.call import Call
from models.scheduling.caller import Flow

SHARED_PREFIX = 1000
"""Characters of a common prefix from which rows are worth a batch of their own."""


class Row:
    """A prompt with its decoding options. Thread-safe. `cost` is the maximum tokens of prompt and output.

    `context` is that of the first caller: log records about the row in a worker's thread name its request.
    """

    def __init__(self, prompt: Prompt, decoding: Decoding, flow: Flow, prompt_tokens: int) -> None:
        self.prompt = prompt
        self.decoding = decoding
        self.flow = flow
        self.search = decoding.replace(max_tokens=0)
        text = "".join(" ".join(p.names) if isinstance(p, Tokens) else p.text for p in prompt.pieces)
        self.shared_prefix = text[:SHARED_PREFIX] if len(text) > SHARED_PREFIX else ""
        self.prompt_tokens = prompt_tokens
        self.cost = prompt_tokens + decoding.max_tokens
        self.context = copy_context()
        self.arrived = time.monotonic()
        self.started = 0.0
        self.first_token: float | None = None
        self._lock = Lock()
        self._listeners: list[tuple[Call, int]] = []
        self._text = ""
        self._replayed = 0  # characters generated since the row was restarted, which listeners already have
        self._closed = False

    @property
    def key(self) -> tuple[Prompt, Decoding]:
        """Rows with the same key do the same work."""
        return self.prompt, self.decoding

    @property
    def open(self) -> bool:
        """Whether the row has no result yet and a call waits for it."""
        return not self._closed

    def join(self, call: Call, index: int) -> bool:
        """Adds a listener, which first receives the text so far. Returns False if the row has ended."""
        with self._lock:
            if self._closed:
                return False
            self._listeners.append((call, index))
            if self._text and call.streams:
                call.post(index, self._text)
            return True

    def leave(self, call: Call) -> None:
        """Removes a call."""
        with self._lock:
            self._set_listeners([pair for pair in self._listeners if pair[0] is not call])

    def has_listeners(self) -> bool:
        """Returns whether a call still waits, after removing those that have stopped."""
        with self._lock:
            self._set_listeners([pair for pair in self._listeners if not pair[0].stop()])
            return not self._closed

    def begin(self) -> None:
        """Marks the row as started on an engine, for the first time or in a retry."""
        self.started = time.monotonic()
        self._replayed = 0

    def push(self, text: str) -> bool:
        """Adds new text, of one or more tokens. Returns whether all listeners have stopped."""
        with self._lock:
            self.first_token = self.first_token or time.monotonic()
            new = text[max(len(self._text) - self._replayed, 0) :]
            self._replayed += len(text)
            self._text += new
            for call, index in self._listeners:
                if call.streams and (new or not text):
                    call.post(index, new)
        return not self.has_listeners()

    def end(self, outcome: Hypothesis | ModelError) -> None:
        """Delivers the result or the error to all listeners."""
        with self._lock:
            for call, index in self._listeners:
                call.post(index, outcome)
            self._set_listeners([])

    def _set_listeners(self, listeners: list[tuple[Call, int]]) -> None:
        self._listeners = listeners
        self._closed = not listeners
