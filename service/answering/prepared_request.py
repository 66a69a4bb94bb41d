"""A writing request with everything that determines its response."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from models.card import ModelCard, Task
from service.access.auth import Caller
from service.answering.results import cache_key
from service.answering.tasks import Sources, WritingTask
from service.schemas import BaseRequest, BaseResponse
from summarizer.desk import Desk, Source
from summarizer.signature import fingerprint, signature
from summarizer.watch import Watch

DELIVERY_FIELDS: dict[str, Any] = {"stream": True, "deadline_ms": True, "late": True, "summary": {"late"}}
"""Fields about how and by when a response is sent. A response with a deadline is neither cached nor shared."""

MODEL_TASKS: tuple[Task, ...] = ("summarise", "headline", "translate")


@dataclass(frozen=True)
class PreparedRequest:
    """A request, its caller and its sources. Raises UnknownModel.

    `dependencies` names what else the response depends on: how models are run, and the revision of the translation
    memory. `batch` work has low priority.
    """

    desk: Desk
    caller: Caller
    task: WritingTask[Any, Any]
    body: BaseRequest
    sources: Sources
    dependencies: dict[str, str] = field(default_factory=dict)
    batch: bool = False
    cards: dict[Task, ModelCard] = field(init=False)

    def __post_init__(self) -> None:
        cards = {task: self.desk.model_for(task, self.body.model) for task in MODEL_TASKS}
        object.__setattr__(self, "cards", cards)

    @property
    def repeatable(self) -> bool:
        """Whether the same request has the same response: no model samples."""
        return not any(card.is_sampled(task) for task, card in self.cards.items())

    @cached_property
    def key(self) -> str:
        """The cache key of the result."""
        fields = self.body.model_dump(mode="json", exclude=DELIVERY_FIELDS)
        fingerprints = {card.id: fingerprint(card) for card in self.cards.values()}
        identity = signature(self.cards, models=fingerprints, **self.dependencies)
        return cache_key(self.caller.owner, self.task.kind, identity, [fields, list(self._contents)])

    @property
    def characters(self) -> int:
        """The length of the text to process, in characters."""
        texts = getattr(self.body, "texts", None) or [getattr(self.body, "text", None) or ""]
        return sum(map(len, list(self._contents) or texts))

    @property
    def fetched_characters(self) -> int:
        """The length of the fetched pages, which is unknown before they are fetched."""
        linked = [source for source in self._each_source if isinstance(source, Source) and source.url]
        return sum(len(source.html or source.text or "") for source in linked)

    @property
    def _contents(self) -> Iterator[str]:
        for source in self._each_source:
            content = source.html or source.text if isinstance(source, Source) else source
            if content:
                yield content.decode("utf-8", "replace") if isinstance(content, bytes) else content

    @property
    def _each_source(self) -> tuple[Source | str | None, ...]:
        return self.sources if isinstance(self.sources, tuple) else (self.sources,)

    def write(self, watch: Watch) -> BaseResponse:
        """Does the work; blocks. Raises what the desk raises."""
        return self.task.write(self.desk, self.body, self.sources, watch)
