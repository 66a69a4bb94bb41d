"""Uploads of jobs: slow ones are completed, and abandoned ones are deleted."""

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
from service.jobs.items import UploadBody
from service.jobs.store import UPLOAD_TIMEOUT, Item, JobStore
from service.jobs.upload import BATCH_BYTES, JobUpload, _batches
from service.settings import Settings
from tests.service.jobs.test_jobs import GOOD
from tests.service.test_problems import problem

LINES = "application/jsonl"
LINE = json.dumps(GOOD).encode() + b"\n"


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[JobStore]:
    jobs = JobStore(tmp_path)
    yield jobs
    jobs.close()


def upload(client: TestClient, parts: AsyncIterator[bytes]) -> Any:
    """Uploads a body and returns the job."""
    state = client.app.state  # type: ignore[attr-defined]
    job_upload = JobUpload(state.runner, state.answers.quotas, Settings(), ANONYMOUS)
    portal: Any = client.portal
    return portal.call(lambda: job_upload.receive(UploadBody(parts), LINES, idempotency_key=None, webhook=None))


def test_a_slow_upload_survives_later_uploads(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("service.jobs.upload.UPLOAD_TIMEOUT", 0.04)
    jobs: JobStore = client.app.state.runner.jobs  # type: ignore[attr-defined]

    async def parts() -> AsyncIterator[bytes]:
        yield LINE
        before = jobs._database.rows("UPDATE jobs SET touched = touched - ? RETURNING touched", 2 * UPLOAD_TIMEOUT)
        while jobs._database.rows("SELECT touched FROM jobs") == before:  # noqa: ASYNC110 - the file has no event
            await asyncio.sleep(0.005)
        jobs.create("somebody else")
        yield LINE

    assert upload(client, parts()).total == 2


def test_a_change_of_the_clock_ends_no_upload(jobs: JobStore, monkeypatch: pytest.MonkeyPatch):
    name = jobs.create("slow")
    jobs.add(name, [Item(0, b"{}")])
    now = time.time()
    monkeypatch.setattr("service.jobs.store.time.time", lambda: now + 1e6)
    jobs.create("somebody else")
    jobs.start(name, "")
    assert jobs.get(name, "slow").total == 1


def test_an_abandoned_upload_is_deleted(jobs: JobStore):
    abandoned = jobs.create("gone")
    jobs.add(abandoned, [Item(0, b"", b"{}"), Item(1, b"{}")])
    jobs._database.rows("UPDATE jobs SET touched = touched - ?", 2 * UPLOAD_TIMEOUT)
    jobs.create("somebody else")
    for table in ("items", "results"):
        assert jobs._database.rows(f"SELECT count(*) FROM {table}") == [(0,)]


def test_an_upload_that_was_abandoned_raises(client: TestClient, jobs: JobStore):
    with pytest.raises(StateUnavailable, match="abandoned"):
        jobs.add("x", [Item(0, b"", b"{}")])
    with pytest.raises(StateUnavailable, match="abandoned"):
        jobs.start("x", "")

    async def parts() -> AsyncIterator[bytes]:
        yield LINE
        store: JobStore = client.app.state.runner.jobs  # type: ignore[attr-defined]
        store._database.rows("DELETE FROM jobs")
        yield b"{}\n"

    with pytest.raises(StateUnavailable, match="abandoned"):
        upload(client, parts())


def test_large_items_are_stored_in_smaller_batches():
    async def sizes(size: int, number: int) -> list[int]:
        async def items() -> AsyncIterator[Item]:
            for n in range(number):
                yield Item(n, bytes(size))

        return [len(batch) async for batch in _batches(items())]

    assert asyncio.run(sizes(BATCH_BYTES // 2, 5)) == [2, 2, 1]
    assert asyncio.run(sizes(2, 1001)) == [500, 500, 1]


def test_an_empty_idempotency_key_is_rejected(client: TestClient):
    problem(client.post("/v1/jobs", json=[GOOD], headers={"Idempotency-Key": ""}), 422)
