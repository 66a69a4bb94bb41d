"""Identical requests at once are one piece of work, whoever of them hangs up."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from models.engines.fake import FakeEngine
from models.protocol import Prompt
from service.app import create_app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import ARTICLE, FIGURES, LEAD, newsroom, pool
from tests.service.serving import serving

BODY = {"text": ARTICLE}


class Held(FakeEngine):
    """Answers when it is let to."""

    def __init__(self) -> None:
        super().__init__(answer=self._held, window=2048)
        self.asked = threading.Event()
        self.go = threading.Event()
        self.calls = 0

    def _held(self, prompt: Prompt) -> str:
        self.calls += 1
        self.asked.set()
        assert self.go.wait(20)
        return newsroom(prompt)


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def address(held: Held) -> Iterator[str]:
    with serving(create_app(Settings(model=MODEL, preload=False), pool=pool(held))) as at:
        yield at
        held.go.set()


def ask(address: str) -> httpx2.Response:
    return httpx2.post(f"{address}/v1/summaries", json=BODY, timeout=20)


def knock(address: str) -> socket.socket:
    """A caller who has asked, and hangs up when the socket is closed."""
    body = json.dumps(BODY).encode()
    caller = socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])))
    head = "POST /v1/summaries HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json"
    caller.sendall(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    return caller


def stream(address: str) -> str:
    return httpx2.post(f"{address}/v1/summaries", json={**BODY, "stream": True}, timeout=20).text


def waiting(address: str, callers: int) -> None:
    """Returns when so many requests are under way."""
    until(address, f"lede_requests_open {callers + 1}.0")


def joined(address: str, callers: int) -> None:
    """Returns when so many requests have found nothing kept, and with that share one piece of work."""
    until(address, f'lede_cache_lookups_total{{found="none"}} {callers}.0')


def until(address: str, line: str) -> None:
    for _ in range(500):
        if line in httpx2.get(f"{address}/metrics").text:
            return
        time.sleep(0.01)
    raise AssertionError(f"the metrics never said {line}")


def test_plain_and_streamed_requests_share_one_piece_of_work(address: str, held: Held):
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(ask, address) for _ in range(4)]
        held.asked.wait(10)
        streams = [pool.submit(stream, address) for _ in range(4)]
        joined(address, 8)
        held.go.set()
        plain = {answer.result().json()["summary"] for answer in answers}
        told = {one.result() for one in streams}
    assert held.calls == 1
    assert len(plain) == 1
    assert len(told) == 1
    (events,) = told
    assert [LEAD in events, FIGURES in events, "event: result" in events] == [True] * 3
    assert events.count("event: delta") == 2


def test_each_deadline_is_its_callers_own_and_the_model_still_writes_once(held: Held):
    hasty = {**BODY, "deadline_ms": 60_000}
    models = pool(held)
    app = create_app(Settings(model=MODEL, preload=False), pool=models)
    with serving(app) as address, ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(httpx2.post, f"{address}/v1/summaries", json=hasty, timeout=20) for _ in range(2)]
        held.asked.wait(10)
        joined(address, 2)
        while not models.statistics()[MODEL].counts.get("shared"):
            time.sleep(0.01)
        assert len(app.state.answers.flights) == 2
        held.go.set()
        assert [answer.result().status_code for answer in answers] == [200, 200]
    assert held.calls == 1


def test_when_the_first_caller_hangs_up_the_others_still_get_it(address: str, held: Held):
    with ThreadPoolExecutor(1) as pool:
        first = knock(address)
        held.asked.wait(10)
        other = pool.submit(ask, address)
        joined(address, 2)
        first.close()
        waiting(address, 1)
        held.go.set()
        assert other.result().status_code == 200
    assert held.calls == 1


def test_when_all_hang_up_the_work_stops_and_the_next_begins_anew(address: str, held: Held):
    callers = [knock(address), knock(address)]
    joined(address, 2)
    held.asked.wait(10)
    for caller in callers:
        caller.close()
    waiting(address, 0)
    held.go.set()
    while httpx2.get(f"{address}/v1/models").json()["models"][0]["active_requests"]:
        time.sleep(0.01)
    calls = held.calls
    answer = ask(address)
    assert (answer.status_code, answer.json()["cached"]) == (200, False)
    assert held.calls > calls


def test_a_failure_is_told_to_all_and_to_nobody_after_them(address: str, held: Held):
    held._answer = lambda _prompt: str(held.go.wait(20) and 1 / 0)
    with ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(ask, address) for _ in range(3)]
        waiting(address, 3)
        held.go.set()
        assert {answer.result().status_code for answer in answers} == {500}
    held._answer = newsroom
    assert ask(address).status_code == 200
