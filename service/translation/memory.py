"""The translation memory: sentences that were translated before, for whoever asks now, and never worth a failure."""

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
"""Seconds for which it is believed that no other process took pairs in."""

NO_REVISION = "without"
"""Stands for the revision of a memory that is off or at fault: what is written then may lack what was imported."""


class TranslationMemory:
    """What the desk keeps sentences in: each caller's own (models.scheduling.caller). Without `pairs`, nothing."""

    def __init__(self, pairs: SentenceStore | None, metrics: Metrics) -> None:
        self._pairs = pairs
        self._metrics = metrics
        self._revisions: TTLCache[str, int] = TTLCache(1000, REVISION_CACHE_SECONDS)
        # ValueError: what is no Unicode, or damaged
        self._breaker = CircuitBreaker("translations go on without their memory", ServiceError, ValueError)

    @property
    def pairs(self) -> SentenceStore:
        """What is kept, for those who look after it. Raises TranslationMemoryDisabled."""
        if self._pairs is None:
            raise TranslationMemoryDisabled("This service keeps no translations.")
        return self._pairs

    def get(self, wanted: TranslationKey, /) -> TargetSegment | None:
        """As summarizer.translating.memory.Memory.get."""
        found = self._kept(lambda pairs: pairs.get(current_flow().owner, wanted))
        if found or wanted.model != IMPORTED:  # else the model's own is asked for next, and counted
            kind = "none" if found is None else "imported" if wanted.model == IMPORTED else "written"
            self._metrics.memory.labels(kind).inc()
        return found

    def update(self, known: Mapping[TranslationKey, TargetSegment], /) -> None:
        """As summarizer.translating.memory.Memory.update."""
        if known:
            self._kept(lambda pairs: pairs.update(current_flow().owner, known))

    async def revision(self, owner: str) -> str:
        """Another word whenever an owner's answers may be others than before: pairs were taken in, or none are had."""
        if self._pairs is None or self._breaker.is_open:
            return NO_REVISION
        if (known := self._revisions.get(owner)) is None:
            known = await run_sync(self._kept, lambda pairs: pairs.revision(owner))
            if known is None:
                return NO_REVISION
            self._revisions[owner] = known
        return str(known)

    def revised(self, owner: str) -> None:
        """Looks anew at the next request."""
        self._revisions.pop(owner, None)

    def close(self) -> None:
        """Closes the file."""
        if self._pairs:
            self._pairs.file.close()

    def _kept(self, ask: Callable[[SentenceStore], T]) -> T | None:
        pairs = self._pairs
        return None if pairs is None else self._breaker.call(lambda: ask(pairs))


def open_sentence_store(settings: Settings) -> SentenceStore | None:
    """The pairs that the settings describe; None where none are kept."""
    if not settings.translation_memory_bytes:
        return None
    return SentenceStore(settings.data, limit=settings.translation_memory_bytes, age=MAX_AGE)
