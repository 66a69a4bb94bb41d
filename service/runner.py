"""What works through the jobs: in one process at a time, each item until it has a result."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
from anyio.to_thread import run_sync
from filelock import FileLock, Timeout
from pydantic_core import to_json

from models.errors import Refused as Busy
from service.answers import Answers
from service.auth import Caller
from service.errors import problem
from service.intake import answer_line, problem_line
from service.jobs import Item, Job, Jobs
from service.keys import Keys
from service.refusals import Refused
from service.tasks import Task
from service.webhooks import Webhooks
from summarizer.errors import Cancelled
from summarizer.watch import Watch

log = structlog.get_logger("lede.jobs")

LOOK = 1.0
"""Seconds between two looks at the jobs: another process may have taken one in."""

SWEEP = 3600.0
"""Seconds between two times that old jobs are dropped."""


class Runner:
    """Works on at most `workers` items at once, a share from each job, while it holds the folder's lock."""

    def __init__(
        self,
        jobs: Jobs,
        answers: Answers,
        keys: Keys,
        webhooks: Webhooks,
        tasks: Mapping[str, Task[Any, Any]],
        *,
        workers: int,
        age: float,
    ) -> None:
        self.jobs = jobs
        self.webhooks = webhooks
        self.tasks = tasks
        self.news = asyncio.Event()
        self._answers = answers
        self._keys = keys
        self._workers = workers
        self._age = age
        self._under_way: dict[asyncio.Task[None], tuple[str, Watch]] = {}
        self._reached: dict[str, int] = {}
        self._telling: set[str] = set()

    async def run(self) -> None:
        """Works until it is cancelled."""
        with await _locked(self.jobs.path.with_suffix(".lock")):
            sweeping = asyncio.create_task(self._sweep())
            try:
                while True:
                    self.news.clear()
                    await self._safely(self._begin())
                    await self._some_news()
            finally:
                sweeping.cancel()
                await self._stop()

    @property
    def under_way(self) -> int:
        """Items that are worked on."""
        return len(self._under_way)

    async def _begin(self) -> None:
        jobs = await run_sync(self.jobs.running)
        self._drop_cancelled({job.id for job in jobs})
        for job in jobs:
            share = max(1, (self._workers - len(self._under_way)) // len(jobs))
            room = min(share, self._workers - len(self._under_way))
            if room > 0:
                for item in await run_sync(self.jobs.left, job.id, self._reached.get(job.id, -1), room):
                    self._reached[job.id] = item.n
                    self._spawn(job, item)
        for job in await run_sync(self.jobs.untold):
            if job.id not in self._telling:
                self._telling.add(job.id)
                self._keep(asyncio.create_task(self._tell(job)), job.id, Watch())

    def _spawn(self, job: Job, item: Item) -> None:
        watch = Watch()
        self._keep(asyncio.create_task(self._work(job, item, watch)), job.id, watch)

    def _keep(self, task: "asyncio.Task[None]", job: str, watch: Watch) -> None:
        self._under_way[task] = (job, watch)
        task.add_done_callback(self._landed)

    def _landed(self, task: "asyncio.Task[None]") -> None:
        del self._under_way[task]
        self.news.set()

    async def _work(self, job: Job, item: Item, watch: Watch) -> None:
        with structlog.contextvars.bound_contextvars(request_id=f"{job.id}.{item.n}"):
            try:
                line, status = answer_line(item.n, await self._written(job, item, watch)), 200
            except Cancelled:
                return
            except Exception as error:
                told = problem(error, f"{job.id}.{item.n}")
                if told.status == 500:  # noqa: PLR2004
                    log.exception("an item failed")
                line, status = problem_line(item.n, told), told.status
            await self._record(job, item, line, status)

    async def _written(self, job: Job, item: Item, watch: Watch) -> bytes:
        given = json.loads(item.wanted)
        task = self.tasks[given.pop("kind")]
        wanted = task.request.model_validate(given)
        caller = Caller(self._keys.get(job.owner))
        while True:
            try:
                return (await self._answers.write(caller, task, wanted, watch)).body()
            except Busy as error:  # interactive work goes before: this can wait
                await asyncio.sleep(error.retry_after)

    async def _record(self, job: Job, item: Item, line: bytes, status: int) -> None:
        while True:
            try:
                await run_sync(lambda: self.jobs.record(job.id, item.n, line, failed=status != 200))  # noqa: PLR2004
            except Refused as error:  # the disk is full, or locked: what was written is not thrown away
                log.warning("a result waits to be kept", reason=str(error))
                await asyncio.sleep(LOOK)
            else:
                self._answers.metrics.items.labels(status).inc()
                return

    async def _tell(self, job: Job) -> None:
        body = to_json({"id": job.id, "state": job.state, "total": job.total, "done": job.done, "failed": job.failed})
        taken = await self.webhooks.call(job.webhook or "", job.id, body)
        await self._safely(run_sync(self.jobs.tell, job.id, "delivered" if taken else "failed"))

    def _drop_cancelled(self, running: set[str]) -> None:
        self._reached = {job: n for job, n in self._reached.items() if job in running}
        for job, watch in self._under_way.values():
            if job not in running:
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

    async def _safely(self, work: Any) -> None:
        try:
            await work
        except Refused as error:
            log.warning("jobs wait", reason=str(error))

    async def _stop(self) -> None:
        """Leaves the items under way for the next start."""
        left = dict(self._under_way)
        for task, (_job, watch) in left.items():
            watch.cancel()
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if left:
            log.info("items of jobs go on at the next start", items=len(left))


async def _locked(path: Path) -> FileLock:
    """The lock, once no other process holds it."""
    lock = FileLock(path, thread_local=False)
    while True:
        try:
            lock.acquire(blocking=False)
        except Timeout:
            await asyncio.sleep(LOOK)
        else:
            return lock
