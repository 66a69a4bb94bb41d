"""Answers that were written before: found again by the same request alone, and never worth a failure."""

import asyncio
import sqlite3
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from models.card import ChatPrompt, ModelCard, Preset
from models.engines.fake import FakeEngine
from models.model import Loaded
from models.pool import Pool
from service import cache as caching
from service.app import create_app
from service.cache import Aside, Cache
from service.cli import app
from service.keys import Keys
from service.refusals import StorageFull
from service.results import Result, key_of, matches
from service.routes.translations import TranslationRequest
from service.settings import Settings
from service.shelf import Shelf
from tests.conftest import MODEL
from tests.desk import ARTICLE, LEAD, TURNS, Cards, card, pool
from tests.service.test_keys import bearer
from tests.service.test_problems import problem
from tests.service.test_streams import events

SUMMARIES = "/v1/summaries"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def exactly(value: Any) -> Any:
    """A value that equals another only where type and shape are the same: 1 is not True, nor 1.0."""
    if isinstance(value, dict):
        return {key: exactly(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [exactly(inner) for inner in value]
    return (type(value).__name__, repr(value))


@given(JSON, JSON)
def test_two_requests_share_a_key_only_when_they_are_the_same(one: Any, other: Any):
    assert (key_of("", "k", "m", one) == key_of("", "k", "m", other)) == (exactly(one) == exactly(other))


@given(st.lists(st.text(), min_size=3, max_size=3), st.lists(st.text(), min_size=3, max_size=3))
def test_owners_kinds_and_models_are_told_apart(one: list[str], other: list[str]):
    assert (key_of(one[0], one[1], one[2], 0) == key_of(other[0], other[1], other[2], 0)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [({"text": "a"}, {"texts": ["a"]}), ({"texts": ["a|b"]}, {"texts": ["a", "b"]}), ({"text": "1"}, {"text": "1 "})],
)
def test_what_collides_elsewhere(one: dict[str, Any], other: dict[str, Any]):
    keys = [
        key_of("", "k", "m", TranslationRequest(target_language="fr", **fields).model_dump(mode="json"))
        for fields in (one, other)
    ]
    assert keys[0] != keys[1]


def test_a_repeated_request_is_not_written_again(client: TestClient, engine: FakeEngine):
    first = client.post(SUMMARIES, json={"text": ARTICLE})
    asked = len(engine.seen)
    again = client.post(SUMMARIES, json={"length": "short", "text": ARTICLE, "deadline_ms": 60_000})
    assert len(engine.seen) == asked
    assert (first.json()["cached"], again.json()["cached"]) == (False, True)
    assert set(again.json()["timings_ms"]) == {"total"}
    assert first.headers["etag"] == again.headers["etag"]
    for answer in (first, again):
        assert answer.headers["content-type"] == "application/json"
    apart = {"cached", "timings_ms"}
    assert {k: v for k, v in first.json().items() if k not in apart} == {
        k: v for k, v in again.json().items() if k not in apart
    }
    assert [kind for kind, _ in events(client, "summaries", text=ARTICLE)] == ["result"]
    client.post(SUMMARIES, json={"text": ARTICLE, "length": "long"})
    assert len(engine.seen) > asked


def test_an_answer_outlives_the_process(client: TestClient, engine: FakeEngine):
    client.post(SUMMARIES, json={"text": ARTICLE})
    with TestClient(create_app(Settings(model=MODEL, preload=False), pool=pool(engine))) as again:
        assert again.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]


def test_what_a_key_may_see_stays_with_it(client: TestClient):
    keys = Keys(Settings().data)
    one, other = bearer(keys.create("one")), bearer(keys.create("other"))
    assert not client.post(SUMMARIES, json={"text": ARTICLE}, headers=one).json()["cached"]
    assert not client.post(SUMMARIES, json={"text": ARTICLE}, headers=other).json()["cached"]
    assert client.post(SUMMARIES, json={"text": ARTICLE}, headers=one).json()["cached"]
    keys.close()


def test_what_was_written_counts_for_the_quota_and_what_failed_or_was_found_does_not(
    client: TestClient, engine: FakeEngine
):
    keys = Keys(Settings().data)
    headers = bearer(keys.create("desk", quota=len(ARTICLE) + 10))
    answer, engine._answer = engine._answer, lambda _prompt: 1 / 0  # type: ignore[assignment, return-value]
    assert client.post(SUMMARIES, json={"text": ARTICLE}, headers=headers).status_code == 500
    engine._answer = answer
    for _ in range(3):
        assert client.post(SUMMARIES, json={"text": ARTICLE}, headers=headers).status_code == 200
    told = client.post(SUMMARIES, json={"text": LEAD}, headers=headers)
    assert problem(told, 429)["type"] == "urn:lede:problem:quota-exceeded"
    assert int(told.headers["retry-after"]) > 0
    keys.close()


def test_an_answer_that_the_caller_holds_is_not_sent_again(client: TestClient):
    etag = client.post(SUMMARIES, json={"text": ARTICLE}).headers["etag"]
    told = client.post(SUMMARIES, json={"text": ARTICLE}, headers={"If-None-Match": f'"other", {etag}'})
    assert problem(told, 412)["type"] == "urn:lede:problem:unchanged"
    assert told.headers["etag"] == etag
    changed = client.post(SUMMARIES, json={"text": ARTICLE + " More."}, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


def test_conditions_are_compared_weakly():
    assert matches('"a", W/"b"', 'W/"b"')
    assert matches('"b"', 'W/"b"')
    assert matches("*", 'W/"b"')
    assert not matches("", 'W/"b"')
    assert not matches('W/"bc"', 'W/"b"')


def test_one_command_clears_a_running_service(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(caching, "LOOK", 0)
    client.post(SUMMARIES, json={"text": ARTICLE})
    assert client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]
    assert CliRunner().invoke(app, ["cache", "clear"]).exit_code == 0
    assert not client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]
    assert client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]
    assert client.delete("/v1/cache").status_code == 204
    assert not client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]


