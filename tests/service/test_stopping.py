"""SIGTERM under load: what was let in is answered, and what cannot be in time is told so."""

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
    """The file that lets the engine write."""
    return tmp_path / "go"


@pytest.fixture
def start(go: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def begin(drain: int) -> subprocess.Popen[str]:
        settings = {"MODEL": MODEL, "PRELOAD": "false", "DRAIN_SECONDS": str(drain), "LOG_FORMAT": "json"}
        for name, value in settings.items():
            monkeypatch.setenv(f"LEDE_{name}", value)
        command = [sys.executable, "-m", "tests.service.stopped", str(go)]
        started.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stderr
    found = next(filter(None, (re.search(r"http://\S+", line) for line in process.stderr)))[0]
    while True:
        try:
            httpx2.get(f"{found}/healthz")
        except httpx2.ConnectError:
            time.sleep(0.01)
        else:
            return found


def ask(address: str, n: int) -> httpx2.Response:
    wanted = {"text": f"{LEAD}\n\nNumber {n}.", "source_language": "en", "target_language": "fr"}
    return httpx2.post(f"{address}/v1/translations", json=wanted, timeout=LONG)


def until_all_are_in(address: str) -> None:
    while f"lede_requests_open {CALLERS + 1}.0" not in httpx2.get(f"{address}/metrics").text:
        time.sleep(0.01)


def until_nobody_is_let_in(address: str) -> None:
    host, _, port = address.removeprefix("http://").partition(":")
    while True:
        with socket.socket() as knocking:
            if knocking.connect_ex((host, int(port))):
                return
        time.sleep(0.01)


def test_what_was_let_in_is_answered(start: Callable[[int], subprocess.Popen[str]], go: Path):
    process = start(LONG)
    address = address_of(process)
    with ThreadPoolExecutor(CALLERS) as callers:
        asked = [callers.submit(ask, address, n) for n in range(CALLERS)]
        until_all_are_in(address)
        process.send_signal(signal.SIGTERM)
        until_nobody_is_let_in(address)
        go.touch()
        answers = [one.result() for one in asked]
    assert [answer.status_code for answer in answers] == [200] * CALLERS
    texts = [answer.json()["translations"][0]["text"] for answer in answers]
    assert texts == [f"{FRENCH[LEAD]}\n\nNumber {n}." for n in range(CALLERS)]
    assert "requests cancelled" not in process.communicate(timeout=LONG)[1]


def test_what_is_cut_off_is_told_so(start: Callable[[int], subprocess.Popen[str]]):
    process = start(1)
    address = address_of(process)
    with ThreadPoolExecutor(CALLERS) as callers:
        asked = [callers.submit(ask, address, n) for n in range(CALLERS)]
        until_all_are_in(address)
        process.send_signal(signal.SIGTERM)
        answers = [one.result() for one in asked]
    for answer in answers:
        problem(answer, 503)
        assert answer.json()["detail"] == "The service is stopping."
        assert int(answer.headers["retry-after"]) > 0
    told = process.communicate(timeout=LONG)[1]
    assert f'"requests": {CALLERS}, "event": "requests cancelled"' in told
    assert "Traceback" not in told
    assert '"exception"' not in told


def test_callers_are_hung_up_on_as_connections_say(start: Callable[[int], subprocess.Popen[str]]):
    host, _, port = address_of(start(1)).removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=LONG) as caller:
        caller.sendall(b"GET /healthz HTTP/1.1\r\n\r\n")  # a request that names no host is none
        assert caller.recv(100).startswith(b"HTTP/1.1 400 ")
