"""Webhooks of jobs that are over: each told by itself, while other work goes on."""

import asyncio
from collections.abc import Awaitable, Callable

from anyio.to_thread import run_sync
from pydantic_core import to_json

from service.jobs.store import Job, Jobs
from service.jobs.webhooks import Webhooks


class Telling:
    """The calls under way. One may take an hour, so none takes an item's place."""

    def __init__(self, jobs: Jobs, webhooks: Webhooks, kept: Callable[[Callable[[], None]], Awaitable[None]]) -> None:
        self._jobs = jobs
        self._webhooks = webhooks
        self._kept = kept
        self._calls: dict[str, asyncio.Task[None]] = {}

    async def begin(self) -> None:
        """Begins the calls that are due."""
        for job in await run_sync(self._jobs.untold):
            if job.id not in self._calls:
                self._calls[job.id] = asyncio.create_task(self._tell(job))

    async def stop(self) -> None:
        """Leaves the calls under way for the next start."""
        calls = list(self._calls.values())
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    async def _tell(self, job: Job) -> None:
        body = to_json({"id": job.id, "state": job.state, "total": job.total, "done": job.done, "failed": job.failed})
        try:
            taken = await self._webhooks.call(job.webhook or "", job.id, body)
            await self._kept(lambda: self._jobs.tell(job.id, "delivered" if taken else "failed"))
        finally:
            del self._calls[job.id]
