"""Jobs taken in: kept while they come, however slowly, and forgotten where their sender is gone."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.access.auth import ANONYMOUS
from service.exceptions import StateUnavailable
from service.jobs.items import Body
from service.jobs.store import STALE, Item, Jobs
from service.jobs.upload import BATCH_BYTES, Reception, _batches
from service.settings import Settings
from tests.service.jobs.test_jobs import GOOD
from tests.service.test_problems import problem

LINES = "application/jsonl"
LINE = json.dumps(GOOD).encode() + b"\n"


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    jobs = Jobs(tmp_path)
    yield jobs
    jobs.close()


def received(client: TestClient, parts: AsyncIterator[bytes]) -> Any:
    """The job of a body as a service takes it in."""
    state = client.app.state  # type: ignore[attr-defined]
    taking = Reception(state.runner, state.answers.quotas, Settings(), ANONYMOUS)
    portal: Any = client.portal
    return portal.call(lambda: taking.receive(Body(parts), LINES, repeat=None, webhook=None))


def test_a_slow_upload_outlives_what_others_send(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("service.jobs.upload.STALE", 0.04)
    jobs: Jobs = client.app.state.runner.jobs  # type: ignore[attr-defined]

    async def parts() -> AsyncIterator[bytes]:
        yield LINE
        before = jobs._database.rows("UPDATE jobs SET touched = touched - ? RETURNING touched", 2 * STALE)
        while jobs._database.rows("SELECT touched FROM jobs") == before:  # noqa: ASYNC110 - the file has no event
            await asyncio.sleep(0.005)
        jobs.begin("somebody else")
        yield LINE

    assert received(client, parts()).total == 2


def test_a_clock_that_is_set_ends_no_upload(jobs: Jobs, monkeypatch: pytest.MonkeyPatch):
    name = jobs.begin("slow")
    jobs.add(name, [Item(0, b"{}")])
    now = time.time()
    monkeypatch.setattr("service.jobs.store.time.time", lambda: now + 1e6)
    jobs.begin("somebody else")
    jobs.start(name, "")
    assert jobs.get(name, "slow").total == 1


def test_an_upload_whose_process_is_gone_leaves_nothing(jobs: Jobs):
    gone = jobs.begin("gone")
    jobs.add(gone, [Item(0, b"", b"{}"), Item(1, b"{}")])
    jobs._database.rows("UPDATE jobs SET touched = touched - ?", 2 * STALE)
    jobs.begin("somebody else")
    for table in ("items", "results"):
        assert jobs._database.rows(f"SELECT count(*) FROM {table}") == [(0,)]


def test_who_sends_a_job_that_was_given_up_is_told_to_try_again(client: TestClient, jobs: Jobs):
    with pytest.raises(StateUnavailable, match="given up"):
        jobs.add("x", [Item(0, b"", b"{}")])
    with pytest.raises(StateUnavailable, match="given up"):
        jobs.start("x", "")

    async def parts() -> AsyncIterator[bytes]:
        yield LINE
        kept: Jobs = client.app.state.runner.jobs  # type: ignore[attr-defined]
        kept._database.rows("DELETE FROM jobs")
        yield b"{}\n"

    with pytest.raises(StateUnavailable, match="given up"):
        received(client, parts())


def test_large_items_are_kept_sooner_than_small_ones():
    async def sizes(size: int, number: int) -> list[int]:
        async def given() -> AsyncIterator[Item]:
            for n in range(number):
                yield Item(n, bytes(size))

        return [len(batch) async for batch in _batches(given())]

    assert asyncio.run(sizes(BATCH_BYTES // 2, 5)) == [2, 2, 1]
    assert asyncio.run(sizes(2, 1001)) == [500, 500, 1]


def test_an_empty_idempotency_key_is_none(client: TestClient):
    problem(client.post("/v1/jobs", json=[GOOD], headers={"Idempotency-Key": ""}), 422)
