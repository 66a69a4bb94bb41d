"""The job runner: it survives every failure, and no job, failure or webhook blocks another job."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from models.engines.fake import FakeEngine
from models.errors import LoadFailed, QueueFull
from models.model import LoadedEngine
from models.pool import Pool
from models.scheduling.caller import current_flow
from service.access.keys import Keys
from service.access.quotas import Quotas
from service.answering.answers import TimedResult
from service.answering.results import Result
from service.app import create_app
from service.exceptions import StorageFull
from service.jobs.runner import JobRunner
from service.jobs.store import SCHEMA, JobStore
from service.jobs.worker import ATTEMPTS
from service.routes.translations import TASK, TranslationsResponse
from service.settings import Settings
from service.storage.database import Database
from summarizer.desk import Source
from tests.conftest import MODEL
from tests.desk import ARTICLE, LEAD, Cards, answer_prompt, card, pool
from tests.service.access.test_keys import bearer
from tests.service.jobs.test_jobs import GOOD, done, results

ANSWER = TranslationsResponse.model_validate(TranslationsResponse.model_config["json_schema_extra"]["example"])  # type: ignore[index]
HOOK = {"webhook": "http://127.0.0.1:9/"}


@pytest.fixture(autouse=True)
def _short_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.jobs.runner.POLL_SECONDS", 0.01)
    monkeypatch.setattr("service.jobs.worker.RETRY_SECONDS", 0.001)


@pytest.fixture
def webhook_client(engine: FakeEngine, _loopback_links: None) -> Iterator[TestClient]:
    """A service that processes one item at a time and sends webhooks."""
    secret, hosts = SecretStr("x"), ("127.0.0.1",)
    settings = Settings(model=MODEL, preload=False, webhook_hosts=hosts, webhook_secret=secret, job_workers=1)
    with TestClient(create_app(settings, pool=pool(engine))) as client:
        yield client


def runner_of(client: TestClient) -> JobRunner:
    return cast("JobRunner", client.app.state.runner)  # type: ignore[attr-defined]


def failing_once(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, error: Exception) -> threading.Event:
    real, failed = getattr(where, name), threading.Event()

    def once(*args: Any, **kwargs: Any) -> Any:
        if not failed.is_set():
            failed.set()
            raise error
        return real(*args, **kwargs)

    monkeypatch.setattr(where, name, once)
    return failed


@pytest.mark.parametrize("turns", range(6))
def test_it_stops_even_if_it_is_woken_at_the_same_time(turns: int, tmp_path: Path):
    """Cancelled `turns` loop iterations after the event; `wait_for` of Python 3.11 never stopped after 0 to 2."""

    async def stopped() -> bool:
        nothing = cast("Any", None)
        runner = JobRunner(JobStore(tmp_path), nothing, nothing, nothing, {}, workers=1, age=60)
        running = asyncio.create_task(runner.run())
        await asyncio.sleep(0.1)
        runner.wake_up.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        return bool((await asyncio.wait([running], timeout=3))[0]) and running.cancelled()

    assert asyncio.run(stopped())


@pytest.mark.parametrize("method", ["running", "pending_items", "undelivered", "record"])
def test_it_continues_after_any_failure(client: TestClient, monkeypatch: pytest.MonkeyPatch, method: str):
    failed = failing_once(monkeypatch, runner_of(client).jobs, method, RuntimeError("odd"))
    assert done(client, client.post("/v1/jobs", json=[GOOD]))["done"] == 1
    assert failed.is_set()
    assert "lede_job_faults_total 1.0" in client.get("/metrics").text


def test_a_lock_that_cannot_be_opened_is_retried(engine: FakeEngine):
    lock = Settings().data / "jobs.lock"
    lock.mkdir(parents=True)
    with TestClient(create_app(Settings(model=MODEL, preload=False), pool=pool(engine))) as client:
        answer = client.post("/v1/jobs", json=[GOOD])
        while "lede_job_faults_total 0.0" in client.get("/metrics").text:
            time.sleep(0.005)
        lock.rmdir()
        assert done(client, answer)["done"] == 1


def test_the_service_is_not_ready_after_the_runner_failed(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(runner_of(client), "_wait", None)
    while not runner_of(client).has_failed:
        time.sleep(0.005)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert "jobs" in answer.json()["errors"]


def test_undelivered_webhooks_block_no_job(webhook_client: TestClient, monkeypatch: pytest.MonkeyPatch):
    calls: list[str] = []

    async def deliver(_url: str, name: str, _body: bytes) -> bool:
        calls.append(name)
        await asyncio.sleep(3600)
        return False

    monkeypatch.setattr(runner_of(webhook_client).webhooks, "deliver", deliver)
    for n in range(2):
        webhook_client.post("/v1/jobs", params=HOOK, json=[{**GOOD, "text": f"{LEAD} {n}"}])
    while len(calls) < 2:
        time.sleep(0.005)
    assert done(webhook_client, webhook_client.post("/v1/jobs", json=[GOOD]))["done"] == 1
    assert len(calls) == 2


def test_the_outcome_of_a_delivery_is_recorded_despite_failures(
    webhook_client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    calls: list[str] = []

    async def deliver(_url: str, name: str, _body: bytes) -> bool:
        calls.append(name)
        return True

    monkeypatch.setattr(runner_of(webhook_client).webhooks, "deliver", deliver)
    failed = failing_once(monkeypatch, runner_of(webhook_client).jobs, "set_webhook_state", StorageFull("full"))
    job = done(webhook_client, webhook_client.post("/v1/jobs", params=HOOK, json=[GOOD]))
    assert (job["webhook"], calls, failed.is_set()) == ("delivered", [job["id"]], True)


def test_a_temporary_load_failure_becomes_no_result():
    loads: list[None] = []

    def load(_card: Any) -> LoadedEngine:
        loads.append(None)
        if len(loads) < 4:
            raise LoadFailed("temporarily broken")
        return LoadedEngine(
            FakeEngine(answer=answer_prompt, window=2048), lambda system, user, _: f"{system}\n{user}\n"
        )

    app = create_app(Settings(model=MODEL, preload=False), pool=Pool(Cards(card()), load))
    with TestClient(app) as client:
        job = done(client, client.post("/v1/jobs", json=[{**GOOD, "text": f"{LEAD} {n}"} for n in range(20)]))
    assert (job["done"], job["failed"]) == (20, 0)


def test_an_item_that_fails_on_every_attempt_gets_a_problem(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    attempts: list[str] = []
    real = runner_of(client)._answers.write

    async def write(caller: Any, task: Any, request: Any, watch: Any) -> Any:
        if request.text == "bad":
            attempts.append(request.text)
            raise LoadFailed("always")
        return await real(caller, task, request, watch)

    monkeypatch.setattr(type(runner_of(client)._answers), "write", lambda _self, *args: write(*args))
    job = done(client, client.post("/v1/jobs", json=[GOOD, {**GOOD, "text": "bad"}, GOOD]))
    assert {line["index"]: line["status"] for line in results(client, job)} == {0: 200, 1: 503, 2: 200}
    assert len(attempts) == ATTEMPTS


def test_an_item_that_waits_for_a_full_queue_occupies_no_slot(
    webhook_client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    """Its job can also be cancelled meanwhile."""
    answers = runner_of(webhook_client)._answers
    real, waits = type(answers).write, {"soon": [0.02], "later": [3600.0]}

    async def write(self: Any, caller: Any, task: Any, request: Any, watch: Any) -> Any:
        if waiting := waits.get(request.text):
            raise QueueFull("full", waiting.pop())
        return await real(self, caller, task, request, watch)

    monkeypatch.setattr(type(answers), "write", write)
    soon = {**GOOD, "text": "soon", "source_language": "en"}
    assert done(webhook_client, webhook_client.post("/v1/jobs", json=[soon]))["done"] == 1
    assert not waits["soon"]
    waiting = webhook_client.post("/v1/jobs", json=[{**GOOD, "text": "later"}]).json()
    assert done(webhook_client, webhook_client.post("/v1/jobs", json=[GOOD]))["done"] == 1
    while runner_of(webhook_client).active_items:
        time.sleep(0.005)
    assert webhook_client.delete(f"/v1/jobs/{waiting['id']}").json()["state"] == "cancelled"


def test_a_new_job_waits_for_no_other_and_a_cancelled_one_stops(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    """Items of the first job finish as fast as they are started."""
    written: list[str] = []

    async def write(_self: Any, _caller: Any, _task: Any, request: Any, _watch: Any) -> Any:
        written.append(request.text)
        return TimedResult(Result.of(ANSWER), {})

    monkeypatch.setattr(type(runner_of(client)._answers), "write", write)
    first = client.post("/v1/jobs", json=[{**GOOD, "text": "first"}] * 2000).json()
    while not written:
        time.sleep(0.005)
    assert done(client, client.post("/v1/jobs", json=[{**GOOD, "text": "second"}]))["done"] == 1
    assert client.delete(f"/v1/jobs/{first['id']}").json()["state"] == "cancelled"
    while runner_of(client).active_items:
        time.sleep(0.005)
    assert len(written) < 2000


def test_jobs_are_batch_work_and_requests_are_not(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    batch: list[bool] = []
    real = TASK.write

    def write(*args: Any) -> Any:
        batch.append(current_flow().batch)
        return real(*args)

    monkeypatch.setitem(vars(TASK), "write", write)
    done(client, client.post("/v1/jobs", json=[GOOD]))
    request = {"text": f"{LEAD} Again.", "target_language": "fr"}
    assert client.post("/v1/translations", json=request).status_code == 200
    assert batch == [True, False]


def test_old_jobs_are_deleted(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    done(client, client.post("/v1/jobs", json=[GOOD]))
    monkeypatch.setattr("service.jobs.runner.SWEEP_SECONDS", 0.01)
    settings = Settings(model=MODEL, preload=False, job_days=1e-9)
    client.__exit__()
    with TestClient(create_app(settings, pool=pool())) as later:
        while later.get("/v1/jobs").json()["jobs"]:
            time.sleep(0.005)


@pytest.fixture
def key() -> Iterator[tuple[dict[str, str], Any, Quotas]]:
    keys = Keys(Settings().data)
    headers = bearer(keys.create("desk", quota=len(ARTICLE) + 10))
    yield headers, next(iter(keys.all())), Quotas(keys.database)
    keys.close()


def test_both_versions_of_a_correction_are_charged_to_the_quota(client: TestClient, key: Any):
    correction = {"kind": "correction", "old": {"text": ARTICLE}, "new": {"text": ARTICLE.replace("40", "45")}}
    assert client.post("/v1/jobs", json=[correction], headers=key[0]).status_code == 429


def test_the_text_behind_a_link_is_charged_when_it_is_fetched(
    client: TestClient, key: Any, monkeypatch: pytest.MonkeyPatch
):
    headers, known, quotas = key

    async def source(request: Any, _fetcher: Any) -> Source:
        return Source(text=f"{ARTICLE}{request.url[-1]}", url=request.url)

    monkeypatch.setitem(vars(TASK), "source", source)
    items = [{"kind": "translation", "url": f"http://a.example/{n}", "target_language": "fr"} for n in (1, 2)]
    answer = client.post("/v1/jobs", json=items, headers=headers)
    place = answer.headers["location"]
    while (job := client.get(place, headers=headers).json())["state"] != "done":
        time.sleep(0.005)
    lines = client.get(f"{place}/results", headers=headers).text.splitlines()
    assert sorted(json.loads(line)["status"] for line in lines) == [200, 429]
    assert (job["done"], quotas.used(known)) == (1, len(ARTICLE) + 1)


def test_nothing_is_charged_for_a_job_that_cannot_start(client: TestClient, key: Any, monkeypatch: pytest.MonkeyPatch):
    headers, known, quotas = key
    failing_once(monkeypatch, runner_of(client).jobs, "start", StorageFull("full"))
    assert client.post("/v1/jobs", json=[GOOD], headers=headers).status_code == 507
    assert quotas.used(known) == 0


def test_the_jobs_of_a_revoked_key_stop_with_the_reason(client: TestClient, engine: FakeEngine):
    keys = Keys(Settings().data)
    revoked, other = keys.create("desk"), keys.create("other")
    (key,) = [key for key in keys.all() if key.name == "desk"]
    started, engine._delay = threading.Event(), 0.01
    answer = engine._answer

    def signal_start(prompt: Any) -> str:
        started.set()
        return answer(prompt)

    engine._answer = signal_start
    items = [{**GOOD, "text": f"{LEAD} {n}"} for n in range(400)]
    job = client.post("/v1/jobs", json=items, headers=bearer(revoked)).json()
    assert started.wait(10)
    keys.revoke(key.id)
    jobs = runner_of(client).jobs
    while jobs.get(job["id"], key.id).state == "running":
        time.sleep(0.005)
    stopped = jobs.get(job["id"], key.id)
    assert (stopped.state, stopped.reason) == ("cancelled", f"The key {key.id} was revoked.")
    assert stopped.pending > 0
    ended = client.post("/v1/jobs", json=[GOOD], headers=bearer(other))
    while (response := client.get(ended.headers["location"], headers=bearer(other)).json())["state"] == "running":
        time.sleep(0.005)
    assert (response["done"], response["reason"]) == (1, None)
    keys.close()


def test_a_rotated_key_keeps_its_jobs(client: TestClient):
    keys = Keys(Settings().data)
    token = keys.create("desk")
    (key,) = keys.all()
    accepted = client.post("/v1/jobs", json=[GOOD], headers=bearer(token))
    new = keys.rotate(key.id)
    while (job := client.get(accepted.headers["location"], headers=bearer(new)).json())["state"] == "running":
        time.sleep(0.005)
    assert (job["state"], job["done"], job["reason"]) == ("done", 1, None)
    keys.close()


def test_the_webhook_of_a_cancelled_job_has_the_reason(webhook_client: TestClient, monkeypatch: pytest.MonkeyPatch):
    bodies: list[Any] = []

    async def deliver(_url: str, _name: str, body: bytes) -> bool:
        bodies.append(json.loads(body))
        return True

    runner = runner_of(webhook_client)
    monkeypatch.setattr(runner.webhooks, "deliver", deliver)
    monkeypatch.setattr(runner, "_spawn", lambda _work: None)  # so that the job does not end before
    job = webhook_client.post("/v1/jobs", params=HOOK, json=[GOOD]).json()
    runner.jobs.cancel(job["id"], "", "The key was revoked.")
    while not bodies:
        time.sleep(0.005)
    assert (bodies[0]["state"], bodies[0]["reason"]) == ("cancelled", "The key was revoked.")


def test_a_database_of_the_first_version_is_upgraded(tmp_path: Path):
    Database(tmp_path / "jobs.sqlite3", SCHEMA[:1]).close()
    jobs = JobStore(tmp_path)
    job = jobs.create("")
    jobs.start(job, "")
    assert jobs.get(job, "").reason is None
    jobs.close()
