"""Clients that disconnect: their work stops at the next token, and the model is free for others."""

import asyncio
import time
from collections.abc import Callable
from types import SimpleNamespace

import httpx2
import pytest
import structlog
from starlette.types import Message, Scope

from models.engines.fake import FakeEngine
from service.app import create_app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import ARTICLE, answer_prompt, pool
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
def test_work_stops_when_its_client_disconnects(leave: Callable[[str], None], monkeypatch: pytest.MonkeyPatch):
    words = 0

    def count(_seconds: float) -> None:
        nonlocal words
        words += 1
        time.sleep(0.1)

    monkeypatch.setattr("models.engines.fake.time", SimpleNamespace(sleep=count))
    engine = FakeEngine(answer=answer_prompt, window=2048)
    with serving(create_app(Settings(model=MODEL, preload=False), pool=pool(engine))) as address:
        leave(address)
        while httpx2.get(f"{address}/v1/models").json()["models"][0]["active_requests"]:
            time.sleep(0.02)
        assert words < WORDS / 2
        assert len(engine.prompts) <= 1
        monkeypatch.undo()
        assert httpx2.post(f"{address}/v1/summaries", json={"text": ARTICLE}).status_code == 200


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/v1/summaries", "application/json"),
        ("/v1/documents", "text/plain"),
        ("/v1/memory", "application/xml"),
        ("/v1/jobs", "application/jsonl"),
        ("/translate", "application/json"),
        ("/v2/translate", "application/x-www-form-urlencoded"),
        ("/v2/document", "multipart/form-data; boundary=x"),
    ],
)
def test_an_incomplete_body_is_not_logged_as_a_failure(path: str, kind: str):
    parts: list[Message] = [{"type": "http.request", "body": b"a", "more_body": True}, {"type": "http.disconnect"}]
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(b"content-type", kind.encode()), (b"transfer-encoding", b"chunked")],
    }

    async def receive() -> Message:
        return parts.pop(0) if len(parts) > 1 else parts[0]

    async def send(_message: Message) -> None:
        """The client has disconnected."""

    app = create_app(Settings(model=MODEL, preload=False), pool=pool())
    with structlog.testing.capture_logs() as logs:
        asyncio.run(app(scope, receive, send))
    assert [line["event"] for line in logs] == ["request"]
