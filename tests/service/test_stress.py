"""Idle and slow connections, and a service that stops while it is busy."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
import uvicorn

from models.engines.fake import FakeEngine
from models.protocol import Prompt
from service.app import create_app
from service.http import connections, middleware
from service.http.connections import Connection
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import LEAD, answer_prompt, pool
from tests.service.serving import serving

HEAD = b"POST /v1/language HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n"


def app() -> object:
    return create_app(Settings(model=MODEL, preload=False), pool=pool(FakeEngine(answer=answer_prompt, window=2048)))


def connect(address: str) -> socket.socket:
    caller = socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])))
    caller.settimeout(20)
    return caller


def test_a_thousand_idle_connections_are_closed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 1.0)
    with serving(app()) as address:  # type: ignore[arg-type]
        callers = [connect(address) for _ in range(1000)]
        assert httpx2.get(f"{address}/healthz", timeout=20).status_code == 200
        assert {caller.recv(1) for caller in callers} == {b""}
        assert httpx2.get(f"{address}/healthz", timeout=20).status_code == 200
        for caller in callers:
            caller.close()


@pytest.mark.parametrize("sent", [b"", b"POST /v1/lang", HEAD])
def test_an_incomplete_head_times_out(sent: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    with serving(app()) as address, connect(address) as caller:  # type: ignore[arg-type]
        caller.sendall(sent)
        assert caller.recv(1000) == b""


def test_an_incomplete_second_head_times_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    with serving(app()) as address, connect(address) as caller:  # type: ignore[arg-type]
        caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = b""
        while not received.endswith(b"}"):
            received += caller.recv(1000)
        assert received.startswith(b"HTTP/1.1 200")
        caller.sendall(b"GET /heal")
        assert caller.recv(1000) == b""


def test_an_active_connection_stays_open(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    with serving(app()) as address, connect(address) as caller:  # type: ignore[arg-type]
        for _ in range(20):
            caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            received = b""
            while not received.endswith(b"}"):
                part = caller.recv(1000)
                assert part
                received += part
            time.sleep(0.03)


def test_a_body_that_is_not_sent_times_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(middleware, "BODY_SECONDS", 0.2)
    with serving(app()) as address, connect(address) as caller:  # type: ignore[arg-type]
        caller.sendall(HEAD + b"\r\n{")
        assert b" 408 " in caller.recv(1000)


def test_a_stopping_service_answers_accepted_requests():
    released = threading.Event()

    def answer(prompt: Prompt) -> str:
        assert released.wait(60)
        return answer_prompt(prompt)

    engine = FakeEngine(answer=answer, window=2048)
    application = create_app(Settings(model=MODEL, preload=False), pool=pool(engine))
    config = uvicorn.Config(
        application, port=0, log_config=None, access_log=False, http=Connection, timeout_graceful_shutdown=60
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"

    def ask(n: int) -> int:
        body = {"text": f"{LEAD} {n}", "source_language": "en", "target_language": "fr"}
        return httpx2.post(f"{address}/v1/translations", json=body, timeout=60).status_code

    with ThreadPoolExecutor(8) as callers:
        futures = [callers.submit(ask, n) for n in range(8)]
        while application.state.metrics.open._value.get() < 8:
            time.sleep(0.005)
        server.handle_exit(15, None)
        while server.servers[0].is_serving():
            time.sleep(0.005)
        released.set()
        assert [answer.result() for answer in futures] == [200] * 8
    thread.join()
