"""Health, models and languages, and how the service behaves while it works."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from models.errors import LoadFailed
from models.model import LoadedEngine
from models.pool import Pool
from service.app import create_app
from service.load_progress import LoadProgress
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import ARTICLE, Cards, card, newsroom


def test_health_says_only_that_the_process_lives(client: TestClient):
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


def test_fifty_first_requests_at_once_load_one_copy():
    loads = []

    def load(wanted: object) -> LoadedEngine:
        loads.append(wanted)
        time.sleep(0.2)
        return LoadedEngine(FakeEngine(answer=newsroom, window=2048), lambda system, user, _: system + user)

    app = create_app(Settings(model=MODEL, preload=False), pool=Pool(Cards(card()), load))
    with TestClient(app) as client, ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: client.post("/v1/summaries", json={"text": ARTICLE}), range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["summary"] for answer in answers}) == 1
    assert len(loads) == 1


def test_a_deadline_passes_while_the_model_loads_and_the_load_goes_on():
    go = threading.Event()
    loads = []

    def load(wanted: object) -> LoadedEngine:
        loads.append(wanted)
        assert go.wait(10)
        return LoadedEngine(FakeEngine(answer=newsroom, window=2048), lambda system, user, _: system + user)

    with TestClient(create_app(Settings(model=MODEL, preload=False), pool=Pool(Cards(card()), load))) as client:
        late = client.post("/v1/summaries", json={"text": ARTICLE, "deadline_ms": 100})
        assert (late.status_code, late.json()["type"]) == (504, "urn:lede:problem:deadline-exceeded")
        told = client.post("/v1/summaries", json={"text": ARTICLE, "deadline_ms": 100, "late": "extract"}).json()
        assert {sentence["method"] for sentence in told["sentences"]} == {"extracted"}
        go.set()
        assert client.post("/v1/summaries", json={"text": ARTICLE}).status_code == 200
    assert len(loads) == 1


def test_ready_means_that_the_model_writes_and_health_does_not_ask_it():
    engine = FakeEngine(answer=newsroom, window=2048)
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


def test_not_ready_until_the_model_is_loaded_and_why_not():
    allowed = threading.Event()

    def load(_card: object) -> LoadedEngine:
        allowed.wait(10)
        raise LoadFailed("the weights are torn")

    app = create_app(Settings(model=MODEL), pool=Pool(Cards(card()), load))
    with TestClient(app) as client:
        waiting = client.get("/readyz")
        assert (waiting.status_code, waiting.json()["models"]) == (503, {MODEL: "loading"})
        allowed.set()
        while client.get("/readyz").json()["models"] == {MODEL: "loading"}:
            time.sleep(0.01)
        failed = client.get("/readyz").json()
        assert failed == {"ready": False, "models": {MODEL: "failed"}, "errors": {MODEL: "the weights are torn"}}
        told = client.post("/v1/summaries", json={"text": ARTICLE})
        assert (told.status_code, told.json()["detail"]) == (503, "the weights are torn")


def test_ready_when_the_model_is_warm():
    greeted = threading.Event()
    engine = FakeEngine(answer=newsroom, window=2048)
    pool = Pool(Cards(card()), lambda _card: LoadedEngine(engine, lambda system, user, _: system + user))
    with TestClient(create_app(Settings(model=MODEL), pool=pool, on_ready=greeted.set)) as client:
        assert greeted.wait(10)
        assert client.get("/readyz").json() == {"ready": True, "models": {MODEL: "ready"}, "errors": {}}
        assert engine.prompts
    assert engine.closed


def test_the_steps_of_a_models_set_up_are_told():
    app = create_app(Settings(model=MODEL, preload=False), pool=Pool(Cards(card()), lambda _card: None))  # type: ignore[arg-type, return-value]  # never loaded
    told: list[object] = []
    loading = LoadProgress(Teller(told))
    app.state.load_progress = loading
    with TestClient(app) as client:
        assert client.get("/v1/models").json()["loading"] is None
        loading.advance("fetch", 5, 10)
        assert client.get("/v1/models").json()["loading"] == {"stage": "fetch", "done": 5, "total": 10}
        loading.advance("fetch", 10, 10)
        loading.note("The bytes are not pinned.")
        assert client.get("/v1/models").json()["loading"] is None
    assert told == [("fetch", 5, 10), ("fetch", 10, 10), "The bytes are not pinned."]


class Teller:
    def __init__(self, told: list[object]) -> None:
        self.advance = lambda *step: told.append(step)
        self.note = told.append


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


def test_languages_of_the_shipped_model_say_what_was_measured():
    app = create_app(Settings(preload=False))
    with TestClient(app) as client:
        answer = client.get("/v1/languages").json()
    languages = {language["language"]: language for language in answer["languages"]}
    assert languages["ar"] == {"language": "ar", "name": "Arabic", "direction": "rtl"}
    measured = {(row["source"], row["target"]): row["scores"] for row in answer["measured"]}
    assert measured["en", "fr"][0]["signature"]


def test_a_model_gives_its_memory_back(client: TestClient, engine: FakeEngine):
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
