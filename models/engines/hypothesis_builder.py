"""Builds hypotheses from generated tokens."""

from collections.abc import Sequence

from models.protocol import Finish, Hypothesis, OnToken
from models.tokenizer import Detokenizer, Tokenizer


class HypothesisBuilder:
    """A hypothesis under construction. `index` is that of its prompt, passed to `on_token`."""

    def __init__(self, index: int, tokenizer: Tokenizer, max_tokens: int, on_token: OnToken | None) -> None:
        self._index = index
        self._max_tokens = max_tokens
        self._on_token = on_token
        self._detokenizer = Detokenizer(tokenizer)
        self._special_ids = tokenizer.special_ids
        self._stop_ids = frozenset(tokenizer.token_ids(tokenizer.stop_tokens))
        self._text: list[str] = []
        self._tokens = 0
        self._score = 0.0
        self._finish: Finish | None = None

    @property
    def done(self) -> bool:
        """Whether the hypothesis is complete."""
        return self._finish is not None

    def push(self, token: int, log_probability: float) -> bool:
        """Adds a token. Returns whether to stop."""
        if self.done:
            return True
        self._tokens += 1
        self._score += log_probability
        text = "" if token in self._special_ids else self._detokenizer.push(token)
        if token in self._stop_ids or self._tokens >= self._max_tokens:
            self._finish = "end" if token in self._stop_ids else "length"
            text += self._detokenizer.flush()
        self._text.append(text)
        if self._on_token and self._on_token(self._index, text) and not self.done:
            self._finish = "stopped"
            self._text.append(self._detokenizer.flush())
        return self.done

    def push_all(self, tokens: Sequence[int], log_probability: float) -> None:
        """Adds all tokens of a finished hypothesis, from a search that does not report its steps."""
        for token in tokens:
            self.push(token, log_probability / len(tokens))

    def hypothesis(self) -> Hypothesis:
        """Returns the hypothesis so far."""
        return Hypothesis("".join(self._text), self._tokens, self._finish or "end", self._score / max(self._tokens, 1))
