"""A deterministic engine without weights, for tests and for trying the service. Its tokens are words."""

import re
import time
from collections.abc import Callable, Sequence

from models.engines.batches import check_window
from models.protocol import Decoding, Finish, Hypothesis, OnToken, Prompt, Text

WORD = re.compile(r"\s*\S+")

REMEMBERED_PROMPTS = 1000
"""The number of prompts that `FakeEngine.prompts` retains, for tests."""


def echo(prompt: Prompt) -> str:
    """Returns the last untrusted text of a prompt, as its "summary" or "translation"."""
    return "".join([piece.text for piece in prompt.pieces if isinstance(piece, Text)][-1:]).strip()


class FakeEngine:
    """Writes `answer(prompt)` up to a banned phrase, word by word, with `delay` seconds before each."""

    def __init__(self, *, answer: Callable[[Prompt], str] = echo, window: int = 8192, delay: float = 0.0) -> None:
        self.window = window
        self.prompts: list[Prompt] = []
        self.closed = False
        self._answer = answer
        self._delay = delay

    def count(self, text: str) -> int:
        """Returns the number of words in `text`."""
        return len(WORD.findall(text))

    def generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None = None
    ) -> list[Hypothesis]:
        """Returns one hypothesis per prompt, in the order of the prompts.

        Raises PromptTooLong as the real engines do.
        """
        check_window([self.count(echo(prompt)) for prompt in prompts], self.window)
        self.prompts += prompts
        del self.prompts[:-REMEMBERED_PROMPTS]
        return [self._write(index, prompt, decoding, on_token) for index, prompt in enumerate(prompts)]

    def memory(self) -> int:
        """Returns 0."""
        return 0

    def close(self) -> None:
        """Marks the engine as closed."""
        self.closed = True

    def _write(self, index: int, prompt: Prompt, decoding: Decoding, on_token: OnToken | None) -> Hypothesis:
        text = self._answer(prompt)
        allowed = min((text.partition(phrase)[0] for phrase in decoding.banned), key=len, default=text)
        words = WORD.findall(allowed)
        finish: Finish = "end" if allowed == text and len(words) <= decoding.max_tokens else "length"
        written: list[str] = []
        for word in words[: decoding.max_tokens]:
            time.sleep(self._delay)
            written.append(word)
            if on_token and on_token(index, word):
                finish = "stopped"
                break
        return Hypothesis("".join(written), len(written), finish, 0.0)
