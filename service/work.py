"""The desk's blocking work for requests: in threads, and stopped when nobody waits for it."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import anyio
from anyio.to_thread import run_sync
from fastapi import Request

from summarizer.watch import Watch

T = TypeVar("T")


class Workshop:
    """Runs jobs in at most `workers` threads, and can stop them all."""

    def __init__(self, workers: int) -> None:
        self._limiter = anyio.CapacityLimiter(workers)
        self._watches: set[Watch] = set()

    async def run(self, request: Request, job: Callable[[Watch], T], deadline_ms: int | None) -> T:
        """The job's result; the job is cancelled when the caller hangs up."""
        watch = Watch(deadline_ms=deadline_ms)
        leaving = asyncio.create_task(_cancel_when_gone(request, watch))
        try:
            return await self.in_thread(job, watch)
        finally:
            leaving.cancel()

    async def in_thread(self, job: Callable[[Watch], T], watch: Watch) -> T:
        """The job's result; who holds the watch may cancel it."""
        self._watches.add(watch)
        try:
            return await run_sync(job, watch, limiter=self._limiter)
        finally:
            self._watches.discard(watch)

    def stop(self) -> int:
        """Cancels everything under way, and says how much that was."""
        for watch in self._watches.copy():
            watch.cancel()
        return len(self._watches)


async def gone(request: Request) -> None:
    """Returns when the caller has hung up; the body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _cancel_when_gone(request: Request, watch: Watch) -> None:
    await gone(request)
    watch.cancel()
