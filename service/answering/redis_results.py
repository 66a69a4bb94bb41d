"""Results kept in Redis, for services on several machines."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis import RedisError
from redis.asyncio import Redis

from service.exceptions import StateUnavailable

PREFIX = "lede:result:"
CLEARED = "lede:cleared"

WAIT = 0.25
"""Seconds that a result is waited for: nobody should wait for a server that is away."""


class RedisResults:
    """The results at a URL. `age` is in seconds; size is for Redis's own `maxmemory`. Raises StateUnavailable."""

    def __init__(self, url: str, *, age: float) -> None:
        self._redis = Redis.from_url(url, socket_timeout=WAIT, socket_connect_timeout=WAIT)
        self._age = age

    async def get(self, key: str) -> bytes | None:
        """What was put, unless it is too old."""
        with _reached():
            found: Any = await self._redis.get(PREFIX + key)
        return bytes(found) if found else None

    async def put(self, key: str, packed: bytes) -> None:
        """Keeps it."""
        with _reached():
            await self._redis.set(PREFIX + key, packed, ex=max(1, int(self._age)))

    async def clear(self) -> None:
        """Drops everything, in all processes' memory too."""
        with _reached():
            async for key in self._redis.scan_iter(PREFIX + "*", count=1000):
                await self._redis.unlink(key)
            await self._redis.incr(CLEARED)

    async def generation(self) -> str:
        """Another word whenever the results were cleared."""
        with _reached():
            return str(await self._redis.get(CLEARED))

    async def close(self) -> None:
        """Closes the connections."""
        await self._redis.aclose()


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise StateUnavailable(f"Redis cannot be reached ({type(error).__name__}).") from error
