"""The fair queue of jobs: which item is processed next, and when a failed one is retried."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from anyio.to_thread import run_sync

from service.jobs.store import Item, Job, JobStore


@dataclass(frozen=True, slots=True)
class WorkItem:
    """An item to be processed; `attempt` counts from 1."""

    job: Job
    item: Item
    attempt: int = 1


class JobQueue:
    """Hands out the items of running jobs, each once unless it is put back.

    The next item goes to the owner with the fewest active items and, among equals, to the one served least recently.
    The same rule then picks one of the owner's jobs. So no job waits for another to finish, and no key waits for the
    jobs of another key.
    """

    def __init__(self, jobs: JobStore) -> None:
        self._jobs = jobs
        self._turn = 0
        self._last_turn: dict[str, int] = {}  # by owner and by job id
        self._position: dict[str, int] = {}  # by job id: the index of the last item handed out
        self._retries: dict[str, list[WorkItem]] = {}
        self._paused_until: dict[str, float] = {}

    async def next(self, running: Sequence[Job], active: Iterable[Job]) -> WorkItem | None:
        """Returns the next item, or None if none is ready.

        `running` are the running jobs, oldest first; `active` has one job per item that is being processed.
        """
        now = asyncio.get_running_loop().time()
        ready = [job for job in running if self._paused_until.get(job.id, 0) <= now]
        counts = Counter(name for job in active for name in (job.owner, job.id))
        order = [
            ((counts[job.owner], self._served(job.owner), counts[job.id], self._served(job.id)), job) for job in ready
        ]
        for _, job in sorted(order, key=lambda entry: entry[0]):
            if work := await self._next_of(job):
                self._turn += 1
                self._last_turn[job.owner] = self._last_turn[job.id] = self._turn
                return work
        return None

    def put_back(self, work: WorkItem, wait: float, *, count_attempt: bool) -> None:
        """Returns an item to the queue and pauses its job for `wait` seconds."""
        attempt = work.attempt + count_attempt
        self._retries.setdefault(work.job.id, []).append(replace(work, attempt=attempt))
        until = asyncio.get_running_loop().time() + wait
        self._paused_until[work.job.id] = max(self._paused_until.get(work.job.id, 0), until)

    def retain(self, running: Iterable[Job]) -> None:
        """Discards the state of all other jobs."""
        names = {name for job in running for name in (job.owner, job.id)}
        for state in (self._last_turn, self._position, self._retries, self._paused_until):
            for name in state.keys() - names:
                del state[name]

    def _served(self, name: str) -> int:
        return self._last_turn.get(name, 0)

    async def _next_of(self, job: Job) -> WorkItem | None:
        if retries := self._retries.get(job.id):
            return retries.pop(0)
        items = await run_sync(self._jobs.pending_items, job.id, self._position.get(job.id, -1), 1)
        if not items:
            return None
        self._position[job.id] = items[0].index
        return WorkItem(job, items[0])
