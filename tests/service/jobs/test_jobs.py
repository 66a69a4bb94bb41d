"""Jobs over HTTP: upload, results, cancellation, webhooks."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from models.engines.fake import FakeEngine
from service.access.keys import Keys
from service.app import create_app
from service.jobs.store import Item, JobStore
from service.jobs.webhooks import signature
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import ARTICLE, FIGURES, FRENCH, LEAD, LIBYA, pool
from tests.service.access.test_keys import bearer
from tests.service.test_problems import problem

GOOD = {"kind": "translation", "text": LEAD, "target_language": "fr"}
LINES = {"content-type": "application/jsonl"}


def lines(*items: Any) -> bytes:
    return b"\n".join(json.dumps(item).encode() for item in items)


def done(client: TestClient, response: Any) -> Any:
    """Waits for the job of a 202 response and returns it."""
    assert response.status_code == 202, response.text
    place = response.headers["location"]
    for _ in range(1000):
        job = client.get(place).json()
        if job["state"] in {"done", "cancelled"} and job["webhook"] != "waiting":
            return job
        time.sleep(0.01)
    raise AssertionError(job)


def results(client: TestClient, job: Any, **query: Any) -> list[Any]:
    text = client.get(f"/v1/jobs/{job['id']}/results", params=query).text
    return [json.loads(line) for line in text.splitlines()]


def test_a_list_of_every_kind(client: TestClient):
    answer = client.post(
        "/v1/jobs",
        json=[
            GOOD,
            {"kind": "summary", "text": ARTICLE},
            {"kind": "blurb", "text": ARTICLE, "target_languages": ["en"]},
            {"kind": "edition", "text": ARTICLE, "target_languages": ["en"], "formats": ["summary"]},
        ],
    )
    job = done(client, answer)
    assert (job["total"], job["done"], job["failed"], job["pending"]) == (4, 4, 0, 0)
    assert job["finished"] >= job["created"]
    found = {line["index"]: line["answer"] for line in results(client, job)}
    assert found[0]["translations"][0]["text"] == FRENCH[LEAD]
    assert found[1]["summary"]
    assert found[2]["blurbs"]
    assert found[3]["editions"]


def test_an_invalid_item_fails_without_affecting_others(client: TestClient):
    body = lines(GOOD, {"kind": "dance"}, {"kind": "summary"}, [1], {**GOOD, "model": "nobody"}) + b"\n{oops\n\n"
    job = done(client, client.post("/v1/jobs", content=body + lines(GOOD), headers=LINES))
    found = {line["index"]: line for line in results(client, job)}
    assert [found[n]["status"] for n in range(7)] == [200, 422, 422, 400, 422, 400, 200]
    assert (job["done"], job["failed"]) == (2, 5)
    assert "dance" not in json.dumps(found[1])
    assert found[2]["problem"]["detail"].startswith("Send exactly one of text, html and url")
    assert all(found[n]["problem"]["hint"] for n in range(1, 6))


def test_results_are_paged_and_followed_to_the_end(client: TestClient):
    job = client.post("/v1/jobs", json=[{**GOOD, "text": f"{LEAD} {n}"} for n in range(20)]).json()
    followed = results(client, job, follow=True)
    assert sorted(line["index"] for line in followed) == list(range(20))
    assert results(client, job, after=15) == followed[15:]


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"[]", "application/json", 400),
        (b"", "application/jsonl", 400),
        (b'[{"kind": "summary"', "application/json", 400),
        (b'{"kind": "summary"}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[]", "text/plain", 415),
        (b'{"a": "' + b"x" * 2_100_000, "application/jsonl", 413),
    ],
)
def test_an_invalid_job_is_rejected(client: TestClient, body: bytes, media: str, status: int):
    problem(client.post("/v1/jobs", content=body, headers={"content-type": media}), status)
    assert client.get("/v1/jobs").json()["jobs"] == []


def test_a_job_of_a_hundred_thousand_items(client: TestClient):
    job = done(client, client.post("/v1/jobs", content=b'{"kind": "dance"}\n' * 100_000, headers=LINES))
    assert (job["total"], job["failed"]) == (100_000, 100_000)


def test_the_size_of_a_job_is_limited(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("service.jobs.items.MAX_ITEMS", 3)
    settings = Settings(model=MODEL, preload=False, job_bytes=1000)
    with TestClient(create_app(settings, pool=pool(engine))) as client:
        problem(client.post("/v1/jobs", content=b"{}\n" * 4, headers=LINES), 413)
        problem(client.post("/v1/jobs", content=b"{}" + b"\n" * 1000, headers=LINES), 413)
        assert client.post("/v1/jobs", content=b"{}\n" * 3, headers=LINES).status_code == 202


def test_a_retry_with_the_same_idempotency_key_returns_the_same_job(client: TestClient):
    key = {"Idempotency-Key": "a1"}
    first = client.post("/v1/jobs", json=[GOOD], headers=key)
    retry = client.post("/v1/jobs", json=[GOOD], headers=key)
    assert (retry.status_code, retry.headers["location"]) == (202, first.headers["location"])
    error = problem(client.post("/v1/jobs", json=[GOOD, GOOD], headers=key), 409)
    assert error["type"] == "urn:lede:problem:idempotency-conflict"
    assert len(client.get("/v1/jobs").json()["jobs"]) == 1


def test_the_idempotency_key_of_an_unfinished_upload_is_in_use(client: TestClient):
    client.app.state.runner.jobs.create("", idempotency_key="a1")  # type: ignore[attr-defined]
    error = problem(client.post("/v1/jobs", json=[GOOD], headers={"Idempotency-Key": "a1"}), 409)
    assert error["type"] == "urn:lede:problem:idempotency-conflict"


def test_a_cancelled_job_stops(client: TestClient, engine: FakeEngine):
    engine._delay = 0.05
    job = client.post("/v1/jobs", json=[{**GOOD, "text": f"{LEAD} {n}"} for n in range(500)]).json()
    while not engine.prompts:
        time.sleep(0.005)
    cancelled = client.delete(f"/v1/jobs/{job['id']}").json()
    assert cancelled["state"] == "cancelled"
    runner = client.app.state.runner  # type: ignore[attr-defined]
    while runner.active_items:
        time.sleep(0.005)
    assert client.get(f"/v1/jobs/{job['id']}").json()["done"] < 500
    assert client.post("/v1/translations", json={"text": LIBYA, "target_language": "fr"}).status_code == 200


def test_jobs_are_visible_to_their_owner_only(client: TestClient):
    keys = Keys(Settings().data)
    one, other = bearer(keys.create("one")), bearer(keys.create("other"))
    place = client.post("/v1/jobs", json=[GOOD], headers=one).headers["location"]
    assert client.get(place, headers=one).status_code == 200
    for path in (place, f"{place}/results"):
        problem(client.get(path, headers=other), 404)
    problem(client.delete(place, headers=other), 404)
    assert client.get("/v1/jobs", headers=other).json()["jobs"] == []
    keys.close()


def test_a_job_is_charged_to_the_quota_on_upload(client: TestClient):
    keys = Keys(Settings().data)
    headers = bearer(keys.create("desk", quota=len(LEAD) + 5))
    done_job = client.post("/v1/jobs", json=[GOOD], headers=headers)
    assert done_job.status_code == 202
    problem(client.post("/v1/jobs", json=[GOOD], headers=headers), 429)
    keys.close()


def test_the_remaining_time_is_estimated_from_the_pace(tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    jobs, now = JobStore(tmp_path), [1000.0]
    monkeypatch.setattr("service.jobs.store.time.time", lambda: now[0])
    name = jobs.create("")
    jobs.add(name, [Item(n, b"{}") for n in range(10)])
    jobs.start(name, "")
    assert jobs.seconds_left(jobs.get(name, "")) is None
    for n in range(4):
        now[0] += 2
        jobs.record(name, n, b"{}", failed=False)
    assert jobs.seconds_left(jobs.get(name, "")) == 12.0
    now[0] -= 3600
    jobs.record(name, 4, b"{}", failed=False)
    assert jobs.seconds_left(jobs.get(name, "")) is None
    jobs.close()


def test_a_result_is_recorded_once_and_old_jobs_are_deleted(tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    jobs = JobStore(tmp_path)
    name = jobs.create("")
    jobs.add(name, [Item(0, b"{}"), Item(1, b"{}")])
    jobs.start(name, "")
    for line in (b"first", b"second"):
        jobs.record(name, 0, line, failed=False)
    assert jobs.results(name, 0, 9) == [(1, b"first")]
    assert jobs.get(name, "").done == 1
    jobs.record(name, 1, b"last", failed=True)
    assert jobs.get(name, "").state == "done"
    jobs.sweep(60)
    assert jobs.all("")
    monkeypatch.setattr("service.jobs.store.time.time", lambda: time.monotonic() + 4e9)
    jobs.sweep(60)
    assert jobs.all("") == []
    jobs.close()


def test_a_full_disk_rejects_the_whole_job(client: TestClient):
    jobs = client.app.state.runner.jobs  # type: ignore[attr-defined]
    jobs._database.rows("PRAGMA max_page_count = 1")
    error = problem(client.post("/v1/jobs", content=lines(*[GOOD] * 2000), headers=LINES), 507)
    assert error["type"] == "urn:lede:problem:storage-full"
    jobs._database.rows("PRAGMA max_page_count = 1000000")
    done(client, client.post("/v1/jobs", json=[GOOD]))
    assert len(client.get("/v1/jobs").json()["jobs"]) == 1


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["content-length"]))
        server.requests.append((dict(self.headers), body))
        self.send_response(503 if len(server.requests) == 1 else 204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def receiver() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.requests = []
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("_loopback_links")
def test_a_webhook_is_signed_and_retried_until_it_is_delivered(
    receiver: Any, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("service.jobs.webhooks.FIRST_RETRY_SECONDS", 0.0)
    secret = SecretStr("whsec_c2VjcmV0")
    settings = Settings(model=MODEL, preload=False, webhook_hosts=("127.0.0.1",), webhook_secret=secret)
    with TestClient(create_app(settings, pool=pool(engine))) as client:
        url = f"http://127.0.0.1:{receiver.server_port}/done"
        job = done(client, client.post("/v1/jobs", params={"webhook": url}, json=[GOOD]))
        assert job["webhook"] == "delivered"
    assert len(receiver.requests) == 2
    headers, body = receiver.requests[1]
    assert json.loads(body) == {"id": job["id"], "state": "done", "total": 1, "done": 1, "failed": 0}
    assert headers["webhook-id"] == job["id"]
    assert headers["webhook-signature"] == signature(secret, job["id"], headers["webhook-timestamp"], body)


def test_the_signature_follows_standard_webhooks():
    # The example of the specification.
    secret = SecretStr("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "file:///etc/passwd", "http://news.example.org/", "nothing"])
def test_webhooks_are_restricted_like_links(engine: FakeEngine, url: str):
    settings = Settings(model=MODEL, preload=False, webhook_hosts=("10.0.0.1",), webhook_secret=SecretStr("x"))
    with TestClient(create_app(settings, pool=pool(engine))) as client:
        answer = client.post("/v1/jobs", params={"webhook": url}, json=[GOOD])
        if url.startswith("http://10."):  # the address is resolved on delivery
            assert done(client, answer)["webhook"] == "failed"
        else:
            problem(answer, 422)


def test_webhooks_are_off_by_default(client: TestClient):
    error = problem(client.post("/v1/jobs", params={"webhook": "https://example.org/"}, json=[GOOD]), 422)
    assert error["type"] == "urn:lede:problem:webhook-refused"


def test_interactive_requests_are_processed_before_jobs(client: TestClient, engine: FakeEngine):
    engine._delay = 0.01
    job = client.post("/v1/jobs", json=[{**GOOD, "text": f"{FIGURES} {n}"} for n in range(200)]).json()
    while not engine.prompts:
        time.sleep(0.005)
    assert client.post("/v1/translations", json={"text": LIBYA, "target_language": "fr"}).status_code == 200
    assert client.get(f"/v1/jobs/{job['id']}").json()["pending"] > 100
    client.delete(f"/v1/jobs/{job['id']}")