def test_a_failure_is_not_kept(client: TestClient, engine: FakeEngine):
    answer, engine._answer = engine._answer, lambda _prompt: 1 / 0  # type: ignore[assignment, return-value]
    assert client.post(SUMMARIES, json={"text": ARTICLE}).status_code == 500
    engine._answer = answer
    assert client.post(SUMMARIES, json={"text": ARTICLE}).status_code == 200


def test_an_answer_in_haste_is_not_kept(client: TestClient):
    client.post(SUMMARIES, json={"text": ARTICLE, "deadline_ms": 60_000})
    assert not client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]


@pytest.mark.parametrize("late", ["refuse", "extract"])
def test_who_would_take_less_in_haste_is_given_what_was_written_in_time(client: TestClient, late: str):
    client.post(SUMMARIES, json={"text": ARTICLE})
    hasty = {"text": ARTICLE, "deadline_ms": 60_000}
    assert client.post(SUMMARIES, json={**hasty, "late": late}).json()["cached"]
    editions = {"target_languages": ["fr"], "formats": ["summary"]}
    client.post("/v1/editions", json={"text": ARTICLE, **editions})
    assert client.post("/v1/editions", json={**hasty, **editions, "summary": {"late": late}}).json()["cached"]


@pytest.mark.parametrize(
    "change",
    [
        {"presets": {"translate": Preset(max_tokens=512, beam_size=5)}},
        {"prompt": ChatPrompt(style="chat", turns={**TURNS, "translate": "{notes}{text}\nTRANSLATE it"})},
        {"direct": ("en:fr",)},
        {"window": 1024},
    ],
)
def test_what_an_edited_card_s_model_would_write_otherwise_is_not_found(engine: FakeEngine, change: dict[str, Any]):
    loaded = Loaded(engine, lambda system, user, _: f"{system}\n{user}\n", way="fake words")

    def cached(one: ModelCard) -> bool:
        settings = Settings(model=MODEL, preload=False)
        with TestClient(create_app(settings, pool=Pool(Cards(one), lambda _card: loaded))) as client:
            return bool(client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"])

    assert not cached(card())
    assert not cached(card().model_copy(update=change))
    assert cached(card().model_copy(update={"title": "Another"}))


def shelf(folder: Path, **changes: Any) -> Shelf:
    return Shelf(folder, **{"limit": 10_000, "age": 60.0, **changes})


def test_the_shelf_is_bounded(tmp_path: Path):
    kept = shelf(tmp_path)
    for n in range(200):
        kept.put(str(n), b"x" * 1000)
        assert kept.file.size()[1] <= 10_000
    assert kept.get("199")
    assert kept.get("0") is None


def test_what_is_old_or_from_the_future_is_not_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    kept = shelf(tmp_path)
    kept.put("a", b"x")
    for jump in (-3600, 3600):
        monkeypatch.setattr("service.bounded.time", SimpleNamespace(time=lambda jump=jump: time.time() + jump))
        assert kept.get("a") is None
    monkeypatch.undo()
    assert kept.get("a") == b"x"


def test_two_processes_share_a_shelf(tmp_path: Path):
    one, other = shelf(tmp_path), shelf(tmp_path)
    one.put("a", b"x")
    assert other.get("a") == b"x"
    other.clear()
    assert one.get("a") is None
    assert one.generation() == "1"


def test_a_damaged_file_is_set_aside(client: TestClient):
    client.post(SUMMARIES, json={"text": ARTICLE})
    path = Settings().data / "results.sqlite3"
    client.app.state.answers.cache._store._shelf.close()  # type: ignore[attr-defined]
    client.app.state.answers.cache._store._shelf.file._database = None  # type: ignore[attr-defined]
    path.write_bytes(b"torn" * 5000)
    client.app.state.answers.cache._memory.clear()  # type: ignore[attr-defined]
    assert not client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]
    assert client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]
    assert path.with_name("results.sqlite3.broken").exists()


