"""Rate limits: how many requests each key may make in a time window."""

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

TIMEOUT = 0.25
"""Timeout of a call to Redis, in seconds."""


class RateLimiter:
    """Counts requests in Redis, for all processes, if it is configured and reachable; otherwise in this process."""

    def __init__(self, redis_url: str | None = None) -> None:
        self._local = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._pool = _pool(redis_url) if redis_url else None
        self._shared = SlidingWindowCounterRateLimiter(_redis(redis_url, self._pool)) if redis_url else None
        self._breaker = CircuitBreaker("rate limits are counted in this process only", StorageError)

    async def check(self, key: Key) -> None:
        """Counts one request. Raises RateExceeded if it is above the key's rate."""
        if key.rate is None:
            return
        rate, shared = parse(key.rate), self._shared
        wait = await self._breaker.call_async(lambda: _hit(shared, rate, key)) if shared else None
        if wait is None:
            wait = await _hit(self._local, rate, key)
        if wait:
            raise RateExceeded(f"The rate limit of this key is {key.rate}.", retry_after=wait)

    async def close(self) -> None:
        """Closes the connections."""
        if self._pool:
            await self._pool.disconnect()


async def _hit(limiter: SlidingWindowCounterRateLimiter, rate: RateLimitItem, key: Key) -> float:
    """Counts one request, and returns the seconds until it is allowed: 0 if it is now."""
    if await limiter.hit(rate, key.id):
        return 0
    seconds = (await limiter.get_window_stats(rate, key.id)).reset_time - time.time()
    # Limited to the window: after a jump of the wall clock, Retry-After must not be a year.
    return min(max(seconds, 1), rate.get_expiry())


def _pool(url: str) -> Any:
    from redis.asyncio import ConnectionPool  # noqa: PLC0415 - an extra

    return ConnectionPool.from_url(url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)


def _redis(url: str, pool: Any) -> Storage:
    storage = storage_from_string(
        f"async+{url}", implementation="redispy", wrap_exceptions=True, key_prefix="lede:limits", connection_pool=pool
    )
    assert isinstance(storage, Storage)
    return storage
