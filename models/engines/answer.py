"""Tokens into an answer, as they come."""

from collections.abc import Sequence

from models.protocol import Finish, Hypothesis, OnToken
from models.tokenizer import Detokenizer, Tokenizer


class Answer:
    """One hypothesis while its tokens come. `index` is its prompt's, for the caller's `on_token`."""

    def __init__(self, index: int, tokenizer: Tokenizer, max_tokens: int, on_token: OnToken | None) -> None:
        self._index = index
        self._max_tokens = max_tokens
        self._on_token = on_token
        self._detokenizer = Detokenizer(tokenizer)
        self._silent = tokenizer.special_ids
        self._ends = frozenset(tokenizer.known(tokenizer.ends))
        self._text: list[str] = []
        self._tokens = 0
        self._score = 0.0
        self._finish: Finish | None = None

    @property
    def done(self) -> bool:
        """Whether no more tokens are wanted."""
        return self._finish is not None

    def push(self, token: int, log_probability: float) -> bool:
        """Takes one more token. Returns whether to stop here."""
        if self.done:
            return True
        self._tokens += 1
        self._score += log_probability
        text = "" if token in self._silent else self._detokenizer.push(token)
        if token in self._ends or self._tokens >= self._max_tokens:
            self._finish = "end" if token in self._ends else "length"
            text += self._detokenizer.flush()
        self._text.append(text)
        if self._on_token and self._on_token(self._index, text) and not self.done:
            self._finish = "stopped"
            self._text.append(self._detokenizer.flush())
        return self.done

    def take(self, tokens: Sequence[int], log_probability: float) -> None:
        """Takes a whole answer at once, from a search that shows none of its steps."""
        for token in tokens:
            self.push(token, log_probability / len(tokens))

    def hypothesis(self) -> Hypothesis:
        """The answer as it stands."""
        return Hypothesis("".join(self._text), self._tokens, self._finish or "end", self._score / max(self._tokens, 1))
