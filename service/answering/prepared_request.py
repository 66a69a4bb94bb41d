"""One request for written text, with all that its answer depends on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from models.card import ModelCard
from models.card import Task as Part
from service.access.auth import Caller
from service.answering.results import cache_key
from service.answering.tasks import Sources, WritingTask
from service.schemas import BaseRequest as Wanted
from service.schemas import BaseResponse
from summarizer.desk import Desk, Source
from summarizer.signature import fingerprint, signature
from summarizer.watch import Watch

DELIVERY_FIELDS: dict[str, Any] = {"stream": True, "deadline_ms": True, "late": True, "summary": {"late"}}
"""Fields that say how and by when an answer is told. What has a deadline is neither kept nor shared."""

PARTS: tuple[Part, ...] = ("summarise", "headline", "translate")


@dataclass(frozen=True)
class PreparedRequest:
    """A request, who made it, and the article it is about. Raises UnknownModel.

    `depends` is what else its answer depends on: how models are run, and what translations were imported; `batch` work
    can wait.
    """

    desk: Desk
    caller: Caller
    task: WritingTask[Any, Any]
    wanted: Wanted
    given: Sources
    depends: dict[str, str] = field(default_factory=dict)
    batch: bool = False
    cards: dict[Part, ModelCard] = field(init=False)

    def __post_init__(self) -> None:
        cards = {part: self.desk.model_for(part, self.wanted.model) for part in PARTS}
        object.__setattr__(self, "cards", cards)

    @property
    def repeatable(self) -> bool:
        """Whether the same request has the same answer: no model draws lots."""
        return not any(card.is_sampled(part) for part, card in self.cards.items())

    @cached_property
    def key(self) -> str:
        """What the result is found by."""
        fields = self.wanted.model_dump(mode="json", exclude=DELIVERY_FIELDS)
        cards = {card.id: card for card in self.cards.values()}
        prints = {model: fingerprint(card) for model, card in cards.items()}
        identity = signature(self.cards, asked=prints, **self.depends)
        return cache_key(self.caller.owner, self.task.kind, identity, [fields, list(self._contents)])

    @property
    def characters(self) -> int:
        """How long the text is that is worked on."""
        texts = getattr(self.wanted, "texts", None) or [getattr(self.wanted, "text", None) or ""]
        return sum(map(len, list(self._contents) or texts))

    @property
    def fetched(self) -> int:
        """How long the texts behind links are, which nobody could count before they were here."""
        sources = self.given if isinstance(self.given, tuple) else (self.given,)
        linked = [source for source in sources if isinstance(source, Source) and source.url]
        return sum(len(source.html or source.text or "") for source in linked)

    @property
    def _contents(self) -> Iterator[str]:
        for source in self.given if isinstance(self.given, tuple) else (self.given,):
            content = source.html or source.text if isinstance(source, Source) else source
            if content:
                yield content.decode("utf-8", "replace") if isinstance(content, bytes) else content

    def write(self, watch: Watch) -> BaseResponse:
        """The desk's work; blocks. Raises what the desk raises."""
        return self.task.write(self.desk, self.wanted, self.given, watch)
