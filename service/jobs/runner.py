"""Runs the jobs, in one process at a time."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from anyio.to_thread import run_sync
from filelock import FileLock, Timeout

from service.access.keys import Keys
from service.answering.answers import AnswerService
from service.answering.tasks import WritingTask
from service.exceptions import ServiceError
from service.jobs.fair_queue import JobQueue, WorkItem
from service.jobs.store import Job, JobStore
from service.jobs.webhook_delivery import WebhookDeliveries
from service.jobs.webhooks import Webhooks
from service.jobs.worker import JobWorker, RetryLater, request_id_of
from summarizer.errors import Cancelled
from summarizer.watch import Watch

log = structlog.get_logger("lede.jobs")

POLL_SECONDS = 1.0
"""Seconds between two polls for jobs that other processes accepted."""

SWEEP_SECONDS = 3600.0
"""Seconds between two deletions of old jobs."""


class JobRunner:
    """Processes up to `workers` items in parallel, in fair order, while it holds the lock of the data folder.

    Ended jobs are deleted after `age` seconds.
    """

    def __init__(
        self,
        jobs: JobStore,
        answers: AnswerService,
        keys: Keys,
        webhooks: Webhooks,
        tasks: Mapping[str, WritingTask[Any, Any]],
        *,
        workers: int,
        age: float,
    ) -> None:
        self.jobs = jobs
        self.webhooks = webhooks
        self.tasks = tasks
        self.wake_up = asyncio.Event()
        self._answers = answers
        self._workers = workers
        self._age = age
        self._keys = keys
        self._worker = JobWorker(answers, keys, tasks)
        self._queue = JobQueue(jobs)
        self._deliveries = WebhookDeliveries(jobs, webhooks, self._persist)
        self._active: dict[asyncio.Task[None], tuple[WorkItem, Watch]] = {}
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Starts the runner in the background."""
        self._running = asyncio.create_task(self.run())
        self._running.add_done_callback(_log_failure)

    async def stop(self) -> None:
        """Stops the runner; unfinished items resume at the next start."""
        if self._running:
            self._running.cancel()
            await asyncio.wait([self._running])

    @property
    def has_failed(self) -> bool:
        """Whether the runner ended without being stopped."""
        return self._running is not None and self._running.done()

    @property
    def active_items(self) -> int:
        """The number of items being processed."""
        return len(self._active)

    async def run(self) -> None:
        """Processes jobs until cancelled."""
        with await self._locked():
            sweeping = asyncio.create_task(self._sweep())
            try:
                while True:
                    self.wake_up.clear()
                    await self._succeeds(self._start_items())
                    await self._succeeds(self._deliveries.start_pending())
                    await self._wait()
            finally:
                sweeping.cancel()
                await self._abandon_items()

    async def _start_items(self) -> None:
        jobs = await run_sync(self._permitted)
        self._queue.retain(jobs)
        self._drop_cancelled({job.id for job in jobs})
        for _ in range(self._workers - len(self._active)):  # bounded, because jobs may be added or cancelled meanwhile
            work = await self._queue.next(jobs, [work.job for work, _ in self._active.values()])
            if work is None:
                return
            self._spawn(work)

    def _permitted(self) -> list[Job]:
        """Returns the running jobs, and cancels those whose keys have been revoked."""
        permitted: list[Job] = []
        for job in self.jobs.running():
            key = self._keys.get(job.owner)
            if key is None or key.revoked is None:
                permitted.append(job)
            else:
                self.jobs.cancel(job.id, job.owner, f"The key {key.id} was revoked.")
                log.warning("job cancelled: its key was revoked", job=job.id, key=key.id, pending=job.pending)
        return permitted

    def _spawn(self, work: WorkItem) -> None:
        watch = Watch()
        task = asyncio.create_task(self._process(work, watch))
        self._active[task] = (work, watch)
        task.add_done_callback(self._release)

    def _release(self, task: "asyncio.Task[None]") -> None:
        del self._active[task]
        self.wake_up.set()

    async def _process(self, work: WorkItem, watch: Watch) -> None:
        with structlog.contextvars.bound_contextvars(request_id=request_id_of(work)):
            try:
                line, status = await self._worker.result(work, watch)
            except RetryLater as retry:
                self._queue.put_back(work, retry.wait, count_attempt=retry.count_attempt)
            except Cancelled:
                return
            else:
                await self._record(work, line, status)

    async def _record(self, work: WorkItem, line: bytes, status: int) -> None:
        failed = status != 200  # noqa: PLR2004
        await self._persist(lambda: self.jobs.record(work.job.id, work.item.index, line, failed=failed))
        self._answers.metrics.items.labels(status).inc()

    async def _persist(self, write: Callable[[], None]) -> None:
        """Runs a write until it succeeds, so that a full disk or a locked file loses no result."""
        while not await self._succeeds(run_sync(write)):
            pass

    def _drop_cancelled(self, running: set[str]) -> None:
        for work, watch in self._active.values():
            if work.job.id not in running:
                watch.cancel()

    async def _wait(self) -> None:
        # Not `wait_for`: in Python 3.11 it swallows a cancellation that coincides with the event.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self.wake_up.wait()

    async def _sweep(self) -> None:
        while True:
            await self._succeeds(run_sync(self.jobs.sweep, self._age))
            await asyncio.sleep(SWEEP_SECONDS)

    async def _succeeds(self, operation: Awaitable[None]) -> bool:
        """Awaits an operation and returns whether it succeeded; after a failure, logs it and pauses."""
        try:
            await operation
        except Exception as error:
            log.warning("jobs paused after an error", reason=str(error), exc_info=not isinstance(error, ServiceError))
            self._answers.metrics.job_faults.inc()
            await asyncio.sleep(POLL_SECONDS)
            return False
        return True

    async def _locked(self) -> FileLock:
        """Waits until no other process holds the lock, and acquires it."""
        lock = FileLock(self.jobs.path.with_suffix(".lock"), thread_local=False)
        while not lock.is_locked:
            await self._succeeds(_try_lock(lock))
        return lock

    async def _abandon_items(self) -> None:
        """Cancels the active items and deliveries; they resume at the next start."""
        active = dict(self._active)
        for task, (_work, watch) in active.items():
            watch.cancel()
            task.cancel()
        await asyncio.gather(*active, return_exceptions=True)
        await self._deliveries.stop()
        if active:
            log.info("unfinished job items resume at the next start", items=len(active))


async def _try_lock(lock: FileLock) -> None:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        await asyncio.sleep(POLL_SECONDS)


def _log_failure(running: "asyncio.Task[None]") -> None:
    if not running.cancelled():
        log.critical("the job runner failed", exc_info=running.exception())
