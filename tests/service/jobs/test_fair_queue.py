"""The order in which the fair queue hands out items."""

import asyncio
from pathlib import Path

import pytest

from service.jobs.fair_queue import JobQueue, WorkItem
from service.jobs.store import Item, Job, JobStore


@pytest.fixture
def jobs(tmp_path: Path) -> JobStore:
    return JobStore(tmp_path)


def job(jobs: JobStore, owner: str, items: int = 9) -> str:
    name = jobs.create(owner)
    jobs.add(name, [Item(n, b"{}") for n in range(items)])
    jobs.start(name, "")
    return name


async def next_items(queue: JobQueue, jobs: JobStore, number: int, active: list[Job] | None = None) -> list[WorkItem]:
    running = jobs.running()
    return [work for _ in range(number) if (work := await queue.next(running, active or []))]


def test_a_single_slot_alternates_between_owners_and_then_their_jobs(jobs: JobStore):
    first, second, other = job(jobs, "a"), job(jobs, "a"), job(jobs, "b", 3)
    items = asyncio.run(next_items(JobQueue(jobs), jobs, 6))
    assert [(work.job.id, work.item.index) for work in items] == [
        (first, 0),
        (other, 0),
        (second, 0),
        (other, 1),
        (first, 1),
        (other, 2),
    ]
    jobs.close()


def test_a_free_slot_goes_to_the_owner_and_then_the_job_with_the_fewest_active_items(jobs: JobStore):
    first, second, other = job(jobs, "a"), job(jobs, "a"), job(jobs, "b")

    async def next_of(*active: str) -> str:
        return (await next_items(JobQueue(jobs), jobs, 1, [known[name] for name in active]))[0].job.id

    known = {one.id: one for one in jobs.running()}
    assert asyncio.run(next_of(first, other, other)) == second
    assert asyncio.run(next_of(first, second, second, other)) == other
    jobs.close()


def test_a_returned_item_pauses_only_its_own_job(jobs: JobStore):
    first, other = job(jobs, "a"), job(jobs, "b")

    async def run() -> None:
        queue = JobQueue(jobs)
        (work,) = await next_items(queue, jobs, 1)
        queue.put_back(work, 3600, count_attempt=True)
        assert {work.job.id for work in await next_items(queue, jobs, 3)} == {other}
        queue._paused_until[first] = 0
        (retry,) = (work for work in await next_items(queue, jobs, 2) if work.job.id == first)
        assert (retry.item.index, retry.attempt) == (0, 2)
        queue.retain([])
        assert not any((queue._last_turn, queue._position, queue._retries, queue._paused_until))

    asyncio.run(run())
    jobs.close()
