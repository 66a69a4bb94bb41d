"""Whose item is worked on next, and when one that met a passing fault is tried again."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from anyio.to_thread import run_sync

from service.jobs.store import Item, Job, Jobs


@dataclass(frozen=True, slots=True)
class Turn:
    """An item that is worked on, for the `attempt`th time."""

    job: Job
    item: Item
    attempt: int = 1


class Turns:
    """Gives out the items of running jobs, each once until it is given back.

    The owner has the next turn who has the fewest items under way, of several the one whose last turn is the longest
    ago, and so among an owner's jobs. No job waits for another's end, nor one key for another's jobs.
    """

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._turn = 0
        self._last: dict[str, int] = {}  # the turn that an owner or a job had last
        self._reached: dict[str, int] = {}
        self._again: dict[str, list[Turn]] = {}
        self._rests: dict[str, float] = {}

    async def next(self, running: Sequence[Job], under_way: Iterable[Job]) -> Turn | None:
        """The next item, if there is one that need not wait. `running` are the jobs, oldest first."""
        now = asyncio.get_running_loop().time()
        jobs = [job for job in running if self._rests.get(job.id, 0) <= now]
        busy = Counter(name for job in under_way for name in (job.owner, job.id))
        order = [((busy[job.owner], self._since(job.owner), busy[job.id], self._since(job.id)), job) for job in jobs]
        for _, job in sorted(order, key=lambda one: one[0]):
            if turn := await self._of(job):
                self._turn += 1
                self._last[job.owner] = self._last[job.id] = self._turn
                return turn
        return None

    def again(self, turn: Turn, wait: float, *, blame: bool) -> None:
        """Takes an item back: its job rests for so many seconds, and slots are left to others. `blame` counts it."""
        attempt = turn.attempt + blame
        self._again.setdefault(turn.job.id, []).append(replace(turn, attempt=attempt))
        until = asyncio.get_running_loop().time() + wait
        self._rests[turn.job.id] = max(self._rests.get(turn.job.id, 0), until)

    def keep(self, running: Iterable[Job]) -> None:
        """Forgets jobs that are over."""
        names = {name for job in running for name in (job.owner, job.id)}
        for known in (self._last, self._reached, self._again, self._rests):
            for name in known.keys() - names:
                del known[name]

    def _since(self, name: str) -> int:
        return self._last.get(name, 0)

    async def _of(self, job: Job) -> Turn | None:
        if waiting := self._again.get(job.id):
            return waiting.pop(0)
        items = await run_sync(self._jobs.left, job.id, self._reached.get(job.id, -1), 1)
        if not items:
            return None
        self._reached[job.id] = items[0].n
        return Turn(job, items[0])
