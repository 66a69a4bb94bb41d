"""The desk's blocking work for requests: in threads, and stopped when nobody waits for it."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

import anyio
from anyio.to_thread import run_sync
from fastapi import Request

from models.errors import QueueFull
from models.scheduling.caller import current
from models.scheduling.measures import Rate
from summarizer.watch import Watch

T = TypeVar("T")


class Workshop:
    """Runs jobs in at most `workers` threads, beside which so many `waiting` may wait, and can stop them all."""

    def __init__(self, workers: int, waiting: int) -> None:
        self._limiter = anyio.CapacityLimiter(workers)
        self._most = waiting
        self._watches: set[Watch] = set()
        self._rate = Rate()  # of jobs done
        self._since = 0.0  # a monotonic time: what went before it is measured

    async def run(self, request: Request, job: Callable[[Watch], T], deadline_ms: int | None) -> T:
        """The job's result; the job is cancelled when the caller hangs up."""
        watch = Watch(deadline_ms=deadline_ms)
        leaving = asyncio.create_task(_cancel_when_gone(request, watch))
        try:
            return await self.in_thread(job, watch)
        finally:
            leaving.cancel()

    async def in_thread(self, job: Callable[[Watch], T], watch: Watch) -> T:
        """The job's result; who holds the watch may cancel it. Raises QueueFull, but never for batch work."""
        waiting = len(self._watches) - int(self._limiter.total_tokens)
        if waiting >= self._most and not current().batch:
            raise QueueFull(f"{waiting} requests wait already.", self._time(waiting / 2))
        if not self._watches:
            self._since = time.monotonic()
        self._watches.add(watch)
        try:
            return await run_sync(job, watch, limiter=self._limiter)
        finally:
            self._watches.discard(watch)
            now = time.monotonic()
            self._rate.add(1, now - self._since)
            self._since = now

    def stop(self) -> int:
        """Cancels everything under way, and says how much that was."""
        for watch in self._watches.copy():
            watch.cancel()
        return len(self._watches)

    def _time(self, jobs: float) -> float:
        """Seconds that so many jobs take, at least one."""
        return max(jobs / self._rate.value, 1.0) if self._rate.value else 1.0


async def gone(request: Request) -> None:
    """Returns when the caller has hung up; the body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _cancel_when_gone(request: Request, watch: Watch) -> None:
    await gone(request)
    watch.cancel()
