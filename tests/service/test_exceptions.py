"""Overload: full queues and deadlines that cannot be met."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from models.errors import QueueFull
from models.model import LoadedEngine
from models.pool import Pool
from models.protocol import Prompt
from models.scheduling.caller import Flow, use_flow
from models.scheduling.scheduler import SchedulerLimits
from service.answering.thread_pool import ThreadPool
from service.app import create_app
from service.settings import Settings
from summarizer.watch import Watch
from tests.conftest import MODEL
from tests.desk import ARTICLE, Cards, answer_prompt, card

SOON = 10


def test_a_full_queue_is_429_with_retry_after_and_queued_requests_are_answered():
    reached, opened = threading.Event(), threading.Event()

    def answer(prompt: Prompt) -> str:
        reached.set()
        opened.wait(SOON)
        return answer_prompt(prompt)

    loaded = LoadedEngine(FakeEngine(answer=answer, window=2048), lambda system, user, _: f"{system}\n{user}\n")
    pool = Pool(Cards(card()), lambda _card: loaded, limits=SchedulerLimits(queue=1))
    app = create_app(Settings(model=MODEL, preload=False), pool=pool)
    with TestClient(app) as client, ThreadPoolExecutor(2) as threads:
        writing = threads.submit(client.post, "/v1/summaries", json={"text": ARTICLE})
        assert reached.wait(SOON)
        waiting = threads.submit(client.post, "/v1/summaries", json={"text": ARTICLE, "length": "long"})
        end = time.monotonic() + SOON
        while not pool.statistics()[MODEL].waiting:
            assert time.monotonic() < end
        refused = client.post("/v1/summaries", json={"text": ARTICLE, "style": "headline"})
        details = refused.json()
        assert (refused.status_code, details["type"]) == (429, "urn:lede:problem:queue-full")
        assert int(refused.headers["Retry-After"]) >= 1
        opened.set()
        assert (writing.result(SOON).status_code, waiting.result(SOON).status_code) == (200, 200)


def test_requests_beyond_the_queue_are_429_but_not_batch_work():
    async def fill_queue() -> tuple[list[str], float]:
        thread_pool, opened = ThreadPool(1, 2), threading.Event()
        thread_pool._rate.add(2, 10)

        def job(_watch: Watch) -> str:
            assert opened.wait(SOON)
            return "done"

        jobs = [asyncio.create_task(thread_pool.in_thread(job, Watch())) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(QueueFull, match="2 requests are waiting") as refusal:
            await thread_pool.in_thread(job, Watch())
        with use_flow(Flow("jobs", batch=True)):
            jobs.append(asyncio.create_task(thread_pool.in_thread(job, Watch())))
        opened.set()
        return await asyncio.gather(*jobs), refusal.value.retry_after

    done, retry_after = asyncio.run(fill_queue())
    assert done == ["done"] * 4
    assert retry_after == pytest.approx(5)


def test_a_deadline_that_cannot_be_met_is_refused_on_arrival(client: TestClient, engine: FakeEngine):
    assert client.post("/v1/summaries", json={"text": ARTICLE}).status_code == 200
    with client.app.state.desk.pool.use(MODEL) as model:  # type: ignore[attr-defined]
        model._scheduler._backlog.tally.pace.add(1, 1e6)
    engine.prompts.clear()
    refused = client.post("/v1/summaries", json={"text": ARTICLE, "length": "long", "deadline_ms": 5000})
    details = refused.json()
    assert (refused.status_code, details["type"]) == (504, "urn:lede:problem:deadline-exceeded")
    assert details["detail"].startswith("The response is expected in ")
    assert engine.prompts == []


def test_late_extract_returns_extracted_sentences_in_time(client: TestClient, engine: FakeEngine):
    assert client.post("/v1/summaries", json={"text": ARTICLE}).status_code == 200
    with client.app.state.desk.pool.use(MODEL) as model:  # type: ignore[attr-defined]
        model._scheduler._backlog.tally.pace.add(1, 1e6)
    engine.prompts.clear()
    body = {"text": ARTICLE, "length": "medium", "deadline_ms": 5000, "late": "extract"}
    found = client.post("/v1/summaries", json=body).json()
    assert {sentence["method"] for sentence in found["sentences"]} == {"extracted"}
    assert all(sentence["text"] in ARTICLE for sentence in found["sentences"])
    assert engine.prompts == []
    abroad = client.post("/v1/summaries", json=body | {"target_language": "fr"})
    assert (abroad.status_code, abroad.json()["type"]) == (504, "urn:lede:problem:deadline-exceeded")
