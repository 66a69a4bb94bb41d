"""Whose item is next."""

import asyncio
from pathlib import Path

import pytest

from service.jobs.fair_queue import Turn, Turns
from service.jobs.store import Item, Job, Jobs


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    return Jobs(tmp_path)


def job(jobs: Jobs, owner: str, items: int = 9) -> str:
    name = jobs.begin(owner)
    jobs.add(name, [Item(n, b"{}") for n in range(items)])
    jobs.start(name, "")
    return name


async def given(turns: Turns, jobs: Jobs, number: int, under_way: list[Job] | None = None) -> list[Turn]:
    running = jobs.running()
    return [turn for _ in range(number) if (turn := await turns.next(running, under_way or []))]


def test_one_slot_goes_round_owners_and_then_their_jobs(jobs: Jobs):
    first, second, other = job(jobs, "a"), job(jobs, "a"), job(jobs, "b", 3)
    found = asyncio.run(given(Turns(jobs), jobs, 6))
    assert [(turn.job.id, turn.item.n) for turn in found] == [
        (first, 0),
        (other, 0),
        (second, 0),
        (other, 1),
        (first, 1),
        (other, 2),
    ]
    jobs.close()


def test_a_free_slot_goes_to_the_owner_and_then_the_job_with_the_fewest_items_under_way(jobs: Jobs):
    first, second, other = job(jobs, "a"), job(jobs, "a"), job(jobs, "b")

    async def next_of(*under_way: str) -> str:
        return (await given(Turns(jobs), jobs, 1, [known[name] for name in under_way]))[0].job.id

    known = {one.id: one for one in jobs.running()}
    assert asyncio.run(next_of(first, other, other)) == second
    assert asyncio.run(next_of(first, second, second, other)) == other
    jobs.close()


def test_an_item_given_back_waits_with_its_job_and_no_other_does(jobs: Jobs):
    first, other = job(jobs, "a"), job(jobs, "b")

    async def run() -> None:
        turns = Turns(jobs)
        (turn,) = await given(turns, jobs, 1)
        turns.again(turn, 3600, blame=True)
        assert {turn.job.id for turn in await given(turns, jobs, 3)} == {other}
        turns._rests[first] = 0
        (again,) = (turn for turn in await given(turns, jobs, 2) if turn.job.id == first)
        assert (again.item.n, again.attempt) == (0, 2)
        turns.keep([])
        assert not any((turns._last, turns._reached, turns._again, turns._rests))

    asyncio.run(run())
    jobs.close()
