"""How many requests each key may make in a while."""

import time
from typing import Any

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string

from service.keys import Key
from service.refusals import RateExceeded

log = structlog.get_logger("lede.limits")

WAIT = 0.25
"""Seconds that Redis is waited for."""


class Limits:
    """Counts in this process; in Redis, for all processes, where there is one. Gone, it is done without."""

    def __init__(self, redis_url: str | None = None) -> None:
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._pool = _pool(redis_url) if redis_url else None
        self._shared = SlidingWindowCounterRateLimiter(_redis(redis_url, self._pool)) if redis_url else None

    async def check(self, key: Key) -> None:
        """Counts one request. Raises RateExceeded beyond the key's rate."""
        if key.rate is None:
            return
        rate = parse(key.rate)
        if self._shared:
            try:
                await _check(self._shared, rate, key)
            except StorageError as error:
                log.warning("rate limits are counted in this process alone", reason=repr(error.storage_error))
            else:
                return
        await _check(self._here, rate, key)

    async def close(self) -> None:
        """Closes the connections."""
        if self._pool:
            await self._pool.disconnect()


async def _check(limiter: SlidingWindowCounterRateLimiter, rate: RateLimitItem, key: Key) -> None:
    if not await limiter.hit(rate, key.id):
        free = (await limiter.get_window_stats(rate, key.id)).reset_time - time.time()
        # Within the window whatever the wall clock does: nobody is told to come back in a year.
        raise RateExceeded(f"This key may make {key.rate} requests.", retry_after=min(max(free, 1), rate.get_expiry()))


def _pool(url: str) -> Any:
    from redis.asyncio import ConnectionPool  # noqa: PLC0415 - an extra

    return ConnectionPool.from_url(url, socket_timeout=WAIT, socket_connect_timeout=WAIT)


def _redis(url: str, pool: Any) -> Storage:
    storage = storage_from_string(
        f"async+{url}", implementation="redispy", wrap_exceptions=True, key_prefix="lede:limits", connection_pool=pool
    )
    assert isinstance(storage, Storage)
    return storage
