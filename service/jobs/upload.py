"""Uploads of jobs: all items are on disk before the response is sent."""

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
from service.jobs.items import UploadBody, parse_items
from service.jobs.runner import JobRunner
from service.jobs.store import UPLOAD_TIMEOUT, Item, Job
from service.settings import Settings
from summarizer.errors import Cancelled

BATCH, BATCH_BYTES = 500, 8_000_000
"""The most items per transaction, and the bytes after which it ends early."""


@dataclass(frozen=True, slots=True)
class JobUpload:
    """The upload of one job by a caller."""

    runner: JobRunner
    quotas: Quotas
    settings: Settings
    caller: Caller

    async def receive(
        self, body: UploadBody, media_type: str, *, idempotency_key: str | None, webhook: str | None
    ) -> Job:
        """Stores and returns the job; for a repeated idempotency key and body, returns the existing one.

        Raises InvalidJob, JobTooLarge, QuotaExceeded, IdempotencyConflict and WebhookRefused, and then stores nothing.
        """
        if webhook:
            self.runner.webhooks.check(webhook)
        jobs, owner = self.runner.jobs, self.caller.owner
        try:
            job = await run_sync(lambda: jobs.create(owner, idempotency_key=idempotency_key, webhook=webhook))
        except IdempotencyConflict:
            return await self._existing(idempotency_key or "", body)
        try:
            async with self._touching(job):
                await self._store(job, body, media_type)
        except BaseException as error:
            with anyio.CancelScope(shield=True):
                await run_sync(jobs.delete, job)
            if isinstance(error, ClientDisconnect):
                raise Cancelled("The client disconnected during the upload of the job.") from error
            raise
        self.runner.wake_up.set()
        return await run_sync(jobs.get, job, owner)

    async def _store(self, job: str, body: UploadBody, media_type: str) -> None:
        characters = 0
        items = parse_items(body, media_type, self.runner.tasks, max_bytes=self.settings.max_body_bytes)
        async for batch in _batches(items):
            characters += sum(item.characters for item in batch)
            await run_sync(self.runner.jobs.add, job, batch)
        await body.drain()
        async with self.quotas.charged(self.caller.key, characters):
            await run_sync(self.runner.jobs.start, job, body.digest)

    @contextlib.asynccontextmanager
    async def _touching(self, job: str) -> AsyncIterator[None]:
        """Marks the upload as in progress within the block, however slowly items arrive."""
        touching = asyncio.create_task(self._touch(job))
        try:
            yield
        finally:
            touching.cancel()

    async def _touch(self, job: str) -> None:
        while True:
            await asyncio.sleep(UPLOAD_TIMEOUT / 4)
            with contextlib.suppress(StateUnavailable):  # the next items raise it
                await run_sync(self.runner.jobs.touch, job)

    async def _existing(self, idempotency_key: str, body: UploadBody) -> Job:
        await body.drain()
        job = await run_sync(self.runner.jobs.find_by_idempotency_key, self.caller.owner, idempotency_key)
        if job is None or job.state == "receiving":
            raise IdempotencyConflict("The job with this Idempotency-Key is still being uploaded.", "Try again later.")
        if job.digest != body.digest:
            raise IdempotencyConflict("This Idempotency-Key was used for a different job.")
        return job


async def _batches(items: AsyncIterator[Item]) -> AsyncIterator[list[Item]]:
    batch, size = list[Item](), 0
    async for item in items:
        batch.append(item)
        size += len(item.request)
        if len(batch) == BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
