"""Jobs taken in: each item on the disk before the caller is told that they are."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import anyio
from anyio.to_thread import run_sync
from starlette.requests import ClientDisconnect

from service.access.auth import Caller
from service.access.quotas import Quotas
from service.exceptions import IdempotencyConflict, StateUnavailable
from service.jobs.items import Body, items
from service.jobs.runner import Runner
from service.jobs.store import STALE, Item, Job
from service.settings import Settings
from summarizer.errors import Cancelled

BATCH, BATCH_BYTES = 500, 8_000_000
"""Items that are kept in one transaction, and bytes with which it ends sooner."""


@dataclass(frozen=True, slots=True)
class Reception:
    """Takes one caller's job in, of a media type that service.jobs.items knows."""

    runner: Runner
    quotas: Quotas
    settings: Settings
    caller: Caller

    async def receive(self, body: Body, media: str, *, repeat: str | None, webhook: str | None) -> Job:
        """The job of a body; the one that there is, where `repeat` and the body were sent before.

        Raises NotItems, JobTooLarge, QuotaExceeded, RepeatedKey and WebhookRefused, and then keeps nothing.
        """
        if webhook:
            self.runner.webhooks.check(webhook)
        jobs, owner = self.runner.jobs, self.caller.owner
        try:
            name = await run_sync(lambda: jobs.begin(owner, repeat=repeat, webhook=webhook))
        except IdempotencyConflict:
            return await self._repeated(repeat or "", body)
        try:
            async with self._touching(name):
                await self._kept(name, body, media)
        except BaseException as error:
            with anyio.CancelScope(shield=True):
                await run_sync(jobs.drop, name)
            if isinstance(error, ClientDisconnect):
                raise Cancelled("The caller went away before the job was whole.") from error
            raise
        self.runner.news.set()
        return await run_sync(jobs.get, name, owner)

    async def _kept(self, name: str, body: Body, media: str) -> None:
        characters = 0
        given = items(body, media, self.runner.tasks, most=self.settings.job_items, size=self.settings.max_body_bytes)
        async for batch in _batches(given):
            characters += sum(item.characters for item in batch)
            await run_sync(self.runner.jobs.add, name, batch)
        await body.drain()
        async with self.quotas.charged(self.caller.key, characters):
            await run_sync(self.runner.jobs.start, name, body.digest)

    @contextlib.asynccontextmanager
    async def _touching(self, name: str) -> AsyncIterator[None]:
        """Says that the job is being received for as long as that takes, however slowly its items come."""
        touching = asyncio.create_task(self._touch(name))
        try:
            yield
        finally:
            touching.cancel()

    async def _touch(self, name: str) -> None:
        while True:
            await asyncio.sleep(STALE / 4)
            with contextlib.suppress(StateUnavailable):  # as the next items will find out
                await run_sync(self.runner.jobs.touch, name)

    async def _repeated(self, repeat: str, body: Body) -> Job:
        await body.drain()
        job = await run_sync(self.runner.jobs.repeated, self.caller.owner, repeat)
        if job is None or job.state == "receiving":
            raise IdempotencyConflict("The job of this Idempotency-Key is still being received.", "Try again in a while.")
        if job.digest != body.digest:
            raise IdempotencyConflict("This Idempotency-Key was used for another job.")
        return job


async def _batches(given: AsyncIterator[Item]) -> AsyncIterator[list[Item]]:
    batch, size = list[Item](), 0
    async for item in given:
        batch.append(item)
        size += len(item.wanted)
        if len(batch) == BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
