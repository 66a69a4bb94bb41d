"""The thread pool: queued jobs can be cancelled, and no owner takes all places."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from models.errors import QueueFull
from models.scheduling.caller import Flow, use_flow
from service.answering.thread_pool import ThreadPool
from summarizer.errors import Cancelled, DeadlineExceeded
from summarizer.watch import Watch

SOON = 10


class HeldPool(ThreadPool):
    """A pool whose jobs wait until they are released."""

    def __init__(self, *, waiting: int) -> None:
        super().__init__(1, waiting)
        self.started, self.released = threading.Event(), threading.Event()

    async def submit(self, owner: str = "", watch: Watch | None = None) -> "asyncio.Task[bool]":
        """Starts or queues a job."""
        with use_flow(Flow(owner)):
            task = asyncio.create_task(self.in_thread(self._job, watch or Watch()))
        await asyncio.sleep(0)
        return task

    def _job(self, _watch: Watch) -> bool:
        self.started.set()
        return self.released.wait(SOON)


def play(story: Callable[[HeldPool], Awaitable[None]], waiting: int) -> None:
    async def run() -> None:
        pool = HeldPool(waiting=waiting)
        try:
            await story(pool)
        finally:
            pool.released.set()

    asyncio.run(run())


def test_a_cancelled_job_leaves_the_queue():
    async def story(pool: HeldPool) -> None:
        first, watch = await pool.submit(), Watch()
        queued = await pool.submit(watch=watch)
        with pytest.raises(QueueFull):
            await (await pool.submit())
        watch.cancel()
        with pytest.raises(Cancelled):
            await queued
        third = await pool.submit()
        pool.released.set()
        assert all(await asyncio.gather(first, third))

    play(story, waiting=1)


def test_a_job_that_is_already_cancelled_is_not_queued():
    async def story(pool: HeldPool) -> None:
        await pool.submit()
        watch = Watch()
        watch.cancel()
        with pytest.raises(Cancelled):
            await (await pool.submit(watch=watch))

    play(story, waiting=1)


def test_a_deadline_can_pass_in_the_queue():
    async def story(pool: HeldPool) -> None:
        first = await pool.submit()
        with pytest.raises(DeadlineExceeded):
            await (await pool.submit(watch=Watch(deadline_ms=1)))
        assert not first.done()

    play(story, waiting=1)


def test_a_running_job_is_not_interrupted():
    async def story(pool: HeldPool) -> None:
        watch = Watch()
        running = await pool.submit(watch=watch)
        assert await asyncio.to_thread(pool.started.wait, SOON)
        watch.cancel()
        await asyncio.sleep(0)
        pool.released.set()
        assert await running

    play(story, waiting=1)


def test_an_owner_that_fills_the_queue_leaves_places_for_others():
    async def story(pool: HeldPool) -> None:
        for _ in range(4):
            await pool.submit("a")
        first, second, third = [await pool.submit("b") for _ in range(3)]
        with pytest.raises(QueueFull):
            await third
        with pytest.raises(QueueFull):
            await (await pool.submit("a"))
        pool.released.set()
        assert all(await asyncio.gather(first, second))

    play(story, waiting=3)
