"""Answers and rates in Redis: shared by several services, and done without while it is away."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from service.access.keys import Key, Keys
from service.access.rate_limits import RateLimiter
from service.app import create_app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import ARTICLE, LEAD, pool
from tests.service.access.test_keys import bearer
from tests.service.redis_server import RedisServer
from tests.service.test_problems import problem

SUMMARIES, LANGUAGE = "/v1/summaries", "/v1/language"


@contextmanager
def two(redis: RedisServer, engine: FakeEngine, rate: str) -> Iterator[tuple[TestClient, TestClient]]:
    """Two services with one Redis, and clients of both with one key."""
    settings = Settings(model=MODEL, preload=False, redis_url=redis.url)
    keys = Keys(settings.data)
    headers = bearer(keys.create("desk", "admin", rate=rate))
    keys.close()
    with (
        TestClient(create_app(settings, pool=pool(engine)), headers=headers) as one,
        TestClient(create_app(settings, pool=pool(engine)), headers=headers) as other,
    ):
        yield one, other


def summary(client: TestClient, text: str) -> bool:
    """Whether it was written before."""
    answer = client.post(SUMMARIES, json={"text": text})
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["cached"])


def test_answers_are_shared_and_written_anew_while_it_is_gone(
    redis: RedisServer, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("service.answering.cache.CHECK_INTERVAL", 0)
    monkeypatch.setattr("service.storage.circuit_breaker.OPEN_SECONDS", 0)
    with two(redis, engine, "1000/hour") as (one, other):
        assert not summary(one, ARTICLE)
        assert summary(other, ARTICLE)
        assert not (Settings().data / "results.sqlite3").exists()
        redis.stop()
        assert not summary(one, LEAD)
        assert summary(one, LEAD)
        assert not summary(other, LEAD)
        redis.start()
        assert not summary(one, f"{LEAD} It rained.")
        assert summary(other, f"{LEAD} It rained.")
        one.delete("/v1/cache")
        assert not summary(other, f"{LEAD} It rained.")


def test_rates_are_counted_together_and_apart_while_it_is_gone(
    redis: RedisServer, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("service.storage.circuit_breaker.OPEN_SECONDS", 0)
    with two(redis, engine, "2/hour") as (one, other):

        def ask(client: TestClient) -> int:
            return client.post(LANGUAGE, json={"text": LEAD}).status_code

        assert [ask(one), ask(other), ask(one), ask(other)] == [200, 200, 429, 429]
        redis.stop()
        assert [ask(client) for client in (one, other, one, other, one)] == [200, 200, 200, 200, 429]
        redis.start()
        assert [ask(one), ask(other), ask(one)] == [200, 200, 429]
        told = other.post(LANGUAGE, json={"text": LEAD})
        assert problem(told, 429)["type"] == "urn:lede:problem:rate-exceeded"
        assert int(told.headers["retry-after"]) > 0


def test_one_that_hangs_is_waited_for_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("service.access.rate_limits.TIMEOUT", 0.01)
    key = Key("a", "desk", "", "write", "1000/hour", None, 0.0, None)

    async def check() -> None:
        limits = RateLimiter(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        for _ in range(5):
            await limits.check(key)
        await limits.close()

    with socket.create_server(("127.0.0.1", 0)) as silent, structlog.testing.capture_logs() as logged:
        asyncio.run(check())
    assert [line["event"] for line in logged] == ["rates are counted in this process alone"]
