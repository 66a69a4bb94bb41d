"""How many requests each key may make in a while."""

import time
from typing import Any

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string

from service.access.keys import Key
from service.exceptions import RateExceeded
from service.storage.circuit_breaker import CircuitBreaker

WAIT = 0.25
"""Seconds that Redis is waited for."""


class RateLimiter:
    """Counts in this process; in Redis, for all processes, where there is one. Gone, it is done without."""

    def __init__(self, redis_url: str | None = None) -> None:
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._pool = _pool(redis_url) if redis_url else None
        self._shared = SlidingWindowCounterRateLimiter(_redis(redis_url, self._pool)) if redis_url else None
        self._breaker = CircuitBreaker("rates are counted in this process alone", StorageError)

    async def check(self, key: Key) -> None:
        """Counts one request. Raises RateExceeded beyond the key's rate."""
        if key.rate is None:
            return
        rate, shared = parse(key.rate), self._shared
        wait = await self._breaker.call_async(lambda: _wait(shared, rate, key)) if shared else None
        if wait is None:
            wait = await _wait(self._here, rate, key)
        if wait:
            raise RateExceeded(f"This key may make {key.rate} requests.", retry_after=wait)

    async def close(self) -> None:
        """Closes the connections."""
        if self._pool:
            await self._pool.disconnect()


async def _wait(limiter: SlidingWindowCounterRateLimiter, rate: RateLimitItem, key: Key) -> float:
    """Counts one request: seconds until the key may make it, 0 where it may now."""
    if await limiter.hit(rate, key.id):
        return 0
    free = (await limiter.get_window_stats(rate, key.id)).reset_time - time.time()
    # Within the window whatever the wall clock does: nobody is told to come back in a year.
    return min(max(free, 1), rate.get_expiry())


def _pool(url: str) -> Any:
    from redis.asyncio import ConnectionPool  # noqa: PLC0415 - an extra

    return ConnectionPool.from_url(url, socket_timeout=WAIT, socket_connect_timeout=WAIT)


def _redis(url: str, pool: Any) -> Storage:
    storage = storage_from_string(
        f"async+{url}", implementation="redispy", wrap_exceptions=True, key_prefix="lede:limits", connection_pool=pool
    )
    assert isinstance(storage, Storage)
    return storage
