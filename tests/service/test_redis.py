"""Results and rate limits in Redis: shared by several services, which continue without it."""

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
def two_services(redis: RedisServer, engine: FakeEngine, rate: str) -> Iterator[tuple[TestClient, TestClient]]:
    """Clients of two services with the same Redis and the same key."""
    settings = Settings(model=MODEL, preload=False, redis_url=redis.url)
    keys = Keys(settings.data)
    headers = bearer(keys.create("desk", "admin", rate=rate))
    keys.close()
    with (
        TestClient(create_app(settings, pool=pool(engine)), headers=headers) as one,
        TestClient(create_app(settings, pool=pool(engine)), headers=headers) as other,
    ):
        yield one, other


def is_cached(client: TestClient, text: str) -> bool:
    """Requests a summary; returns whether it came from the cache."""
    answer = client.post(SUMMARIES, json={"text": text})
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["cached"])


def test_results_are_shared_and_written_again_without_redis(
    redis: RedisServer, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("service.answering.cache.CHECK_INTERVAL", 0)
    monkeypatch.setattr("service.storage.circuit_breaker.OPEN_SECONDS", 0)
    with two_services(redis, engine, "1000/hour") as (one, other):
        assert not is_cached(one, ARTICLE)
        assert is_cached(other, ARTICLE)
        assert not (Settings().data / "results.sqlite3").exists()
        redis.stop()
        assert not is_cached(one, LEAD)
        assert is_cached(one, LEAD)
        assert not is_cached(other, LEAD)
        redis.start()
        assert not is_cached(one, f"{LEAD} It rained.")
        assert is_cached(other, f"{LEAD} It rained.")
        one.delete("/v1/cache")
        assert not is_cached(other, f"{LEAD} It rained.")


def test_rates_are_counted_together_and_separately_without_redis(
    redis: RedisServer, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("service.storage.circuit_breaker.OPEN_SECONDS", 0)
    with two_services(redis, engine, "2/hour") as (one, other):

        def ask(client: TestClient) -> int:
            return client.post(LANGUAGE, json={"text": LEAD}).status_code

        assert [ask(one), ask(other), ask(one), ask(other)] == [200, 200, 429, 429]
        redis.stop()
        assert [ask(client) for client in (one, other, one, other, one)] == [200, 200, 200, 200, 429]
        redis.start()
        assert [ask(one), ask(other), ask(one)] == [200, 200, 429]
        refused = other.post(LANGUAGE, json={"text": LEAD})
        assert problem(refused, 429)["type"] == "urn:lede:problem:rate-exceeded"
        assert int(refused.headers["retry-after"]) > 0


def test_a_redis_that_hangs_delays_one_request(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("service.access.rate_limits.TIMEOUT", 0.01)
    key = Key("a", "desk", "", "write", "1000/hour", None, 0.0, None)

    async def check() -> None:
        limiter = RateLimiter(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        for _ in range(5):
            await limiter.check(key)
        await limiter.close()

    with socket.create_server(("127.0.0.1", 0)) as silent, structlog.testing.capture_logs() as logged:
        asyncio.run(check())
    assert [line["event"] for line in logged] == ["rate limits are counted in this process only"]
