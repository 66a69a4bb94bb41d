"""The webhook client: its secret, and receivers that misbehave."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from models.errors import BadSetting
from service.app import create_app
from service.jobs.webhooks import Webhooks
from service.links.fetch import FetchRules
from service.settings import Settings

SECRET = SecretStr("a secret")


@contextmanager
def receiving(answer: Callable[[Any], None]) -> Iterator[str]:
    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def delivered(url: str, *, seconds: float = 10.0) -> bool:
    return asyncio.run(Webhooks(FetchRules(("*",), True, seconds), SECRET).deliver(url, "a", b"{}"))


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_abc", "whsec_%%%%"])
def test_an_invalid_secret_is_rejected_at_startup(secret: str):
    with pytest.raises(BadSetting, match="LEDE_WEBHOOK_SECRET") as refused:
        create_app(Settings(webhook_secret=SecretStr(secret)))
    assert refused.value.hint


def test_only_the_status_of_a_response_is_read():
    sent: list[int] = []

    def endless(receiver: Any) -> None:
        receiver.send_response(200)
        receiver.end_headers()
        for _ in range(1000):
            try:
                sent.append(receiver.wfile.write(bytes(1_000_000)))
            except OSError:
                return

    with receiving(endless) as url:
        assert delivered(url)
    assert len(sent) < 100


def test_a_receiver_that_never_responds_times_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("service.jobs.webhooks.ATTEMPTS", 1)
    over = threading.Event()

    def drip(receiver: Any) -> None:
        """Sends one byte of a header at a time, each before the read timeout."""
        while not over.wait(0.02):
            try:
                receiver.wfile.write(b"H")
            except OSError:
                return

    with receiving(drip) as url:
        assert not delivered(url, seconds=0.2)
        over.set()


def test_a_disallowed_webhook_is_not_delivered(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("service.jobs.webhooks.CheckedTransport", None)
    for rules, secret in ((FetchRules(("*",)), None), (FetchRules(), SECRET), (FetchRules(("b.example",)), SECRET)):
        assert not asyncio.run(Webhooks(rules, secret).deliver("http://a.example/", "a", b"{}"))


def test_an_unexpected_error_is_not_retried(monkeypatch: pytest.MonkeyPatch):
    calls: list[str] = []

    async def post(_self: Webhooks, url: str, _name: str, _body: bytes) -> None:
        calls.append(url)
        raise UnicodeError("label too long")

    monkeypatch.setattr(Webhooks, "_post", post)
    assert not delivered("http://a.example/")
    assert len(calls) == 1
