"""The thread_pool: jobs wait for a thread, no longer than their callers do, and nobody takes all the places."""

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


class Shop(ThreadPool):
    """A thread_pool whose jobs wait to be let go."""

    def __init__(self, *, waiting: int) -> None:
        super().__init__(1, waiting)
        self.begun, self.go = threading.Event(), threading.Event()

    async def ask(self, owner: str = "", watch: Watch | None = None) -> "asyncio.Task[bool]":
        """A job that is under way, or waits."""
        with use_flow(Flow(owner)):
            asked = asyncio.create_task(self.in_thread(self._job, watch or Watch()))
        await asyncio.sleep(0)
        return asked

    def _job(self, _watch: Watch) -> bool:
        self.begun.set()
        return self.go.wait(SOON)


def shown(story: Callable[[Shop], Awaitable[None]], waiting: int) -> None:
    async def run() -> None:
        shop = Shop(waiting=waiting)
        try:
            await story(shop)
        finally:
            shop.go.set()

    asyncio.run(run())


def test_who_hangs_up_while_waiting_frees_the_place():
    async def story(shop: Shop) -> None:
        first, watch = await shop.ask(), Watch()
        left = await shop.ask(watch=watch)
        with pytest.raises(QueueFull):
            await (await shop.ask())
        watch.cancel()
        with pytest.raises(Cancelled):
            await left
        third = await shop.ask()
        shop.go.set()
        assert all(await asyncio.gather(first, third))

    shown(story, waiting=1)


def test_who_had_left_before_does_not_wait():
    async def story(shop: Shop) -> None:
        await shop.ask()
        watch = Watch()
        watch.cancel()
        with pytest.raises(Cancelled):
            await (await shop.ask(watch=watch))

    shown(story, waiting=1)


def test_a_deadline_passes_while_waiting():
    async def story(shop: Shop) -> None:
        first = await shop.ask()
        with pytest.raises(DeadlineExceeded):
            await (await shop.ask(watch=Watch(deadline_ms=1)))
        assert not first.done()

    shown(story, waiting=1)


def test_a_job_that_has_begun_ends_as_it_sees_fit():
    async def story(shop: Shop) -> None:
        watch = Watch()
        begun = await shop.ask(watch=watch)
        assert await asyncio.to_thread(shop.begun.wait, SOON)
        watch.cancel()
        await asyncio.sleep(0)
        shop.go.set()
        assert await begun

    shown(story, waiting=1)


def test_an_owner_who_fills_all_places_leaves_others_theirs():
    async def story(shop: Shop) -> None:
        for _ in range(4):
            await shop.ask("a")
        first, second, third = [await shop.ask("b") for _ in range(3)]
        with pytest.raises(QueueFull):
            await third
        with pytest.raises(QueueFull):
            await (await shop.ask("a"))
        shop.go.set()
        assert all(await asyncio.gather(first, second))

    shown(story, waiting=3)
