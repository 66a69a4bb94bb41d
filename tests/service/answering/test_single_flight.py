"""Identical simultaneous requests share one piece of work, even if some clients disconnect."""

import asyncio
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
from service.answering.single_flight import SingleFlight
from service.app import create_app
from service.settings import Settings
from summarizer.watch import Watch
from tests.conftest import MODEL
from tests.desk import ARTICLE, FIGURES, LEAD, answer_prompt, pool
from tests.service.serving import serving

BODY = {"text": ARTICLE}


class HeldEngine(FakeEngine):
    """Answers once it is released."""

    def __init__(self) -> None:
        super().__init__(answer=self._held, window=2048)
        self.prompted = threading.Event()
        self.released = threading.Event()
        self.calls = 0

    def _held(self, prompt: Prompt) -> str:
        self.calls += 1
        self.prompted.set()
        assert self.released.wait(20)
        return answer_prompt(prompt)


@pytest.fixture
def held() -> HeldEngine:
    return HeldEngine()


@pytest.fixture
def address(held: HeldEngine) -> Iterator[str]:
    with serving(create_app(Settings(model=MODEL, preload=False), pool=pool(held))) as at:
        yield at
        held.released.set()


def ask(address: str) -> httpx2.Response:
    return httpx2.post(f"{address}/v1/summaries", json=BODY, timeout=20)


def open_request(address: str) -> socket.socket:
    """Sends a request; closing the socket disconnects the client."""
    body = json.dumps(BODY).encode()
    caller = socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])))
    head = "POST /v1/summaries HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json"
    caller.sendall(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    return caller


def stream(address: str) -> str:
    return httpx2.post(f"{address}/v1/summaries", json={**BODY, "stream": True}, timeout=20).text


def wait_until_open(address: str, callers: int) -> None:
    """Returns when this number of requests is under way."""
    wait_for_metric(address, f"lede_requests_open {callers + 1}.0")


def wait_until_joined(address: str, callers: int) -> None:
    """Returns when this number of requests has missed the cache, and so has joined a flight."""
    wait_for_metric(address, f'lede_cache_lookups_total{{found="none"}} {callers}.0')


def wait_for_metric(address: str, line: str) -> None:
    for _ in range(500):
        if line in httpx2.get(f"{address}/metrics").text:
            return
        time.sleep(0.01)
    raise AssertionError(f"the metrics never had {line}")


def test_plain_and_streamed_requests_share_a_flight(address: str, held: HeldEngine):
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(ask, address) for _ in range(4)]
        held.prompted.wait(10)
        streams = [pool.submit(stream, address) for _ in range(4)]
        wait_until_joined(address, 8)
        held.released.set()
        plain = {answer.result().json()["summary"] for answer in answers}
        streamed = {one.result() for one in streams}
    assert held.calls == 1
    assert len(plain) == 1
    assert len(streamed) == 1
    (events,) = streamed
    assert [LEAD in events, FIGURES in events, "event: result" in events] == [True] * 3
    assert events.count("event: delta") == 2


def test_requests_with_deadlines_share_only_the_models_work(held: HeldEngine):
    with_deadline = {**BODY, "deadline_ms": 60_000}
    models = pool(held)
    app = create_app(Settings(model=MODEL, preload=False), pool=models)
    with serving(app) as address, ThreadPoolExecutor(2) as threads:
        answers = [
            threads.submit(httpx2.post, f"{address}/v1/summaries", json=with_deadline, timeout=20) for _ in range(2)
        ]
        held.prompted.wait(10)
        wait_until_joined(address, 2)
        while not models.statistics()[MODEL].counts.get("shared"):
            time.sleep(0.01)
        assert len(app.state.answers.flights) == 2
        held.released.set()
        assert [answer.result().status_code for answer in answers] == [200, 200]
    assert held.calls == 1


def test_when_the_first_client_disconnects_the_others_are_answered(address: str, held: HeldEngine):
    with ThreadPoolExecutor(1) as pool:
        first = open_request(address)
        held.prompted.wait(10)
        other = pool.submit(ask, address)
        wait_until_joined(address, 2)
        first.close()
        wait_until_open(address, 1)
        held.released.set()
        assert other.result().status_code == 200
    assert held.calls == 1


def test_when_all_clients_disconnect_the_work_is_cancelled(address: str, held: HeldEngine):
    callers = [open_request(address), open_request(address)]
    wait_until_joined(address, 2)
    held.prompted.wait(10)
    for caller in callers:
        caller.close()
    wait_until_open(address, 0)
    held.released.set()
    while httpx2.get(f"{address}/v1/models").json()["models"][0]["active_requests"]:
        time.sleep(0.01)
    calls = held.calls
    answer = ask(address)
    assert (answer.status_code, answer.json()["cached"]) == (200, False)
    assert held.calls > calls


def test_a_failure_reaches_all_callers_and_no_later_one(address: str, held: HeldEngine):
    held._answer = lambda _prompt: str(held.released.wait(20) and 1 / 0)
    with ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(ask, address) for _ in range(3)]
        wait_until_open(address, 3)
        held.released.set()
        assert {answer.result().status_code for answer in answers} == {500}
    held._answer = answer_prompt
    assert ask(address).status_code == 200


def test_with_a_grace_period_work_and_results_outlive_their_last_caller():
    calls = 0

    async def run() -> None:
        flights: SingleFlight[str] = SingleFlight(grace=60)
        released = asyncio.Event()

        async def work(_watch: Watch) -> str:
            nonlocal calls
            calls += 1
            await released.wait()
            return "done"

        with flights.join("a", work):
            pass
        with flights.join("a", work) as retry:
            released.set()
            assert await retry.task == "done"
        with flights.join("a", work) as late_retry:
            assert await late_retry.task == "done"

    asyncio.run(run())
    assert calls == 1


def test_after_the_grace_period_work_is_cancelled():
    async def run() -> None:
        flights: SingleFlight[None] = SingleFlight(grace=0.01)
        cancelled = asyncio.Event()

        async def work(watch: Watch) -> None:
            watch.on_cancel(cancelled.set)
            await cancelled.wait()

        with flights.join("a", work) as flight:
            pass
        await asyncio.wait_for(flight.task, 10)
        assert len(flights) == 0

    asyncio.run(run())


def test_with_a_grace_period_failures_are_not_retained():
    async def run() -> None:
        flights: SingleFlight[float] = SingleFlight(grace=60)

        async def fail(_watch: Watch) -> float:
            return 1 / 0

        with flights.join("a", fail) as flight, pytest.raises(ZeroDivisionError):
            await flight.task
        assert len(flights) == 0

    asyncio.run(run())
