"""A loaded model: its card, its engine and the scheduler between the engine and its callers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.card import ModelCard, Task
from models.errors import ModelError
from models.prompts import Chat, render
from models.protocol import Decoding, Engine, Hypothesis, OnToken, Prompt
from models.scheduling.measures import Statistics
from models.scheduling.scheduler import Limits, Scheduler


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a card gives: its engine, the chat template of its prompts, and how many calls it takes at once.

    `way` says how the engine computes: its name, and its kernel or precision.
    """

    engine: Engine
    chat: Chat
    copies: int = 1
    way: str = ""


class Model:
    """A loaded model in somebody's hands: renders prompts by its card, and generates what callers ask together."""

    def __init__(
        self, card: ModelCard, loaded: Loaded, limits: Limits, on_failure: Callable[[ModelError], None]
    ) -> None:
        self.card = card
        self._loaded = loaded
        self._scheduler = Scheduler(loaded.engine, limits, copies=loaded.copies, on_failure=on_failure)

    @property
    def window(self) -> int:
        """Tokens that a prompt and its answer may have together."""
        return self._loaded.engine.window

    @property
    def memory(self) -> int:
        """Bytes of weights held."""
        return 0 if self._scheduler.closed else self._loaded.engine.memory()

    @property
    def way(self) -> str:
        """How its engine computes."""
        return self._loaded.way

    def count(self, text: str) -> int:
        """The number of tokens of `text`."""
        return self._loaded.engine.count(text)

    def prompt(self, task: Task, text: str, *, source: str, target: str | None = None, **fields: object) -> Prompt:
        """The card's prompt for a task. Raises UnsupportedDirection."""
        return render(self.card, self._loaded.chat, task, text, source=source, target=target, **fields)

    def generate(
        self,
        prompts: Sequence[Prompt],
        decoding: Decoding,
        on_token: OnToken | None = None,
        stop: Callable[[], bool] = lambda: False,
        *,
        deadline: float | None = None,
    ) -> list[Hypothesis]:
        """One hypothesis per prompt, written beside those of other callers: `Scheduler.generate`."""
        return self._scheduler.generate(prompts, decoding, on_token, stop, deadline=deadline)

    def alive(self) -> bool:
        """Whether it writes: it did of late, or generates a token now."""
        return self._scheduler.alive()

    def statistics(self) -> Statistics:
        """What waits and runs now, and what was counted since it was loaded."""
        return self._scheduler.statistics()

    def close(self) -> None:
        """Gives the memory back."""
        self._scheduler.close()