def test_a_damaged_result_is_none():
    packed = Result(b"{}", "").pack()
    assert Result.unpack(packed) is None
    assert Result.unpack(b"") is None


def test_without_a_store_it_goes_on(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    """Locked by another process, full, or gone: answers are written, and kept in memory."""
    database = client.app.state.answers.cache._store._shelf.file._open()  # type: ignore[attr-defined]
    with sqlite3.connect(database.path, isolation_level=None) as locked:
        locked.execute("BEGIN EXCLUSIVE")
        assert client.post(SUMMARIES, json={"text": ARTICLE}).status_code == 200
        assert client.post(SUMMARIES, json={"text": ARTICLE}).json()["cached"]
        locked.execute("ROLLBACK")
    locked.close()
    database.rows("PRAGMA max_page_count = 1")
    monkeypatch.setattr("service.resting.REST", 0)
    client.app.state.answers.cache._resting._until = 0  # type: ignore[attr-defined]
    long = "The bridge over the river opened on Monday, the city said, after four years of work. " * 90
    answer = client.post(SUMMARIES, json={"text": long, "length": "long"})
    assert answer.status_code == 200
    with pytest.raises(StorageFull):
        database_full(client, b"x" * 100_000)


def database_full(client: Any, packed: bytes) -> None:
    client.app.state.answers.cache._store._shelf.put("a", packed)


def test_a_store_at_fault_is_left_alone_for_a_while(tmp_path: Path):
    asked = []

    class Away(Aside):
        async def get(self, key: str) -> bytes | None:
            asked.append(key)
            raise StorageFull("Full.")

    async def ask() -> None:
        kept = Cache(Away(shelf(tmp_path)), memory=1000, age=60)
        for _ in range(5):
            assert await kept.get("a") == (None, "none")
        await kept.close()

    asyncio.run(ask())
    assert len(asked) == 1
