"""Callers who leave: their work stops at its next token, and the model is free for others."""

import time
from collections.abc import Callable
from types import SimpleNamespace

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
def test_work_nobody_waits_for_stops(leave: Callable[[str], None], monkeypatch: pytest.MonkeyPatch):
    words = 0

    def count(_seconds: float) -> None:
        nonlocal words
        words += 1
        time.sleep(0.1)

    monkeypatch.setattr("models.engines.fake.time", SimpleNamespace(sleep=count))
    engine = FakeEngine(answer=newsroom, window=2048)
    with serving(create_app(Settings(model=MODEL, preload=False), pool=pool(engine))) as address:
        leave(address)
        while httpx2.get(f"{address}/v1/models").json()["models"][0]["users"]:
            time.sleep(0.02)
        assert words < WORDS / 2
        assert len(engine.seen) <= 1
        monkeypatch.undo()
        assert httpx2.post(f"{address}/v1/summaries", json={"text": ARTICLE}).status_code == 200
