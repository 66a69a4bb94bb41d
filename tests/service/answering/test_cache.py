"""The result cache: identical requests share results, and faults of the store fail no request."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel
from typer.testing import CliRunner

from models.card import ChatPrompt, ModelCard, Preset
from models.engines.fake import FakeEngine
from models.model import LoadedEngine
from models.pool import Pool
from service.access.keys import Keys
from service.answering import cache as caching
from service.answering.cache import AsyncSqliteResults, ResultCache
from service.answering.results import Result
from service.app import create_app
from service.cli import app
from service.exceptions import StorageFull
from service.settings import Settings
from service.storage.bounded_table import BoundedTable
from service.storage.database import Database
from tests.conftest import MODEL
from tests.desk import ARTICLE, LEAD, PROMPTS, Cards, card, pool
from tests.service.access.test_keys import bearer
from tests.service.storage.test_bounded_table import advance_clock, open_results
from tests.service.test_problems import problem
from tests.service.test_streams import events

SUMMARIES = "/v1/summaries"


def test_a_repeated_request_is_answered_from_the_cache(client: TestClient, engine: FakeEngine):
    first = client.post(SUMMARIES, json={"text": ARTICLE})
    prompts = len(engine.prompts)
    again = client.post(SUMMARIES, json={"length": "short", "text": ARTICLE, "deadline_ms": 60_000})
    assert len(engine.prompts) == prompts
    assert (first.json()["cached"], again.json()["cached"]) == (False, True)
    assert set(again.json()["timings_ms"]) == {"total"}
    assert first.headers["etag"] == again.headers["etag"]
    for answer in (first, again):
        assert answer.headers["content-type"] == "application/json"
    varying = {"cached", "timings_ms"}
    assert {k: v for k, v in first.json().items() if k not in varying} == {
        k: v for k, v in again.json().items() if k not in varying
    }
    assert [kind for kind, _ in events(client, "summaries", text=ARTICLE)] == ["result"]
    client.post(SUMMARIES, json={"text": ARTICLE, "length": "long"})
    assert len(engine.prompts) > prompts


def test_results_survive_a_restart(client: TestClient, engine: FakeEngine):
    client.post(SUMMARIES, json={"text": ARTICLE})
    with TestClient(create_app(Settings(model=MODEL, preload=False), pool=pool(engine))) as again:
        assert again.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]


def test_keys_do_not_share_results(client: TestClient):
    keys = Keys(Settings().data)
    one, other = bearer(keys.create("one")), bearer(keys.create("other"))
    assert not client.post(SUMMARIES, json={"text": ARTICLE}, headers=one).json()["cached"]
    assert not client.post(SUMMARIES, json={"text": ARTICLE}, headers=other).json()["cached"]
    assert client.post(SUMMARIES, json={"text": ARTICLE}, headers=one).json()["cached"]
    keys.close()


def test_only_new_results_are_charged_to_the_quota(client: TestClient, engine: FakeEngine):
    keys = Keys(Settings().data)
    headers = bearer(keys.create("desk", quota=len(ARTICLE) + 10))
    answer, engine._answer = engine._answer, lambda _prompt: 1 / 0  # type: ignore[assignment, return-value]
    assert client.post(SUMMARIES, json={"text": ARTICLE}, headers=headers).status_code == 500
    engine._answer = answer
    for _ in range(3):
        assert client.post(SUMMARIES, json={"text": ARTICLE}, headers=headers).status_code == 200
    refused = client.post(SUMMARIES, json={"text": LEAD}, headers=headers)
    assert problem(refused, 429)["type"] == "urn:lede:problem:quota-exceeded"
    assert int(refused.headers["retry-after"]) > 0
    keys.close()


def test_a_current_etag_is_answered_with_412(client: TestClient):
    etag = client.post(SUMMARIES, json={"text": ARTICLE}).headers["etag"]
    refused = client.post(SUMMARIES, json={"text": ARTICLE}, headers={"If-None-Match": f'"other", {etag}'})
    assert problem(refused, 412)["type"] == "urn:lede:problem:unchanged"
    assert refused.headers["etag"] == etag
    changed = client.post(SUMMARIES, json={"text": ARTICLE + " More."}, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


def test_one_command_clears_a_running_service(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(caching, "CHECK_INTERVAL", 0)
    client.post(SUMMARIES, json={"text": ARTICLE})
    assert client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]
    assert CliRunner().invoke(app, ["cache", "clear"]).exit_code == 0
    assert not client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]
    assert client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]
    assert client.delete("/v1/cache").status_code == 204
    assert not client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]


def test_errors_are_not_cached(client: TestClient, engine: FakeEngine):
    answer, engine._answer = engine._answer, lambda _prompt: 1 / 0  # type: ignore[assignment, return-value]
    assert client.post(SUMMARIES, json={"text": ARTICLE}).status_code == 500
    engine._answer = answer
    assert client.post(SUMMARIES, json={"text": ARTICLE}).status_code == 200


def test_results_with_a_deadline_are_not_cached(client: TestClient):
    client.post(SUMMARIES, json={"text": ARTICLE, "deadline_ms": 60_000})
    assert not client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]


@pytest.mark.parametrize("late", ["refuse", "extract"])
def test_requests_with_a_deadline_are_answered_from_the_cache(client: TestClient, late: str):
    client.post(SUMMARIES, json={"text": ARTICLE})
    with_deadline = {"text": ARTICLE, "deadline_ms": 60_000}
    assert client.post(SUMMARIES, json={**with_deadline, "late": late}).json()["cached"]
    editions = {"target_languages": ["fr"], "formats": ["summary"]}
    client.post("/v1/editions", json={"text": ARTICLE, **editions})
    assert client.post("/v1/editions", json={**with_deadline, **editions, "summary": {"late": late}}).json()["cached"]


@pytest.mark.parametrize(
    "change",
    [
        {"presets": {"translate": Preset(max_tokens=512, beam_size=5)}},
        {"prompt": ChatPrompt(style="chat", turns={**PROMPTS, "translate": "{notes}{text}\nTRANSLATE it"})},
        {"direct": ("en:fr",)},
        {"window": 1024},
    ],
)
def test_a_changed_card_does_not_use_cached_results(engine: FakeEngine, change: dict[str, Any]):
    loaded = LoadedEngine(engine, lambda system, user, _: f"{system}\n{user}\n", backend="fake words")

    def cached(one: ModelCard) -> bool:
        settings = Settings(model=MODEL, preload=False)
        with TestClient(create_app(settings, pool=Pool(Cards(one), lambda _card: loaded))) as client:
            return bool(client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"])

    assert not cached(card())
    assert not cached(card().model_copy(update=change))
    assert cached(card().model_copy(update={"title": "Another"}))


def test_memory_is_bounded_in_bytes(tmp_path: Path):
    async def use() -> None:
        cache = ResultCache(AsyncSqliteResults(open_results(tmp_path)), memory=1000, age=60)
        for n in range(9):
            await cache.put(str(n), result("x" * 300))
            assert cache._memory.currsize <= 1000
        assert [(await cache.get(key))[1] for key in ("8", "0", "none")] == ["memory", "store", "none"]
        await cache.put("large", result("x" * 2000))
        assert (await cache.get("large"))[1] == "store"
        await cache.close()

    asyncio.run(use())


def test_results_expire_in_memory_and_in_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async def use() -> None:
        one, other = (ResultCache(AsyncSqliteResults(open_results(tmp_path)), memory=1000, age=60) for _ in range(2))
        await one.put("a", result("x"))
        advance_clock(monkeypatch, 50)
        assert [(await other.get("a"))[1] for _ in range(2)] == ["store", "memory"]
        advance_clock(monkeypatch, 61)
        assert [(await cache.get("a"))[1] for cache in (one, other)] == ["none", "none"]
        for cache in (one, other):
            await cache.close()

    asyncio.run(use())


def result(text: str) -> Result:
    class Content(BaseModel):
        text: str

    return Result.of(Content(text=text))


def test_a_cache_that_is_off_stores_nothing(engine: FakeEngine):
    settings = Settings(model=MODEL, preload=False, cache_seconds=0)
    with TestClient(create_app(settings, pool=pool(engine))) as client:
        for _ in range(2):
            assert not client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]
        assert client.app.state.answers.cache._store._results.table.size() == (0, 0)  # type: ignore[attr-defined]


def test_a_failed_vacuum_fails_no_request(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    results: BoundedTable = client.app.state.answers.cache._store._results.table  # type: ignore[attr-defined]
    pairs: BoundedTable = client.app.state.memory.pairs.file  # type: ignore[attr-defined]
    rows = Database.rows

    def locked(self: Database, statement: str, *values: Any) -> list[Any]:
        if "incremental_vacuum" in statement:
            raise sqlite3.OperationalError("database is locked")
        return rows(self, statement, *values)

    monkeypatch.setattr(Database, "rows", locked)
    results._limit = pairs._limit = 10
    assert client.post(SUMMARIES, json={"text": ARTICLE}).status_code == 200
    assert client.post("/v1/translations", json={"text": LEAD, "target_language": "fr"}).status_code == 200
    assert not client.app.state.answers.cache._breaker.is_open  # type: ignore[attr-defined]
    assert problem(client.delete("/v1/cache"), 503)["type"] == "urn:lede:problem:state-unavailable"
    assert results.size() == (0, 0)


def test_a_damaged_file_is_set_aside(client: TestClient):
    client.post(SUMMARIES, json={"text": ARTICLE})
    path = Settings().data / "results.sqlite3"
    client.app.state.answers.cache._store._results.close()  # type: ignore[attr-defined]
    client.app.state.answers.cache._store._results.table._database = None  # type: ignore[attr-defined]
    path.write_bytes(b"torn" * 5000)
    client.app.state.answers.cache._memory.clear()  # type: ignore[attr-defined]
    assert not client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]
    assert client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]
    assert path.with_name("results.sqlite3.broken").exists()


def test_requests_succeed_without_the_store(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    """With a locked or full store, results are written and cached in memory."""
    database = client.app.state.answers.cache._store._results.table._open()  # type: ignore[attr-defined]
    with sqlite3.connect(database.path, isolation_level=None) as locked:
        locked.execute("BEGIN EXCLUSIVE")
        assert client.post(SUMMARIES, json={"text": ARTICLE}).status_code == 200
        assert client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]
        locked.execute("ROLLBACK")
    locked.close()
    database.rows("PRAGMA max_page_count = 1")
    monkeypatch.setattr("service.storage.circuit_breaker.OPEN_SECONDS", 0)
    client.app.state.answers.cache._breaker._open_until = 0  # type: ignore[attr-defined]
    long = "The bridge over the river opened on Monday, the city said, after four years of work. " * 90
    answer = client.post(SUMMARIES, json={"text": long, "length": "long"})
    assert answer.status_code == 200
    with pytest.raises(StorageFull):
        database_full(client, b"x" * 100_000)


def database_full(client: Any, packed: bytes) -> None:
    client.app.state.answers.cache._store._results.put("a", packed)


def test_a_faulty_store_is_not_called_for_a_while(tmp_path: Path):
    calls = []

    class Faulty(AsyncSqliteResults):
        async def get(self, key: str) -> bytes | None:
            calls.append(key)
            raise StorageFull("Full.")

    async def use() -> None:
        cache = ResultCache(Faulty(open_results(tmp_path)), memory=1000, age=60)
        for _ in range(5):
            assert await cache.get("a") == (None, "none")
        await cache.close()

    asyncio.run(use())
    assert len(calls) == 1
