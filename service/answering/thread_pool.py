"""The desk's blocking work for requests: in threads, and stopped when nobody waits for it."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

import anyio
from anyio.to_thread import run_sync
from fastapi import Request

from models.errors import QueueFull
from models.scheduling.caller import current_flow
from models.scheduling.measures import Rate
from models.scheduling.places import is_full
from summarizer.watch import Watch

T = TypeVar("T")


class ThreadPool:
    """Runs jobs in at most `workers` threads, beside which so many `waiting` may wait, and can stop them all.

    Where all wait that may, an owner who has less than an equal part of the places still finds one.
    """

    def __init__(self, workers: int, waiting: int) -> None:
        self._limiter = anyio.CapacityLimiter(workers)
        self._places = workers + waiting
        self._owners: dict[Watch, str] = {}
        self._rate = Rate()  # of jobs done or left
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
        """The job's result; who holds the watch may cancel it.

        A job that waits for its turn leaves when its watch says so. Raises QueueFull, but never for batch work.
        """
        self._admit(watch)
        try:
            return await self._in_turn(job, watch)
        finally:
            del self._owners[watch]
            now = time.monotonic()
            self._rate.add(1, now - self._since)
            self._since = now

    def _admit(self, watch: Watch) -> None:
        caller = current_flow()
        if not caller.batch and is_full(self._owners.values(), caller.owner, 1, self._places):
            waiting = len(self._owners) - int(self._limiter.total_tokens)
            raise QueueFull(f"{waiting} requests wait already.", self._time(waiting / 2))
        if not self._owners:
            self._since = time.monotonic()
        self._owners[watch] = caller.owner

    async def _in_turn(self, job: Callable[[Watch], T], watch: Watch) -> T:
        loop = asyncio.get_running_loop()
        left = None if watch.deadline is None else watch.deadline - time.monotonic()
        with anyio.move_on_after(left) as waiting:  # a job that has begun looks at its watch itself
            watch.when_cancelled(lambda: loop.call_soon_threadsafe(waiting.cancel))
            return await run_sync(job, watch, limiter=self._limiter)
        raise watch.why()

    def stop(self) -> int:
        """Cancels everything under way, and says how much that was."""
        for watch in tuple(self._owners):
            watch.cancel()
        return len(self._owners)

    def _time(self, jobs: float) -> float:
        """Seconds that so many jobs take, at least one."""
        return max(jobs / self._rate.value, 1.0) if self._rate.value else 1.0


async def wait_for_disconnect(request: Request) -> None:
    """Returns when the caller has hung up; the body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _cancel_when_gone(request: Request, watch: Watch) -> None:
    await wait_for_disconnect(request)
    watch.cancel()
