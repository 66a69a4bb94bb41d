"""Health, readiness, models and languages, also while the service is busy."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from models.errors import LoadFailed
from models.model import LoadedEngine
from models.pool import Pool
from service.app import create_app
from service.load_progress import LoadProgress
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import ARTICLE, Cards, answer_prompt, card


def test_health_reports_that_the_process_is_alive(client: TestClient):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_health_answers_while_a_summary_is_written(client: TestClient, engine: FakeEngine):
    engine._delay = 0.02
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(client.post, "/v1/summaries", json={"text": ARTICLE})
        while not engine.prompts:
            time.sleep(0.005)
        assert client.get("/healthz").status_code == 200
        assert not writing.done()
        assert writing.result().status_code == 200


def test_fifty_simultaneous_first_requests_load_the_model_once():
    loads = []

    def load(card: object) -> LoadedEngine:
        loads.append(card)
        time.sleep(0.2)
        return LoadedEngine(FakeEngine(answer=answer_prompt, window=2048), lambda system, user, _: system + user)

    app = create_app(Settings(model=MODEL, preload=False), pool=Pool(Cards(card()), load))
    with TestClient(app) as client, ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: client.post("/v1/summaries", json={"text": ARTICLE}), range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["summary"] for answer in answers}) == 1
    assert len(loads) == 1


def test_loading_continues_after_a_deadline_passes():
    allowed = threading.Event()
    loads = []

    def load(card: object) -> LoadedEngine:
        loads.append(card)
        assert allowed.wait(10)
        return LoadedEngine(FakeEngine(answer=answer_prompt, window=2048), lambda system, user, _: system + user)

    with TestClient(create_app(Settings(model=MODEL, preload=False), pool=Pool(Cards(card()), load))) as client:
        late = client.post("/v1/summaries", json={"text": ARTICLE, "deadline_ms": 100})
        assert (late.status_code, late.json()["type"]) == (504, "urn:lede:problem:deadline-exceeded")
        answer = client.post("/v1/summaries", json={"text": ARTICLE, "deadline_ms": 100, "late": "extract"}).json()
        assert {sentence["method"] for sentence in answer["sentences"]} == {"extracted"}
        allowed.set()
        assert client.post("/v1/summaries", json={"text": ARTICLE}).status_code == 200
    assert len(loads) == 1


def test_readiness_needs_a_token_and_health_does_not():
    engine = FakeEngine(answer=answer_prompt, window=2048)
    pool = Pool(Cards(card()), lambda _card: LoadedEngine(engine, lambda system, user, _: system + user))
    with TestClient(create_app(Settings(model=MODEL, preload=False), pool=pool)) as client:
        client.post("/v1/summaries", json={"text": ARTICLE})
        engine.prompts.clear()
        assert client.get("/healthz").status_code == 200
        assert not engine.prompts
        assert client.get("/readyz").status_code == 200
        assert len(engine.prompts) == 1
        engine._answer = lambda _prompt: str(1 / 0)
        assert client.get("/readyz").status_code == 503


def test_not_ready_until_the_model_is_loaded_and_the_error_is_reported():
    allowed = threading.Event()

    def load(_card: object) -> LoadedEngine:
        allowed.wait(10)
        raise LoadFailed("the weights are corrupt")

    app = create_app(Settings(model=MODEL), pool=Pool(Cards(card()), load))
    with TestClient(app) as client:
        waiting = client.get("/readyz")
        assert (waiting.status_code, waiting.json()["models"]) == (503, {MODEL: "loading"})
        allowed.set()
        while client.get("/readyz").json()["models"] == {MODEL: "loading"}:
            time.sleep(0.01)
        failed = client.get("/readyz").json()
        assert failed == {"ready": False, "models": {MODEL: "failed"}, "errors": {MODEL: "the weights are corrupt"}}
        failure = client.post("/v1/summaries", json={"text": ARTICLE})
        assert (failure.status_code, failure.json()["detail"]) == (503, "the weights are corrupt")


def test_ready_when_the_model_is_warm():
    ready = threading.Event()
    engine = FakeEngine(answer=answer_prompt, window=2048)
    pool = Pool(Cards(card()), lambda _card: LoadedEngine(engine, lambda system, user, _: system + user))
    with TestClient(create_app(Settings(model=MODEL), pool=pool, on_ready=ready.set)) as client:
        assert ready.wait(10)
        assert client.get("/readyz").json() == {"ready": True, "models": {MODEL: "ready"}, "errors": {}}
        assert engine.prompts
    assert engine.closed


def test_the_progress_of_loading_is_reported():
    app = create_app(Settings(model=MODEL, preload=False), pool=Pool(Cards(card()), lambda _card: None))  # type: ignore[arg-type, return-value]  # never loaded
    reports: list[object] = []
    progress = LoadProgress(RecordedProgress(reports))
    app.state.load_progress = progress
    with TestClient(app) as client:
        assert client.get("/v1/models").json()["loading"] is None
        progress.advance("fetch", 5, 10)
        assert client.get("/v1/models").json()["loading"] == {"stage": "fetch", "done": 5, "total": 10}
        progress.advance("fetch", 10, 10)
        progress.note("The bytes are not pinned.")
        assert client.get("/v1/models").json()["loading"] is None
    assert reports == [("fetch", 5, 10), ("fetch", 10, 10), "The bytes are not pinned."]


class RecordedProgress:
    def __init__(self, reports: list[object]) -> None:
        self.advance = lambda *step: reports.append(step)
        self.note = reports.append


def test_models_show_their_state(client: TestClient):
    (before,) = client.get("/v1/models").json()["models"]
    assert (before["state"], before["last_used"], before["load_seconds"]) == ("unloaded", None, None)
    client.post("/v1/summaries", json={"text": ARTICLE})
    answer = client.get("/v1/models").json()
    (after,) = answer["models"]
    assert after["state"] == "ready"
    assert after["active_requests"] == 0
    assert after["last_used"].endswith("Z")
    assert after["load_seconds"] >= 0
    assert (before["engine"], after["engine"]) == (None, "fake words")
    assert after["licence"] == "Apache-2.0"
    assert answer["defaults"] == {"summaries": MODEL, "blurbs": MODEL, "translations": MODEL}


def test_languages_of_the_shipped_model_have_measured_scores():
    app = create_app(Settings(preload=False))
    with TestClient(app) as client:
        answer = client.get("/v1/languages").json()
    languages = {language["language"]: language for language in answer["languages"]}
    assert languages["ar"] == {"language": "ar", "name": "Arabic", "direction": "rtl"}
    measured = {(row["source"], row["target"]): row["scores"] for row in answer["measured"]}
    assert measured["en", "fr"][0]["signature"]


def test_a_model_can_be_unloaded(client: TestClient, engine: FakeEngine):
    client.post("/v1/translations", json={"text": ARTICLE, "target_language": "fr"})
    assert client.delete(f"/v1/models/{MODEL}/memory").status_code == 204
    assert engine.closed
    assert client.get("/v1/models").json()["models"][0]["state"] == "unloaded"
    assert client.delete("/v1/models/nobody/memory").status_code == 422


def test_a_model_in_use_is_not_unloaded(client: TestClient):
    pool = client.app.state.desk.pool  # type: ignore[attr-defined]
    with pool.use(MODEL):
        assert client.delete(f"/v1/models/{MODEL}/memory").status_code == 409


def test_languages_of_an_unknown_model(client: TestClient):
    assert client.get("/v1/languages", params={"model": "nobody"}).status_code == 422


@pytest.mark.parametrize(("name", "file"), [("keys", "keys.sqlite3"), ("jobs", "jobs.sqlite3")])
def test_readiness_reports_a_damaged_database_and_what_to_do(client: TestClient, name: str, file: str):
    assert client.get("/readyz").status_code == 200
    path = Settings().data / file
    with closing(sqlite3.connect(path)) as sql:
        sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.write_bytes(b"not a database".ljust(path.stat().st_size, b"\0"))
    response = client.get("/readyz")
    assert (response.status_code, response.json()["ready"]) == (503, False)
    error = response.json()["errors"][name]
    assert str(path) in error
    assert "restore the file from a backup" in error


def test_a_locked_database_is_reported_at_once(client: TestClient):
    with closing(sqlite3.connect(Settings().data / "jobs.sqlite3", isolation_level=None)) as sql:
        sql.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        response = client.post("/v1/jobs", json=[{"kind": "summary", "text": ARTICLE}])
        assert time.monotonic() - started < 4
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert response.json()["type"] == "urn:lede:problem:state-unavailable"
