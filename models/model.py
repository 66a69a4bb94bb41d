"""A loaded model: its card, its engine, and the scheduler between the engine and its callers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.card import ModelCard, Task
from models.errors import ModelError
from models.prompts import Chat, render
from models.protocol import Decoding, Engine, Hypothesis, OnToken, Prompt
from models.scheduling.measures import Statistics
from models.scheduling.scheduler import Scheduler, SchedulerLimits


@dataclass(frozen=True, slots=True)
class LoadedEngine:
    """The result of loading a card: an engine, its chat template, and how many calls the engine runs concurrently.

    `backend` names the engine with its kernel or precision.
    """

    engine: Engine
    chat: Chat
    copies: int = 1
    backend: str = ""


class Model:
    """A loaded model: renders prompts from its card, and batches the generation requests of all callers."""

    def __init__(
        self, card: ModelCard, loaded: LoadedEngine, limits: SchedulerLimits, on_failure: Callable[[ModelError], None]
    ) -> None:
        self.card = card
        self._loaded = loaded
        self._scheduler = Scheduler(loaded.engine, limits, copies=loaded.copies, on_failure=on_failure)

    @property
    def window(self) -> int:
        """The most tokens that a prompt and its output may have together."""
        return self._loaded.engine.window

    @property
    def memory(self) -> int:
        """The size of the weights in memory, in bytes; 0 once it is closed."""
        return 0 if self._scheduler.closed else self._loaded.engine.memory()

    @property
    def backend(self) -> str:
        """The engine, with its kernel or precision."""
        return self._loaded.backend

    def count(self, text: str) -> int:
        """Returns the number of tokens in `text`."""
        return self._loaded.engine.count(text)

    def prompt(self, task: Task, text: str, *, source: str, target: str | None = None, **fields: object) -> Prompt:
        """Returns the card's prompt for a task. Raises UnsupportedDirection."""
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
        """Returns one hypothesis per prompt, batched with those of other callers: see `Scheduler.generate`."""
        return self._scheduler.generate(prompts, decoding, on_token, stop, deadline=deadline)

    def alive(self) -> bool:
        """Returns whether the model responds: it did recently, or it generates a token now."""
        return self._scheduler.alive()

    def statistics(self) -> Statistics:
        """Returns the queue lengths now, and the counters since the model was loaded."""
        return self._scheduler.statistics()

    def close(self) -> None:
        """Frees the memory."""
        self._scheduler.close()
