"""The worker of bulk processing, without Ray."""

import json
import logging
import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date
from typing import Any

import numpy as np
import pytest
import structlog

from service.access.keys import Keys
from service.bulk_worker import BulkWorker, _to_json
from service.settings import Settings
from tests.desk import ARTICLE
from tests.service.redis_server import RedisServer

SECRET = "Zanzibarquux"


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """Restores the logging configuration, which a worker changes."""
    root = logging.getLogger()
    before, configured = (root.handlers[:], root.level), structlog.get_config()
    root.handlers.clear()
    yield
    root.handlers[:], root.level = before
    structlog.configure(**configured)


@pytest.fixture
def worker() -> Iterator[Callable[..., BulkWorker]]:
    with ExitStack() as stack:

        def create(**settings: Any) -> BulkWorker:
            return stack.enter_context(closing(BulkWorker("summaries", {"engine": "fake", **settings})))

        yield create


def columns(rows: int, **more: Any) -> dict[str, Any]:
    return {"text": [f"{ARTICLE} {n}." for n in range(rows)], "source_language": ["en"] * rows, **more}


def test_a_batch_larger_than_the_queue_is_answered(worker: Any, monkeypatch: pytest.MonkeyPatch):
    waited: list[float] = []
    sleep = BulkWorker._answer.__globals__["asyncio"].sleep

    async def sleep_briefly(seconds: float) -> None:
        waited.append(seconds)
        await sleep(min(seconds, 0.01))

    bulk_worker = worker(workers=1, waiting=1)
    monkeypatch.setattr("service.bulk_worker.asyncio.sleep", sleep_briefly)
    assert bulk_worker(columns(8))["status"] == [200] * 8
    assert max(waited) >= 1  # the service's own sleeps are shorter


def test_no_key_is_needed(worker: Any):
    keys = Keys(Settings().data)
    keys.create("desk")
    keys.close()
    assert worker()(columns(2))["status"] == [200, 200]


def test_missing_values_are_not_sent(worker: Any):
    max_words = np.array([math.nan, 30.0])
    results = worker()(columns(2, max_words=max_words, headline=[None, None], _day=[date(2026, 1, 2)] * 2))
    assert results["status"] == [200, 200]
    assert len(json.loads(results["answer"][1])["summary"].split()) <= 30


def test_a_value_that_json_cannot_represent_fails_only_its_row(worker: Any):
    results = worker()(columns(2, published=[date(2026, 1, 2), None]))
    assert results["status"] == [422, 200]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (np.int64(3), 3),
        (np.float32("nan"), None),
        (np.array(["a", "b"]), ["a", "b"]),
        ({"a": np.float64("nan"), "b": [1.0, math.inf]}, {"b": [1.0, None]}),
        (True, True),
    ],
)
def test_columns_are_converted_to_json(column: Any, expected: Any):
    assert _to_json(column) == expected


def test_redis_works_for_every_batch(worker: Any, redis: RedisServer, capsys: pytest.CaptureFixture[str]):
    bulk_worker = worker(redis_url=redis.url)
    for n in range(3):
        assert bulk_worker(columns(2, title=[f"Batch {n}"] * 2))["status"] == [200, 200]
    assert "closed" not in capsys.readouterr().err


def test_no_text_is_logged(worker: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    def fail(*_: Any) -> None:
        raise ValueError(SECRET)

    bulk_worker = worker(log_format="json")
    monkeypatch.setattr("service.answering.answers.Result.of", fail)
    results = bulk_worker({"text": [f"{SECRET} said on Monday that the bridge is open. {ARTICLE}"]})
    assert results["status"] == [500]
    told = capsys.readouterr().err
    assert "ValueError" in told
    assert SECRET not in told
