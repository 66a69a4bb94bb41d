"""Callers who leave: their work stops at its next token, and the model is free for others."""

import time
from collections.abc import Callable

import httpx2
import pytest

from models.engines.fake import FakeEngine
from service.app import create_app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import ARTICLE, newsroom, pool
from tests.service.serving import serving

WORDS = len(ARTICLE.split())


def stream(address: str) -> None:
    with (
        httpx2.Client() as client,
        client.stream(
            "POST", f"{address}/v1/summaries", json={"text": ARTICLE, "length": "long", "stream": True}
        ) as answer,
    ):
        for line in answer.iter_lines():
            if "writing" in line:
                return


def wait(address: str) -> None:
    with pytest.raises(httpx2.ReadTimeout):
        httpx2.post(f"{address}/v1/summaries", json={"text": ARTICLE, "length": "long"}, timeout=0.3)


@pytest.mark.parametrize("leave", [stream, wait])
def test_work_nobody_waits_for_stops(leave: Callable[[str], None]):
    written = 0

    def count(prompt: object) -> str:
        nonlocal written
        written += 1
        return newsroom(prompt)  # type: ignore[arg-type]

    engine = FakeEngine(answer=count, window=2048, delay=0.1)
    with serving(create_app(Settings(model=MODEL, preload=False), pool=pool(engine))) as address:
        started = time.monotonic()
        leave(address)
        while httpx2.get(f"{address}/v1/models").json()["models"][0]["users"]:
            time.sleep(0.02)
        assert time.monotonic() - started < WORDS * engine._delay
        assert written == 1
        engine._delay = 0
        assert httpx2.post(f"{address}/v1/summaries", json={"text": ARTICLE}).status_code == 200
