"""Callers who open and leave, or dawdle; and a service that is told to stop while it works."""

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
from tests.desk import LEAD, newsroom, pool
from tests.service.serving import serving

HEAD = b"POST /v1/language HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n"


def app() -> object:
    return create_app(Settings(model=MODEL, preload=False), pool=pool(FakeEngine(answer=newsroom, window=2048)))


def call(address: str) -> socket.socket:
    caller = socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])))
    caller.settimeout(20)
    return caller


def test_a_thousand_connections_are_opened_and_left(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 1.0)
    with serving(app()) as address:  # type: ignore[arg-type]
        callers = [call(address) for _ in range(1000)]
        assert httpx2.get(f"{address}/healthz", timeout=20).status_code == 200
        assert {caller.recv(1) for caller in callers} == {b""}
        assert httpx2.get(f"{address}/healthz", timeout=20).status_code == 200
        for caller in callers:
            caller.close()


@pytest.mark.parametrize("said", [b"", b"POST /v1/lang", HEAD])
def test_a_head_that_does_not_end_is_hung_up_on(said: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    with serving(app()) as address, call(address) as caller:  # type: ignore[arg-type]
        caller.sendall(said)
        assert caller.recv(1000) == b""


def test_so_is_the_second_one_of_a_connection(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    with serving(app()) as address, call(address) as caller:  # type: ignore[arg-type]
        caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        told = b""
        while not told.endswith(b"}"):
            told += caller.recv(1000)
        assert told.startswith(b"HTTP/1.1 200")
        caller.sendall(b"GET /heal")
        assert caller.recv(1000) == b""


def test_a_connection_that_is_used_is_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    with serving(app()) as address, call(address) as caller:  # type: ignore[arg-type]
        for _ in range(20):
            caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            told = b""
            while not told.endswith(b"}"):
                some = caller.recv(1000)
                assert some
                told += some
            time.sleep(0.03)


def test_a_body_that_does_not_come_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(middleware, "BODY_SECONDS", 0.2)
    with serving(app()) as address, call(address) as caller:  # type: ignore[arg-type]
        caller.sendall(HEAD + b"\r\n{")
        assert b" 408 " in caller.recv(1000)


def test_a_service_that_stops_answers_what_it_took_in():
    told = threading.Event()

    def answer(prompt: Prompt) -> str:
        assert told.wait(60)
        return newsroom(prompt)

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
        asked = [callers.submit(ask, n) for n in range(8)]
        while application.state.metrics.open._value.get() < 8:
            time.sleep(0.005)
        server.handle_exit(15, None)
        while server.servers[0].is_serving():
            time.sleep(0.005)
        told.set()
        assert [answer.result() for answer in asked] == [200] * 8
    thread.join()
