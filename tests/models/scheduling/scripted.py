"""Scripted engines: one that runs batches, and one that runs steps, word by word."""

import threading
from collections.abc import Callable, Sequence

from models.engines.fake import WORD, FakeEngine, echo
from models.errors import PromptTooLong
from models.protocol import Decoding, Finish, Hypothesis, OnToken, Prompt, StepOutput, Text

TIMEOUT = 10
"""Seconds after which a waiting test fails."""

POISON = "poison"


def prompt(text: str) -> Prompt:
    return Prompt((Text(text),))


class Gate:
    """Blocks an engine until it is opened, and signals when the engine has reached it."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._open = threading.Event()

    def wait(self) -> None:
        self.reached.set()
        assert self._open.wait(TIMEOUT), "the gate was never opened"

    def open(self) -> None:
        self._open.set()


class Batches(FakeEngine):
    """Generates one word per row in turn. `before` is called with each batch's texts."""

    def __init__(self, before: Callable[[list[str]], object] = lambda _texts: None) -> None:
        super().__init__()
        self.batches: list[list[str]] = []
        self.searches: list[Decoding] = []
        self.written = 0
        self.before = before

    def generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None = None
    ) -> list[Hypothesis]:
        texts = [echo(prompt) for prompt in prompts]
        self.batches.append(texts)
        self.searches.append(decoding)
        self.before(texts)
        rows = [WORD.findall(text)[: decoding.max_tokens] for text in texts]
        lengths = [len(row) for row in rows]
        for at in range(decoding.max_tokens):
            for index, row in enumerate(rows):
                if at < lengths[index]:
                    self.written += 1
                    if on_token and on_token(index, row[at]):
                        lengths[index] = at + 1
        return [
            Hypothesis("".join(row[:end]), end, "stopped" if end < len(WORD.findall(text)) else "end", 0.0)
            for row, end, text in zip(rows, lengths, texts, strict=True)
        ]


class Steps(FakeEngine):
    """A stepwise engine. `before` is called before each step with the texts of its rows."""

    def __init__(self, before: Callable[[list[str]], object] = lambda _texts: None) -> None:
        super().__init__()
        self.before = before
        self.steps: list[list[str]] = []
        self._rows: dict[int, tuple[str, list[str], Decoding]] = {}

    @property
    def rows(self) -> int:
        return len(self._rows)

    def join(self, key: int, prompt: Prompt, decoding: Decoding) -> None:
        text = echo(prompt)
        if text == "too long":
            raise PromptTooLong("It is too long.")
        assert key not in self._rows
        self._rows[key] = (text, [], decoding)

    def step(self) -> list[StepOutput]:
        texts = [text for text, _, _ in self._rows.values()]
        self.steps.append(texts)
        try:
            self.before(texts)
        except BaseException:
            self._rows.clear()
            raise
        return [self._progress(key) for key in list(self._rows)]

    def leave(self, key: int) -> None:
        self._rows.pop(key, None)

    def _progress(self, key: int) -> StepOutput:
        text, written, decoding = self._rows[key]
        words = WORD.findall(text)
        written.append(words[len(written)])
        if len(written) < min(len(words), decoding.max_tokens):
            return StepOutput(key, written[-1])
        del self._rows[key]
        finish: Finish = "end" if len(written) == len(words) else "length"
        return StepOutput(key, written[-1], Hypothesis("".join(written), len(written), finish, 0.0))
