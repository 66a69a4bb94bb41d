"""Webhooks by themselves: their secret, and receivers that answer without end."""

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


def called(url: str, *, seconds: float = 10.0) -> bool:
    return asyncio.run(Webhooks(FetchRules(("*",), True, seconds), SECRET).call(url, "a", b"{}"))


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_abc", "whsec_%%%%"])
def test_a_secret_that_signs_nothing_is_refused_at_the_start(secret: str):
    with pytest.raises(BadSetting, match="LEDE_WEBHOOK_SECRET") as refused:
        create_app(Settings(webhook_secret=SecretStr(secret)))
    assert refused.value.hint


def test_of_an_answer_the_status_alone_is_read():
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
        assert called(url)
    assert len(sent) < 100


def test_a_receiver_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("service.jobs.webhooks.ATTEMPTS", 1)
    over = threading.Event()

    def drip(receiver: Any) -> None:
        """A byte of a header at a time, each sooner than a read gives up."""
        while not over.wait(0.02):
            try:
                receiver.wfile.write(b"H")
            except OSError:
                return

    with receiving(drip) as url:
        assert not called(url, seconds=0.2)
        over.set()


def test_a_service_whose_webhooks_were_turned_off_calls_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("service.jobs.webhooks.Transport", None)
    for rules, secret in ((FetchRules(("*",)), None), (FetchRules(), SECRET), (FetchRules(("b.example",)), SECRET)):
        assert not asyncio.run(Webhooks(rules, secret).call("http://a.example/", "a", b"{}"))


def test_a_call_that_cannot_be_made_at_all_is_not_made_again(monkeypatch: pytest.MonkeyPatch):
    calls: list[str] = []

    async def post(_self: Webhooks, url: str, _name: str, _body: bytes) -> None:
        calls.append(url)
        raise UnicodeError("label too long")

    monkeypatch.setattr(Webhooks, "_post", post)
    assert not called("http://a.example/")
    assert len(calls) == 1
