"""The worker of bulk work, without Ray: rows in, rows with answers out, whatever comes."""

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
    """A worker sets up its process's logs: they are again what they were."""
    root = logging.getLogger()
    before, configured = (root.handlers[:], root.level), structlog.get_config()
    root.handlers.clear()
    yield
    root.handlers[:], root.level = before
    structlog.configure(**configured)


@pytest.fixture
def worker() -> Iterator[Callable[..., BulkWorker]]:
    with ExitStack() as stack:

        def made(**settings: Any) -> BulkWorker:
            return stack.enter_context(closing(BulkWorker("summaries", {"engine": "fake", **settings})))

        yield made


def columns(rows: int, **more: Any) -> dict[str, Any]:
    return {"text": [f"{ARTICLE} {n}." for n in range(rows)], "source_language": ["en"] * rows, **more}


def test_a_batch_is_answered_though_the_queue_is_short(worker: Any, monkeypatch: pytest.MonkeyPatch):
    waited: list[float] = []
    sleep = BulkWorker._answer.__globals__["asyncio"].sleep

    async def shortly(seconds: float) -> None:
        waited.append(seconds)
        await sleep(min(seconds, 0.01))

    newsroom = worker(workers=1, waiting=1)
    monkeypatch.setattr("service.bulk_worker.asyncio.sleep", shortly)
    assert newsroom(columns(8))["status"] == [200] * 8
    assert max(waited) >= 1  # the service's own sleeps are shorter


def test_keys_are_for_those_who_come_over_the_network(worker: Any):
    keys = Keys(Settings().data)
    keys.create("desk")
    keys.close()
    assert worker()(columns(2))["status"] == [200, 200]


def test_what_a_row_does_not_have_is_not_sent(worker: Any):
    wished = np.array([math.nan, 30.0])
    found = worker()(columns(2, max_words=wished, headline=[None, None], _day=[date(2026, 1, 2)] * 2))
    assert found["status"] == [200, 200]
    assert len(json.loads(found["answer"][1])["summary"].split()) <= 30


def test_a_value_that_json_has_not_costs_its_own_row_alone(worker: Any):
    found = worker()(columns(2, published=[date(2026, 1, 2), None]))
    assert found["status"] == [422, 200]


@pytest.mark.parametrize(
    ("column", "plain"),
    [
        (np.int64(3), 3),
        (np.float32("nan"), None),
        (np.array(["a", "b"]), ["a", "b"]),
        ({"a": np.float64("nan"), "b": [1.0, math.inf]}, {"b": [1.0, None]}),
        (True, True),
    ],
)
def test_columns_become_json(column: Any, plain: Any):
    assert _to_json(column) == plain


def test_redis_is_there_for_every_batch(worker: Any, redis: RedisServer, capsys: pytest.CaptureFixture[str]):
    newsroom = worker(redis_url=redis.url)
    for n in range(3):
        assert newsroom(columns(2, title=[f"Batch {n}"] * 2))["status"] == [200, 200]
    assert "closed" not in capsys.readouterr().err


def test_no_text_is_logged(worker: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    def fail(*_: Any) -> None:
        raise ValueError(SECRET)

    newsroom = worker(log_format="json")
    monkeypatch.setattr("service.answering.answers.Result.of", fail)
    found = newsroom({"text": [f"{SECRET} said on Monday that the bridge is open. {ARTICLE}"]})
    assert found["status"] == [500]
    told = capsys.readouterr().err
    assert "ValueError" in told
    assert SECRET not in told
