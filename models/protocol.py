"""What every engine does: count tokens, and continue prompts. Nothing here knows a model, an article or a language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from models.errors import ModelError

Finish = Literal["end", "length", "stopped"]
"""Why a hypothesis ended: the model closed it, it met `max_tokens`, or the caller stopped it."""

OnToken = Callable[[int, str], bool]
"""Called after each token with the prompt's index and the new text (may be empty); True stops that prompt."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Entries of the vocabulary, exactly as they are spelt there: language codes, `</s>`."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Markup:
    """Text of ours in which special tokens count as such: a chat template's turns."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """Text of a caller. Special tokens spelt in it are plain characters: an article cannot close its own turn."""

    text: str


Piece = Tokens | Markup | Text


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model reads, in order, and the tokens its answer is forced to begin with."""

    pieces: tuple[Piece, ...]
    prefix: Tokens = Tokens(())


@dataclass(frozen=True, slots=True)
class Decoding:
    """How an answer is searched for. Temperature 0 is greedy (or beam) search; lengths are in tokens."""

    max_tokens: int = 256
    beam_size: int = 1
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0
    length_penalty: float = 1.0
    banned: tuple[str, ...] = ()
    """Phrases that no hypothesis may hold, split into tokens as the model's tokenizer splits them alone."""

    def but(self, **changes: float | tuple[str, ...]) -> "Decoding":
        """The same search with some options changed."""
        return replace(self, **changes)  # type: ignore[arg-type]  # the names are Decoding's own


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One answer: its text, its length in tokens, why it ended, and the mean log-probability of its tokens.

    `recalled` are tokens of its prompt that the engine had read before and did not read again.
    """

    text: str
    tokens: int
    finish: Finish
    score: float
    recalled: int = 0


class Engine(Protocol):
    """A loaded model. Calls come one at a time (the pool sees to it), from any thread."""

    window: int
    """The most tokens one prompt and its answer may have together."""

    def count(self, text: str) -> int:
        """The number of tokens of `text`, special tokens not counted."""

    def generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None = None
    ) -> list[Hypothesis]:
        """One hypothesis per prompt, in the order given.

        `on_token` is called between tokens and is how callers stream and cancel; with `beam_size` above 1 there is
        no text to show before the end, and it is called with empty text between steps where the engine can.

        Raises PromptTooLong when a prompt leaves no room in the window.
        """

    def memory(self) -> int:
        """Bytes of weights held."""

    def close(self) -> None:
        """Gives the memory back. The engine cannot be used afterwards."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What one step added to one row: its new text (may be empty), and the whole answer once it ended.

    A row that ended without an answer has the reason in its place.
    """

    key: int
    text: str
    hypothesis: Hypothesis | ModelError | None = None


class Stepwise(Engine, Protocol):
    """An engine whose rows come and go between steps. Calls come one at a time; `generate` while no row is there.

    A row reads its prompt in parts, so that a long one does not hold up those that write, and then writes one or more
    tokens a step. What a row writes does not depend on the rows beside it.
    """

    @property
    def rows(self) -> int:
        """Rows that read or write now."""

    def join(self, key: int, prompt: Prompt, decoding: Decoding) -> None:
        """Takes in a row, to be worked on from the next step on. `key` is the caller's, and no other row's now.

        Raises PromptTooLong when the prompt leaves no room in the window.
        """

    def step(self) -> list[Progress]:
        """One step: a bounded part of the prompts that are read, and one or more tokens of each row that writes.

        Each row that wrote has one entry. One that has a hypothesis is gone afterwards. Nothing where there are no
        rows. What it raises struck all rows, and all are gone then.
        """

    def leave(self, key: int) -> None:
        """Drops a row at once, wherever it is. Nothing happens where there is none of this key."""
