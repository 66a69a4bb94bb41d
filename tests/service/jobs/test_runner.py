"""The runner of jobs: it goes on whatever goes wrong, and no job, fault or webhook is in another's way."""

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
from service.jobs.runner import Runner
from service.jobs.store import Jobs
from service.jobs.worker import ATTEMPTS
from service.routes.translations import TASK, TranslationsResponse
from service.settings import Settings
from summarizer.desk import Source
from tests.conftest import MODEL
from tests.desk import ARTICLE, LEAD, Cards, card, newsroom, pool
from tests.service.access.test_keys import bearer
from tests.service.jobs.test_jobs import GOOD, done, results

ANSWER = TranslationsResponse.model_validate(TranslationsResponse.model_config["json_schema_extra"]["example"])  # type: ignore[index]
HOOK = {"webhook": "http://127.0.0.1:9/"}


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.jobs.runner.LOOK", 0.01)
    monkeypatch.setattr("service.jobs.worker.REST", 0.001)


@pytest.fixture
def hooked(engine: FakeEngine) -> Iterator[TestClient]:
    """A service that works on one item at a time, and calls webhooks."""
    secret, hosts = SecretStr("x"), ("127.0.0.1",)
    settings = Settings(
        model=MODEL, preload=False, webhook_hosts=hosts, fetch_loopback=True, webhook_secret=secret, job_workers=1
    )
    with TestClient(create_app(settings, pool=pool(engine))) as client:
        yield client


def runner_of(client: TestClient) -> Runner:
    return cast("Runner", client.app.state.runner)  # type: ignore[attr-defined]


def failing_once(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, error: Exception) -> threading.Event:
    real, failed = getattr(where, name), threading.Event()

    def once(*given: Any, **named: Any) -> Any:
        if not failed.is_set():
            failed.set()
            raise error
        return real(*given, **named)

    monkeypatch.setattr(where, name, once)
    return failed


@pytest.mark.parametrize("turns", range(6))
def test_it_stops_though_news_comes_at_the_same_time(turns: int, tmp_path: Path):
    """Told to stop so many turns of the loop after some news: 3.11's `wait_for` went on for ever after none to two."""

    async def stopped() -> bool:
        nothing = cast("Any", None)
        runner = Runner(Jobs(tmp_path), nothing, nothing, nothing, {}, workers=1, age=60)
        running = asyncio.create_task(runner.run())
        await asyncio.sleep(0.1)
        runner.news.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        return bool((await asyncio.wait([running], timeout=3))[0]) and running.cancelled()

    assert asyncio.run(stopped())


@pytest.mark.parametrize("method", ["running", "left", "untold", "record"])
def test_whatever_goes_wrong_in_a_round_it_goes_on(client: TestClient, monkeypatch: pytest.MonkeyPatch, method: str):
    failed = failing_once(monkeypatch, runner_of(client).jobs, method, RuntimeError("odd"))
    assert done(client, client.post("/v1/jobs", json=[GOOD]))["done"] == 1
    assert failed.is_set()
    assert "lede_job_faults_total 1.0" in client.get("/metrics").text


def test_a_lock_that_cannot_be_opened_is_tried_again(engine: FakeEngine):
    lock = Settings().data / "jobs.lock"
    lock.mkdir(parents=True)
    with TestClient(create_app(Settings(model=MODEL, preload=False), pool=pool(engine))) as client:
        answer = client.post("/v1/jobs", json=[GOOD])
        while "lede_job_faults_total 0.0" in client.get("/metrics").text:
            time.sleep(0.005)
        lock.rmdir()
        assert done(client, answer)["done"] == 1


