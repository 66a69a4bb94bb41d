"""What works through the jobs: in one process at a time, each item until it has a result."""

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
from service.jobs.fair_queue import Turn, Turns
from service.jobs.store import Jobs
from service.jobs.webhook_delivery import Telling
from service.jobs.webhooks import Webhooks
from service.jobs.worker import Later, Worker, name_of
from summarizer.errors import Cancelled
from summarizer.watch import Watch

log = structlog.get_logger("lede.jobs")

LOOK = 1.0
"""Seconds between two looks at the jobs: another process may have taken one in."""

SWEEP = 3600.0
"""Seconds between two times that old jobs are dropped."""


class Runner:
    """Works on at most `workers` items at once while it holds the folder's lock, owners and their jobs by turns."""

    def __init__(
        self,
        jobs: Jobs,
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
        self.news = asyncio.Event()
        self._answers = answers
        self._workers = workers
        self._age = age
        self._worker = Worker(answers, keys, tasks)
        self._turns = Turns(jobs)
        self._telling = Telling(jobs, webhooks, self._kept)
        self._under_way: dict[asyncio.Task[None], tuple[Turn, Watch]] = {}
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to work, beside what else goes on."""
        self._running = asyncio.create_task(self.run())
        self._running.add_done_callback(_ended)

    async def stop(self) -> None:
        """Leaves what is not done for the next start."""
        if self._running:
            self._running.cancel()
            await asyncio.wait([self._running])

    @property
    def fallen(self) -> bool:
        """Whether it has ended though nobody stopped it."""
        return self._running is not None and self._running.done()

    @property
    def under_way(self) -> int:
        """Items that are worked on."""
        return len(self._under_way)

    async def run(self) -> None:
        """Works until it is cancelled."""
        with await self._locked():
            sweeping = asyncio.create_task(self._sweep())
            try:
                while True:
                    self.news.clear()
                    await self._safely(self._begin())
                    await self._safely(self._telling.begin())
                    await self._some_news()
            finally:
                sweeping.cancel()
                await self._leave()

    async def _begin(self) -> None:
        jobs = await run_sync(self.jobs.running)
        self._turns.keep(jobs)
        self._drop_cancelled({job.id for job in jobs})
        for _ in range(self._workers - len(self._under_way)):  # and no more: jobs may have come, or been cancelled
            turn = await self._turns.next(jobs, [turn.job for turn, _ in self._under_way.values()])
            if turn is None:
                return
            self._spawn(turn)

    def _spawn(self, turn: Turn) -> None:
        watch = Watch()
        task = asyncio.create_task(self._work(turn, watch))
        self._under_way[task] = (turn, watch)
        task.add_done_callback(self._landed)

    def _landed(self, task: "asyncio.Task[None]") -> None:
        del self._under_way[task]
        self.news.set()

    async def _work(self, turn: Turn, watch: Watch) -> None:
        with structlog.contextvars.bound_contextvars(request_id=name_of(turn)):
            try:
                line, status = await self._worker.result(turn, watch)
            except Later as later:
                self._turns.again(turn, later.wait, blame=later.blame)
            except Cancelled:
                return
            else:
                await self._record(turn, line, status)

    async def _record(self, turn: Turn, line: bytes, status: int) -> None:
        failed = status != 200  # noqa: PLR2004
        await self._kept(lambda: self.jobs.record(turn.job.id, turn.item.n, line, failed=failed))
        self._answers.metrics.items.labels(status).inc()

    async def _kept(self, write: Callable[[], None]) -> None:
        """Writes until it succeeds: where the disk is full, or locked, what was done is not thrown away."""
        while not await self._safely(run_sync(write)):
            pass

    def _drop_cancelled(self, running: set[str]) -> None:
        for turn, watch in self._under_way.values():
            if turn.job.id not in running:
                watch.cancel()

    async def _some_news(self) -> None:
        # Not `wait_for`: Python 3.11's forgets that it is cancelled where the news comes just then, and nothing stops.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK):
                await self.news.wait()

    async def _sweep(self) -> None:
        while True:
            await self._safely(run_sync(self.jobs.sweep, self._age))
            await asyncio.sleep(SWEEP)

    async def _safely(self, work: Awaitable[None]) -> bool:
        """Whether it was done. If not, after a while: whatever went wrong, jobs go on when it no longer does."""
        try:
            await work
        except Exception as error:
            log.warning("jobs wait", reason=str(error), exc_info=not isinstance(error, ServiceError))
            self._answers.metrics.job_faults.inc()
            await asyncio.sleep(LOOK)
            return False
        return True

    async def _locked(self) -> FileLock:
        """The lock, once no other process holds it."""
        lock = FileLock(self.jobs.path.with_suffix(".lock"), thread_local=False)
        while not lock.is_locked:
            await self._safely(_try(lock))
        return lock

    async def _leave(self) -> None:
        """Leaves the items under way for the next start."""
        left = dict(self._under_way)
        for task, (_turn, watch) in left.items():
            watch.cancel()
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._telling.stop()
        if left:
            log.info("items of jobs go on at the next start", items=len(left))


async def _try(lock: FileLock) -> None:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        await asyncio.sleep(LOOK)


def _ended(running: "asyncio.Task[None]") -> None:
    if not running.cancelled():
        log.critical("jobs stand still", exc_info=running.exception())
