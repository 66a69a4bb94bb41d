"""One request for written text, with all that its answer depends on."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from models.card import ModelCard
from models.card import Task as Part
from service.auth import Caller
from service.results import key_of
from service.schemas import Answer
from service.schemas import Request as Wanted
from service.tasks import Task
from summarizer.desk import Desk, Source
from summarizer.signature import sign
from summarizer.watch import Watch

APART = {"stream", "deadline_ms"}
"""Fields that say how and when an answer is told, and nothing about what it is."""

PARTS: tuple[Part, ...] = ("summarise", "headline", "translate")


@dataclass(frozen=True)
class Asked:
    """A request, who made it, and the article it is about. Raises UnknownModel.

    `engine` is how models are run; `batch` work can wait.
    """

    desk: Desk
    caller: Caller
    task: Task[Any, Any]
    wanted: Wanted
    source: Source | None
    engine: dict[str, str] = field(default_factory=dict)
    batch: bool = False
    cards: dict[Part, ModelCard] = field(init=False)

    def __post_init__(self) -> None:
        cards = {part: self.desk.model_for(part, self.wanted.model) for part in PARTS}
        object.__setattr__(self, "cards", cards)

    @property
    def repeatable(self) -> bool:
        """Whether the same request has the same answer: no model draws lots."""
        return all(card.decoding(part).temperature == 0 for part, card in self.cards.items())

    @cached_property
    def key(self) -> str:
        """What the result is found by."""
        fields = self.wanted.model_dump(mode="json", exclude=APART)
        source = self.source.html or self.source.text if self.source else None
        identity = sign(self.cards, **self.engine)
        return key_of(self.caller.owner, self.task.kind, identity, [fields, source])

    @property
    def characters(self) -> int:
        """How long the text is that is worked on."""
        if self.source:
            return len(self.source.text or self.source.html or "")
        texts = getattr(self.wanted, "texts", None) or [getattr(self.wanted, "text", None) or ""]
        return sum(map(len, texts))

    def write(self, watch: Watch) -> Answer:
        """The desk's work; blocks. Raises what the desk raises."""
        return self.task.write(self.desk, self.wanted, self.source, watch)