def test_the_service_is_not_ready_where_nothing_works_on_jobs(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(runner_of(client), "_some_news", None)
    while not runner_of(client).fallen:
        time.sleep(0.005)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert "jobs" in answer.json()["errors"]


def test_webhooks_that_nobody_takes_stop_no_job(hooked: TestClient, monkeypatch: pytest.MonkeyPatch):
    calls: list[str] = []

    async def call(_url: str, name: str, _body: bytes) -> bool:
        calls.append(name)
        await asyncio.sleep(3600)
        return False

    monkeypatch.setattr(runner_of(hooked).webhooks, "call", call)
    for n in range(2):
        hooked.post("/v1/jobs", params=HOOK, json=[{**GOOD, "text": f"{LEAD} {n}"}])
    while len(calls) < 2:
        time.sleep(0.005)
    assert done(hooked, hooked.post("/v1/jobs", json=[GOOD]))["done"] == 1
    assert len(calls) == 2


def test_a_call_whose_end_cannot_be_noted_is_noted_later(hooked: TestClient, monkeypatch: pytest.MonkeyPatch):
    calls: list[str] = []

    async def call(_url: str, name: str, _body: bytes) -> bool:
        calls.append(name)
        return True

    monkeypatch.setattr(runner_of(hooked).webhooks, "call", call)
    failed = failing_once(monkeypatch, runner_of(hooked).jobs, "tell", StorageFull("full"))
    job = done(hooked, hooked.post("/v1/jobs", params=HOOK, json=[GOOD]))
    assert (job["webhook"], calls, failed.is_set()) == ("delivered", [job["id"]], True)


def test_a_model_that_does_not_load_for_a_while_is_no_items_result():
    loads: list[None] = []

    def load(_card: Any) -> LoadedEngine:
        loads.append(None)
        if len(loads) < 4:
            raise LoadFailed("torn for now")
        return LoadedEngine(FakeEngine(answer=newsroom, window=2048), lambda system, user, _: f"{system}\n{user}\n")

    app = create_app(Settings(model=MODEL, preload=False), pool=Pool(Cards(card()), load))
    with TestClient(app) as client:
        job = done(client, client.post("/v1/jobs", json=[{**GOOD, "text": f"{LEAD} {n}"} for n in range(20)]))
    assert (job["done"], job["failed"]) == (20, 0)


def test_an_item_that_fails_again_and_again_gets_its_problem(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    tries: list[str] = []
    real = runner_of(client)._answers.write

    async def write(caller: Any, task: Any, wanted: Any, watch: Any) -> Any:
        if wanted.text == "bad":
            tries.append(wanted.text)
            raise LoadFailed("always")
        return await real(caller, task, wanted, watch)

    monkeypatch.setattr(type(runner_of(client)._answers), "write", lambda _self, *given: write(*given))
    job = done(client, client.post("/v1/jobs", json=[GOOD, {**GOOD, "text": "bad"}, GOOD]))
    assert {line["index"]: line["status"] for line in results(client, job)} == {0: 200, 1: 503, 2: 200}
    assert len(tries) == ATTEMPTS


def test_an_item_for_which_there_is_no_room_waits_without_a_slot(hooked: TestClient, monkeypatch: pytest.MonkeyPatch):
    """And its job can be cancelled meanwhile."""
    answers = runner_of(hooked)._answers
    real, waits = type(answers).write, {"soon": [0.02], "later": [3600.0]}

    async def write(self: Any, caller: Any, task: Any, wanted: Any, watch: Any) -> Any:
        if waiting := waits.get(wanted.text):
            raise QueueFull("full", waiting.pop())
        return await real(self, caller, task, wanted, watch)

    monkeypatch.setattr(type(answers), "write", write)
    soon = {**GOOD, "text": "soon", "source_language": "en"}
    assert done(hooked, hooked.post("/v1/jobs", json=[soon]))["done"] == 1
    assert not waits["soon"]
    held = hooked.post("/v1/jobs", json=[{**GOOD, "text": "later"}]).json()
    assert done(hooked, hooked.post("/v1/jobs", json=[GOOD]))["done"] == 1
    while runner_of(hooked).under_way:
        time.sleep(0.005)
    assert hooked.delete(f"/v1/jobs/{held['id']}").json()["state"] == "cancelled"


def test_a_job_that_comes_waits_for_no_other_and_one_that_is_cancelled_is_not_gone_on_with(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    """Though items of the first are done as fast as they are begun."""
    seen: list[str] = []

    async def write(_self: Any, _caller: Any, _task: Any, wanted: Any, _watch: Any) -> Any:
        seen.append(wanted.text)
        return TimedResult(Result.of(ANSWER), {})

    monkeypatch.setattr(type(runner_of(client)._answers), "write", write)
    first = client.post("/v1/jobs", json=[{**GOOD, "text": "first"}] * 2000).json()
    while not seen:
        time.sleep(0.005)
    assert done(client, client.post("/v1/jobs", json=[{**GOOD, "text": "second"}]))["done"] == 1
    assert client.delete(f"/v1/jobs/{first['id']}").json()["state"] == "cancelled"
    while runner_of(client).under_way:
        time.sleep(0.005)
    assert len(seen) < 2000


def test_jobs_are_batch_work_and_requests_are_not(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    seen: list[bool] = []
    real = TASK.write

    def write(*given: Any) -> Any:
        seen.append(current_flow().batch)
        return real(*given)

    monkeypatch.setitem(vars(TASK), "write", write)
    done(client, client.post("/v1/jobs", json=[GOOD]))
    wanted = {"text": f"{LEAD} Again.", "target_language": "fr"}
    assert client.post("/v1/translations", json=wanted).status_code == 200
    assert seen == [True, False]


def test_jobs_that_are_over_long_enough_are_dropped(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    done(client, client.post("/v1/jobs", json=[GOOD]))
    monkeypatch.setattr("service.jobs.runner.SWEEP", 0.01)
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


def test_both_versions_of_a_correction_count_for_the_quota(client: TestClient, key: Any):
    correction = {"kind": "correction", "old": {"text": ARTICLE}, "new": {"text": ARTICLE.replace("40", "45")}}
    assert client.post("/v1/jobs", json=[correction], headers=key[0]).status_code == 429


def test_what_stands_behind_a_link_counts_when_it_was_fetched(
    client: TestClient, key: Any, monkeypatch: pytest.MonkeyPatch
):
    headers, known, quotas = key

    async def source(wanted: Any, _fetcher: Any) -> Source:
        return Source(text=f"{ARTICLE}{wanted.url[-1]}", url=wanted.url)

    monkeypatch.setitem(vars(TASK), "source", source)
    asked = [{"kind": "translation", "url": f"http://a.example/{n}", "target_language": "fr"} for n in (1, 2)]
    answer = client.post("/v1/jobs", json=asked, headers=headers)
    place = answer.headers["location"]
    while (job := client.get(place, headers=headers).json())["state"] != "done":
        time.sleep(0.005)
    lines = client.get(f"{place}/results", headers=headers).text.splitlines()
    assert sorted(json.loads(line)["status"] for line in lines) == [200, 429]
    assert (job["done"], quotas.spent(known)) == (1, len(ARTICLE) + 1)


def test_nothing_is_charged_for_a_job_that_cannot_start(client: TestClient, key: Any, monkeypatch: pytest.MonkeyPatch):
    headers, known, quotas = key
    failing_once(monkeypatch, runner_of(client).jobs, "start", StorageFull("full"))
    assert client.post("/v1/jobs", json=[GOOD], headers=headers).status_code == 507
    assert quotas.spent(known) == 0
