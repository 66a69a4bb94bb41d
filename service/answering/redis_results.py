"""Results in Redis, for services on several machines."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis import RedisError
from redis.asyncio import Redis

from service.exceptions import StateUnavailable

PREFIX = "lede:result:"
CLEARED = "lede:cleared"

TIMEOUT = 0.25
"""Timeout of a call, in seconds: writing a result again is better than waiting for an unreachable server."""


class RedisResults:
    """The results in the Redis at a URL, as a ResultStore. Raises StateUnavailable.

    `age` is in seconds; Redis's own `maxmemory` bounds the size.
    """

    def __init__(self, url: str, *, age: float) -> None:
        self._redis = Redis.from_url(url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)
        self._age = age

    async def get(self, key: str) -> bytes | None:
        """Returns the packed result of a key, or None if there is none or it has expired."""
        with _redis_errors_mapped():
            packed: Any = await self._redis.get(PREFIX + key)
        return bytes(packed) if packed else None

    async def put(self, key: str, packed: bytes) -> None:
        """Stores a packed result."""
        with _redis_errors_mapped():
            await self._redis.set(PREFIX + key, packed, ex=max(1, int(self._age)))

    async def clear(self) -> None:
        """Deletes all results, also those in the memory of other processes."""
        with _redis_errors_mapped():
            async for key in self._redis.scan_iter(PREFIX + "*", count=1000):
                await self._redis.unlink(key)
            await self._redis.incr(CLEARED)

    async def generation(self) -> str:
        """Returns a string that changes whenever the results are cleared."""
        with _redis_errors_mapped():
            return str(await self._redis.get(CLEARED))

    async def close(self) -> None:
        """Closes the connections."""
        await self._redis.aclose()


@contextmanager
def _redis_errors_mapped() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise StateUnavailable(f"Redis cannot be reached ({type(error).__name__}).") from error
