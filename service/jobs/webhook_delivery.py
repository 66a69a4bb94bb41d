"""Deliveries of webhooks for jobs that have ended, each in its own task."""

import asyncio
from collections.abc import Awaitable, Callable

from anyio.to_thread import run_sync
from pydantic_core import to_json

from service.jobs.store import Job, JobStore
from service.jobs.webhooks import Webhooks


class WebhookDeliveries:
    """The deliveries in progress. One may take an hour, so none occupies a worker slot.

    `persist` runs a write in a thread until it succeeds.
    """

    def __init__(
        self, jobs: JobStore, webhooks: Webhooks, persist: Callable[[Callable[[], None]], Awaitable[None]]
    ) -> None:
        self._jobs = jobs
        self._webhooks = webhooks
        self._persist = persist
        self._deliveries: dict[str, asyncio.Task[None]] = {}

    async def start_pending(self) -> None:
        """Starts the deliveries that are pending and not in progress."""
        for job in await run_sync(self._jobs.undelivered):
            if job.id not in self._deliveries:
                self._deliveries[job.id] = asyncio.create_task(self._deliver(job))

    async def stop(self) -> None:
        """Cancels the deliveries in progress; the next start repeats them."""
        deliveries = list(self._deliveries.values())
        for delivery in deliveries:
            delivery.cancel()
        await asyncio.gather(*deliveries, return_exceptions=True)

    async def _deliver(self, job: Job) -> None:
        names = ("id", "state", "total", "done", "failed", *(["reason"] if job.reason else []))
        body = to_json({name: getattr(job, name) for name in names})
        try:
            delivered = await self._webhooks.deliver(job.webhook or "", job.id, body)
            await self._persist(lambda: self._jobs.set_webhook_state(job.id, "delivered" if delivered else "failed"))
        finally:
            del self._deliveries[job.id]
