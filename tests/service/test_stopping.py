"""SIGTERM under load: accepted requests are answered, or cut off with an error after the drain time."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from tests.conftest import MODEL
from tests.desk import FRENCH, LEAD
from tests.service.test_problems import problem

CALLERS = 12
LONG = 30


@pytest.fixture
def go(tmp_path: Path) -> Path:
    """The file whose existence releases the engine."""
    return tmp_path / "go"


@pytest.fixture
def start(go: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start_server(drain: int) -> subprocess.Popen[str]:
        settings = {"MODEL": MODEL, "PRELOAD": "false", "DRAIN_SECONDS": str(drain), "LOG_FORMAT": "json"}
        for name, value in settings.items():
            monkeypatch.setenv(f"LEDE_{name}", value)
        command = [sys.executable, "-m", "tests.service.stopped", str(go)]
        started.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start_server
    for process in started:
        process.kill()
        process.communicate()


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stderr
    address = next(filter(None, (re.search(r"http://\S+", line) for line in process.stderr)))[0]
    while True:
        try:
            httpx2.get(f"{address}/healthz")
        except httpx2.ConnectError:
            time.sleep(0.01)
        else:
            return address


def ask(address: str, n: int) -> httpx2.Response:
    body = {"text": f"{LEAD}\n\nNumber {n}.", "source_language": "en", "target_language": "fr"}
    return httpx2.post(f"{address}/v1/translations", json=body, timeout=LONG)


def wait_until_all_are_accepted(address: str) -> None:
    while f"lede_requests_open {CALLERS + 1}.0" not in httpx2.get(f"{address}/metrics").text:
        time.sleep(0.01)


def wait_until_none_is_accepted(address: str) -> None:
    host, _, port = address.removeprefix("http://").partition(":")
    while True:
        with socket.socket() as connection:
            if connection.connect_ex((host, int(port))):
                return
        time.sleep(0.01)


def test_accepted_requests_are_answered(start: Callable[[int], subprocess.Popen[str]], go: Path):
    process = start(LONG)
    address = address_of(process)
    with ThreadPoolExecutor(CALLERS) as callers:
        futures = [callers.submit(ask, address, n) for n in range(CALLERS)]
        wait_until_all_are_accepted(address)
        process.send_signal(signal.SIGTERM)
        wait_until_none_is_accepted(address)
        go.touch()
        answers = [one.result() for one in futures]
    assert [answer.status_code for answer in answers] == [200] * CALLERS
    texts = [answer.json()["translations"][0]["text"] for answer in answers]
    assert texts == [f"{FRENCH[LEAD]}\n\nNumber {n}." for n in range(CALLERS)]
    assert "requests cancelled" not in process.communicate(timeout=LONG)[1]


def test_requests_beyond_the_drain_time_get_an_error(start: Callable[[int], subprocess.Popen[str]]):
    process = start(1)
    address = address_of(process)
    with ThreadPoolExecutor(CALLERS) as callers:
        futures = [callers.submit(ask, address, n) for n in range(CALLERS)]
        wait_until_all_are_accepted(address)
        process.send_signal(signal.SIGTERM)
        answers = [one.result() for one in futures]
    for answer in answers:
        problem(answer, 503)
        assert answer.json()["detail"] == "The service is stopping."
        assert int(answer.headers["retry-after"]) > 0
    log = process.communicate(timeout=LONG)[1]
    assert f'"requests": {CALLERS}, "event": "requests cancelled"' in log
    assert "Traceback" not in log
    assert '"exception"' not in log


def test_the_server_uses_the_connection_class(start: Callable[[int], subprocess.Popen[str]]):
    host, _, port = address_of(start(1)).removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=LONG) as caller:
        caller.sendall(b"GET /healthz HTTP/1.1\r\n\r\n")  # the Host header is missing
        assert caller.recv(100).startswith(b"HTTP/1.1 400 ")
