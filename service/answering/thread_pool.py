"""A thread pool for the desk's blocking work, with a bounded queue and cancellation when the client disconnects."""

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
    """Runs jobs in at most `workers` threads; up to `waiting` more jobs queue.

    When the queue is full, an owner with less than an equal share of the places is still admitted.
    """

    def __init__(self, workers: int, waiting: int) -> None:
        self._limiter = anyio.CapacityLimiter(workers)
        self._places = workers + waiting
        self._owners: dict[Watch, str] = {}
        self._rate = Rate()  # of jobs that have ended, also of cancelled ones
        self._measured_until = 0.0  # a monotonic time

    async def run(self, request: Request, job: Callable[[Watch], T], deadline_ms: int | None) -> T:
        """Returns the job's result, and cancels the job when the client disconnects."""
        watch = Watch(deadline_ms=deadline_ms)
        disconnected = asyncio.create_task(_cancel_on_disconnect(request, watch))
        try:
            return await self.in_thread(job, watch)
        finally:
            disconnected.cancel()

    async def in_thread(self, job: Callable[[Watch], T], watch: Watch) -> T:
        """Returns the job's result; the watch can cancel the job, also while it is queued.

        Raises QueueFull, but never for batch work.
        """
        self._admit(watch)
        try:
            return await self._run_queued(job, watch)
        finally:
            del self._owners[watch]
            now = time.monotonic()
            self._rate.add(1, now - self._measured_until)
            self._measured_until = now

    def _admit(self, watch: Watch) -> None:
        flow = current_flow()
        if not flow.batch and is_full(self._owners.values(), flow.owner, 1, self._places):
            queued = len(self._owners) - int(self._limiter.total_tokens)
            raise QueueFull(f"The queue is full: {queued} requests are waiting.", self._seconds_for(queued / 2))
        if not self._owners:
            self._measured_until = time.monotonic()
        self._owners[watch] = flow.owner

    async def _run_queued(self, job: Callable[[Watch], T], watch: Watch) -> T:
        loop = asyncio.get_running_loop()
        remaining = None if watch.deadline is None else watch.deadline - time.monotonic()
        with anyio.move_on_after(remaining) as queued:  # a job that has started checks its watch itself
            watch.on_cancel(lambda: loop.call_soon_threadsafe(queued.cancel))
            return await run_sync(job, watch, limiter=self._limiter)
        raise watch.stop_error()

    def stop(self) -> int:
        """Cancels all jobs, and returns how many there were."""
        for watch in tuple(self._owners):
            watch.cancel()
        return len(self._owners)

    def _seconds_for(self, jobs: float) -> float:
        """Returns the estimated time for a number of jobs, at least one second."""
        return max(jobs / self._rate.value, 1.0) if self._rate.value else 1.0


async def wait_for_disconnect(request: Request) -> None:
    """Returns when the client has disconnected; the body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _cancel_on_disconnect(request: Request, watch: Watch) -> None:
    await wait_for_disconnect(request)
    watch.cancel()
