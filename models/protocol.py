"""The interface of every engine: count tokens and continue prompts. Independent of models, articles and languages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from models.errors import ModelError

Finish = Literal["end", "length", "stopped"]
"""Why a hypothesis ended: the model ended it, it reached `max_tokens`, or the caller stopped it."""

OnToken = Callable[[int, str], bool]
"""Called after each token with the prompt's index and the new text (may be empty). Return True to stop that prompt."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Vocabulary entries, spelled exactly as in the vocabulary: language codes, `</s>`."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Markup:
    """Trusted text, in which special tokens are recognized: a chat template's turns."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """Untrusted text. Special tokens in it are treated as plain characters, so an article cannot end its own turn."""

    text: str


Piece = Tokens | Markup | Text


@dataclass(frozen=True, slots=True)
class Prompt:
    """The input of a model: pieces in order, and the tokens that the output must begin with."""

    pieces: tuple[Piece, ...]
    prefix: Tokens = Tokens(())


@dataclass(frozen=True, slots=True)
class Decoding:
    """Decoding options. Temperature 0 means greedy (or beam) search; lengths are in tokens."""

    max_tokens: int = 256
    beam_size: int = 1
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0
    length_penalty: float = 1.0
    banned: tuple[str, ...] = ()
    """Phrases that a hypothesis must not contain, each tokenized separately by the model's tokenizer."""

    def replace(self, **changes: float | tuple[str, ...]) -> "Decoding":
        """Returns a copy with some options changed."""
        return replace(self, **changes)  # type: ignore[arg-type]  # the names are Decoding's own


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One output: its text, its length in tokens, why it ended, and the mean log-probability of its tokens.

    `cached_tokens` counts the prompt tokens whose keys and values came from the engine's prefix cache.
    """

    text: str
    tokens: int
    finish: Finish
    score: float
    cached_tokens: int = 0


class Engine(Protocol):
    """A loaded model. Calls may come from any thread, but only one at a time; the scheduler ensures it."""

    window: int
    """The context window: the most tokens that a prompt and its output may have together."""

    def count(self, text: str) -> int:
        """Returns the number of tokens in `text`, without special tokens."""

    def generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None = None
    ) -> list[Hypothesis]:
        """Returns one hypothesis per prompt, in the order of the prompts.

        `on_token` is called after each token, so that callers can stream and cancel. With `beam_size` above 1
        there is no text before the end; engines that can then call it with empty text between steps.

        Raises PromptTooLong when a prompt leaves no room in the window.
        """

    def memory(self) -> int:
        """Returns the size of the weights in memory, in bytes."""

    def close(self) -> None:
        """Frees the memory. The engine cannot be used afterwards."""


@dataclass(frozen=True, slots=True)
class StepOutput:
    """What one step added to one row: the new text (may be empty), and the full hypothesis once the row has ended.

    A row that failed has the error in place of the hypothesis.
    """

    key: int
    text: str
    hypothesis: Hypothesis | ModelError | None = None


class StepwiseEngine(Engine, Protocol):
    """An engine whose rows can join and leave between steps.

    Calls come one at a time, and `generate` only while there are no rows. A row first reads its prompt in chunks,
    so that a long prompt does not delay the rows that are generating, and then generates one or more tokens per
    step. The output of a row does not depend on the other rows.
    """

    @property
    def rows(self) -> int:
        """The number of rows in progress."""

    def join(self, key: int, prompt: Prompt, decoding: Decoding) -> None:
        """Adds a row, which takes part from the next step on. `key` is unique among the current rows.

        Raises PromptTooLong when the prompt leaves no room in the window.
        """

    def step(self) -> list[StepOutput]:
        """Runs one step: reads part of the pending prompts, and generates at least one token for each other row.

        Returns one output for each row that generated, and an empty list when there are no rows. A row whose
        output has a hypothesis is removed. An exception applies to all rows and removes them.
        """

    def leave(self, key: int) -> None:
        """Removes a row immediately, whatever its state. Does nothing if there is no row with this key."""
