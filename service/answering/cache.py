"""The cache of results: an LRU cache in memory over SQLite or Redis. Faults of the store never fail a request."""

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

MEMORY_BYTES = 4_000_000
"""Bytes of results cached in memory."""

CHECK_INTERVAL = 1.0
"""Seconds between checks whether another process has cleared the cache."""


class ResultStore(Protocol):
    """Stores packed results outside this process."""

    async def get(self, key: str) -> bytes | None:
        """Returns the packed result of a key, or None."""

    async def put(self, key: str, packed: bytes) -> None:
        """Stores a packed result."""

    async def clear(self) -> None:
        """Deletes all results."""

    async def generation(self) -> str:
        """Returns a string that changes whenever the store is cleared."""

    async def close(self) -> None:
        """Closes the store."""


class AsyncSqliteResults:
    """SqliteResults as a ResultStore: each call runs in a thread."""

    def __init__(self, results: SqliteResults) -> None:
        self._results = results

    async def get(self, key: str) -> bytes | None:
        """See SqliteResults.get."""
        return await run_sync(self._results.get, key)

    async def put(self, key: str, packed: bytes) -> None:
        """See SqliteResults.put."""
        await run_sync(self._results.put, key, packed)

    async def clear(self) -> None:
        """See SqliteResults.clear."""
        await run_sync(self._results.clear)

    async def generation(self) -> str:
        """See SqliteResults.generation."""
        return await run_sync(self._results.generation)

    async def close(self) -> None:
        """See SqliteResults.close."""
        await run_sync(self._results.close)


class ResultCache:
    """Caches results in memory and in a store. Only `clear` raises the store's errors; otherwise memory serves alone.

    `memory` is in bytes, `age` in seconds.
    """

    def __init__(self, store: ResultStore, *, memory: int, age: float) -> None:
        self._store = store
        self._age = age
        self._memory: LRUCache[str, Result] = LRUCache(memory, getsizeof=lambda result: len(result.content))
        self._generation = ""
        self._checked = -CHECK_INTERVAL
        self._breaker = CircuitBreaker("the result cache works without its store", ServiceError)

    async def get(self, key: str) -> tuple[Result | None, str]:
        """Returns the result and the level that had it: `memory`, `store` or `none`."""
        await self._drop_cleared()
        if (result := self._memory.get(key)) and is_fresh(result.created, self._age):
            return result, "memory"
        packed = await self._breaker.call_async(lambda: self._store.get(key))
        result = Result.unpack(packed) if packed else None
        if result:
            self._remember(key, result)
        return result, "store" if result else "none"

    async def put(self, key: str, result: Result) -> None:
        """Caches a result, unless the cache is off."""
        if not self._age:
            return
        self._remember(key, result)
        await self._breaker.call_async(lambda: self._store.put(key, result.pack()))

    async def clear(self) -> None:
        """Deletes all results. Raises what the store raises."""
        self._memory.clear()
        await self._store.clear()

    async def close(self) -> None:
        """Closes the store."""
        await self._breaker.call_async(self._store.close)

    def _remember(self, key: str, result: Result) -> None:
        if len(result.content) <= self._memory.maxsize:
            self._memory[key] = result

    async def _drop_cleared(self) -> None:
        """Empties the memory if another process has cleared the store."""
        if time.monotonic() - self._checked < CHECK_INTERVAL:
            return
        self._checked = time.monotonic()
        generation = await self._breaker.call_async(self._store.generation)
        if generation and generation != self._generation:
            if self._generation:
                self._memory.clear()
            self._generation = generation


def open_cache(settings: Settings) -> ResultCache:
    """Returns the cache that the settings describe."""
    return ResultCache(open_store(settings), memory=MEMORY_BYTES, age=settings.cache_seconds)


def open_store(settings: Settings) -> ResultStore:
    """Returns a store in Redis if its URL is set, otherwise in the data folder."""
    if settings.redis_url:
        from service.answering.redis_results import RedisResults  # noqa: PLC0415 - redis is an extra

        return RedisResults(settings.redis_url, age=settings.cache_seconds)
    return AsyncSqliteResults(SqliteResults(settings.data, limit=settings.cache_bytes, age=settings.cache_seconds))
