"""The translation memory of the service. Its failures never fail a request."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from anyio.to_thread import run_sync
from cachetools import TTLCache

from models.scheduling.caller import current_flow
from service.exceptions import ServiceError, TranslationMemoryDisabled
from service.metrics import Metrics
from service.settings import Settings
from service.storage.circuit_breaker import CircuitBreaker
from service.translation.sentence_store import SentenceStore
from summarizer.translating.memory import IMPORTED, TranslationKey
from summarizer.translating.segments import TargetSegment

T = TypeVar("T")

MAX_AGE = 365 * 86_400.0
"""Seconds for which a sentence pair is stored, also an imported one."""

REVISION_CACHE_SECONDS = 1.0
"""Seconds for which a revision is cached, in case another process imports pairs."""

NO_REVISION = "without"
"""The revision of a disabled or failing memory, whose results may lack imported pairs."""


class TranslationMemory:
    """The memory that the desk uses, separate per caller (models.scheduling.caller). Disabled if `pairs` is None."""

    def __init__(self, pairs: SentenceStore | None, metrics: Metrics) -> None:
        self._pairs = pairs
        self._metrics = metrics
        self._revisions: TTLCache[str, int] = TTLCache(1000, REVISION_CACHE_SECONDS)
        # ValueError: text that is not valid Unicode, or damaged data
        self._breaker = CircuitBreaker("translating without the translation memory", ServiceError, ValueError)

    @property
    def pairs(self) -> SentenceStore:
        """The stored pairs. Raises TranslationMemoryDisabled."""
        if self._pairs is None:
            raise TranslationMemoryDisabled("The translation memory of this service is disabled.")
        return self._pairs

    def get(self, key: TranslationKey, /) -> TargetSegment | None:
        """Implements summarizer.translating.memory.Memory.get."""
        target = self._call(lambda pairs: pairs.get(current_flow().owner, key))
        if target or key.model != IMPORTED:  # otherwise the lookup for the model follows, and is counted
            kind = "none" if target is None else "imported" if key.model == IMPORTED else "written"
            self._metrics.memory.labels(kind).inc()
        return target

    def update(self, translations: Mapping[TranslationKey, TargetSegment], /) -> None:
        """Implements summarizer.translating.memory.Memory.update."""
        if translations:
            self._call(lambda pairs: pairs.update(current_flow().owner, translations))

    async def revision(self, owner: str) -> str:
        """Returns a string that changes whenever pairs of an owner are imported or deleted, or the store fails."""
        if self._pairs is None or self._breaker.is_open:
            return NO_REVISION
        if (revision := self._revisions.get(owner)) is None:
            revision = await run_sync(self._call, lambda pairs: pairs.revision(owner))
            if revision is None:
                return NO_REVISION
            self._revisions[owner] = revision
        return str(revision)

    def forget_revision(self, owner: str) -> None:
        """Discards the cached revision of an owner, after an import or a deletion."""
        self._revisions.pop(owner, None)

    def close(self) -> None:
        """Closes the file."""
        if self._pairs:
            self._pairs.file.close()

    def _call(self, function: Callable[[SentenceStore], T]) -> T | None:
        pairs = self._pairs
        return None if pairs is None else self._breaker.call(lambda: function(pairs))


def open_sentence_store(settings: Settings) -> SentenceStore | None:
    """Opens the store; returns None if the settings disable it."""
    if not settings.translation_memory_bytes:
        return None
    return SentenceStore(settings.data, limit=settings.translation_memory_bytes, age=MAX_AGE)
