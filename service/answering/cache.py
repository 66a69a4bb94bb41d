"""Results that were written before: in memory, over SQLite or Redis, and never worth a failure."""

import time
from typing import Protocol

from anyio.to_thread import run_sync
from cachetools import LRUCache

from service.answering.results import Result
from service.answering.sqlite_results import SqliteResults
from service.exceptions import ServiceError
from service.settings import Settings
from service.storage.bounded_table import is_fresh
from service.storage.circuit_breaker import CircuitBreaker

LOOK = 1.0
"""Seconds between two looks at whether somebody cleared the cache."""


class ResultStore(Protocol):
    """Where results are kept beyond this process."""

    async def get(self, key: str) -> bytes | None:
        """What was put."""

    async def put(self, key: str, packed: bytes) -> None:
        """Keeps it."""

    async def clear(self) -> None:
        """Drops everything."""

    async def generation(self) -> str:
        """Another word whenever it was cleared."""

    async def close(self) -> None:
        """Closes it."""


class AsyncSqliteResults:
    """A shelf in SQLite, asked beside the event loop."""

    def __init__(self, shelf: SqliteResults) -> None:
        self._results = shelf

    async def get(self, key: str) -> bytes | None:
        """As Shelf.get."""
        return await run_sync(self._results.get, key)

    async def put(self, key: str, packed: bytes) -> None:
        """As Shelf.put."""
        await run_sync(self._results.put, key, packed)

    async def clear(self) -> None:
        """As Shelf.clear."""
        await run_sync(self._results.clear)

    async def generation(self) -> str:
        """As Shelf.generation."""
        return await run_sync(self._results.generation)

    async def close(self) -> None:
        """As Shelf.close."""
        await run_sync(self._results.close)


class ResultCache:
    """Finds and keeps results. Nothing that goes wrong with its store is raised, `clear` apart: it goes on without."""

    def __init__(self, store: ResultStore, *, memory: int, age: float) -> None:
        self._store = store
        self._age = age
        self._memory: LRUCache[str, Result] = LRUCache(memory, getsizeof=lambda result: len(result.content))
        self._generation = ""
        self._looked = -LOOK
        self._breaker = CircuitBreaker("the cache goes on without its store", ServiceError)

    async def get(self, key: str) -> tuple[Result | None, str]:
        """The result and where it was found, `memory`, `store` or `none`."""
        await self._forget_what_was_cleared()
        if (found := self._memory.get(key)) and is_fresh(found.created, self._age):
            return found, "memory"
        packed = await self._breaker.call_async(lambda: self._store.get(key))
        found = Result.unpack(packed) if packed else None
        if found:
            self._remember(key, found)
        return found, "store" if found else "none"

    async def put(self, key: str, result: Result) -> None:
        """Keeps it, where anything is kept for any time."""
        if not self._age:
            return
        self._remember(key, result)
        await self._breaker.call_async(lambda: self._store.put(key, result.pack()))

    async def clear(self) -> None:
        """Drops everything. Raises what its store raises."""
        self._memory.clear()
        await self._store.clear()

    async def close(self) -> None:
        """Closes the store."""
        await self._breaker.call_async(self._store.close)

    def _remember(self, key: str, result: Result) -> None:
        if len(result.content) <= self._memory.maxsize:
            self._memory[key] = result

    async def _forget_what_was_cleared(self) -> None:
        if time.monotonic() - self._looked < LOOK:
            return
        self._looked = time.monotonic()
        generation = await self._breaker.call_async(self._store.generation)
        if generation and generation != self._generation:
            if self._generation:
                self._memory.clear()
            self._generation = generation


def open_cache(settings: Settings) -> ResultCache:
    """The cache that the settings describe."""
    return ResultCache(open_store(settings), memory=settings.cache_memory_bytes, age=settings.cache_seconds)


def open_store(settings: Settings) -> ResultStore:
    """Redis where there is a URL, and else the file in the data folder."""
    if settings.redis_url:
        from service.answering.redis_results import RedisResults  # noqa: PLC0415 - redis is an extra

        return RedisResults(settings.redis_url, age=settings.cache_seconds)
    return AsyncSqliteResults(SqliteResults(settings.data, limit=settings.cache_bytes, age=settings.cache_seconds))
