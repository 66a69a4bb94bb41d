"""Jobs over HTTP: taken in, worked through, looked at, cancelled, told of."""

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
from service.jobs.store import Item, Jobs
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


def done(client: TestClient, answer: Any) -> Any:
    """The job of a 202, when it is over."""
    assert answer.status_code == 202, answer.text
    place = answer.headers["location"]
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


def test_a_faulty_item_is_a_problem_of_its_own(client: TestClient):
    body = lines(GOOD, {"kind": "dance"}, {"kind": "summary"}, [1], {**GOOD, "model": "nobody"}) + b"\n{oops\n\n"
    job = done(client, client.post("/v1/jobs", content=body + lines(GOOD), headers=LINES))
    found = {line["index"]: line for line in results(client, job)}
    assert [found[n]["status"] for n in range(7)] == [200, 422, 422, 400, 422, 400, 200]
    assert (job["done"], job["failed"]) == (2, 5)
    assert "dance" not in json.dumps(found[1])
    assert found[2]["problem"]["detail"].startswith("Send exactly one of text, html and url")
    assert all(found[n]["problem"]["hint"] for n in range(1, 6))


def test_results_are_read_on_from_where_one_was_and_followed_to_the_end(client: TestClient):
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
def test_what_is_no_job(client: TestClient, body: bytes, media: str, status: int):
    problem(client.post("/v1/jobs", content=body, headers={"content-type": media}), status)
    assert client.get("/v1/jobs").json()["jobs"] == []


def test_a_job_of_a_hundred_thousand_items(client: TestClient):
    job = done(client, client.post("/v1/jobs", content=b'{"kind": "dance"}\n' * 100_000, headers=LINES))
    assert (job["total"], job["failed"]) == (100_000, 100_000)


def test_a_job_has_its_bounds(engine: FakeEngine):
    settings = Settings(model=MODEL, preload=False, job_items=3, job_bytes=1000)
    with TestClient(create_app(settings, pool=pool(engine))) as client:
        problem(client.post("/v1/jobs", content=b"{}\n" * 4, headers=LINES), 413)
        problem(client.post("/v1/jobs", content=b"{}" + b"\n" * 1000, headers=LINES), 413)
        assert client.post("/v1/jobs", content=b"{}\n" * 3, headers=LINES).status_code == 202


def test_the_same_key_and_body_are_the_same_job(client: TestClient):
    key = {"Idempotency-Key": "a1"}
    first = client.post("/v1/jobs", json=[GOOD], headers=key)
    again = client.post("/v1/jobs", json=[GOOD], headers=key)
    assert (again.status_code, again.headers["location"]) == (202, first.headers["location"])
    told = problem(client.post("/v1/jobs", json=[GOOD, GOOD], headers=key), 409)
    assert told["type"] == "urn:lede:problem:repeated-key"
    assert len(client.get("/v1/jobs").json()["jobs"]) == 1


def test_a_key_of_a_job_that_is_being_received_is_in_use(client: TestClient):
    client.app.state.runner.jobs.begin("", repeat="a1")  # type: ignore[attr-defined]
    told = problem(client.post("/v1/jobs", json=[GOOD], headers={"Idempotency-Key": "a1"}), 409)
    assert told["type"] == "urn:lede:problem:repeated-key"


def test_a_cancelled_job_stops(client: TestClient, engine: FakeEngine):
    engine._delay = 0.05
    job = client.post("/v1/jobs", json=[{**GOOD, "text": f"{LEAD} {n}"} for n in range(500)]).json()
    while not engine.prompts:
        time.sleep(0.005)
    cancelled = client.delete(f"/v1/jobs/{job['id']}").json()
    assert cancelled["state"] == "cancelled"
    runner = client.app.state.runner  # type: ignore[attr-defined]
    while runner.under_way:
        time.sleep(0.005)
    assert client.get(f"/v1/jobs/{job['id']}").json()["done"] < 500
    assert client.post("/v1/translations", json={"text": LIBYA, "target_language": "fr"}).status_code == 200


def test_jobs_are_their_owners_alone(client: TestClient):
    keys = Keys(Settings().data)
    one, other = bearer(keys.create("one")), bearer(keys.create("other"))
    place = client.post("/v1/jobs", json=[GOOD], headers=one).headers["location"]
    assert client.get(place, headers=one).status_code == 200
    for path in (place, f"{place}/results"):
        problem(client.get(path, headers=other), 404)
    problem(client.delete(place, headers=other), 404)
    assert client.get("/v1/jobs", headers=other).json()["jobs"] == []
    keys.close()


def test_a_job_counts_for_the_quota_at_once(client: TestClient):
    keys = Keys(Settings().data)
    headers = bearer(keys.create("desk", quota=len(LEAD) + 5))
    done_job = client.post("/v1/jobs", json=[GOOD], headers=headers)
    assert done_job.status_code == 202
    problem(client.post("/v1/jobs", json=[GOOD], headers=headers), 429)
    keys.close()


def test_time_left_is_told_from_the_pace(tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    jobs, now = Jobs(tmp_path), [1000.0]
    monkeypatch.setattr("service.jobs.store.time.time", lambda: now[0])
    name = jobs.begin("")
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


def test_a_result_is_written_once_and_old_jobs_are_dropped(tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    jobs = Jobs(tmp_path)
    name = jobs.begin("")
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


def test_a_full_disk_is_told_and_nothing_is_taken(client: TestClient):
    jobs = client.app.state.runner.jobs  # type: ignore[attr-defined]
    jobs._database.rows("PRAGMA max_page_count = 1")
    told = problem(client.post("/v1/jobs", content=lines(*[GOOD] * 2000), headers=LINES), 507)
    assert told["type"] == "urn:lede:problem:storage-full"
    jobs._database.rows("PRAGMA max_page_count = 1000000")
    done(client, client.post("/v1/jobs", json=[GOOD]))
    assert len(client.get("/v1/jobs").json()["jobs"]) == 1


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["content-length"]))
        server.told.append((dict(self.headers), body))
        self.send_response(503 if len(server.told) == 1 else 204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def receiver() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.told = []
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_webhook_is_signed_and_called_again_until_it_is_taken(
    receiver: Any, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("service.jobs.webhooks.FIRST_WAIT", 0.0)
    secret = SecretStr("whsec_c2VjcmV0")
    settings = Settings(
        model=MODEL, preload=False, webhook_hosts=("127.0.0.1",), fetch_loopback=True, webhook_secret=secret
    )
    with TestClient(create_app(settings, pool=pool(engine))) as client:
        url = f"http://127.0.0.1:{receiver.server_port}/done"
        job = done(client, client.post("/v1/jobs", params={"webhook": url}, json=[GOOD]))
        assert job["webhook"] == "delivered"
    assert len(receiver.told) == 2
    headers, body = receiver.told[1]
    assert json.loads(body) == {"id": job["id"], "state": "done", "total": 1, "done": 1, "failed": 0}
    assert headers["webhook-id"] == job["id"]
    assert headers["webhook-signature"] == signature(secret, job["id"], headers["webhook-timestamp"], body)


def test_the_signature_is_that_of_standard_webhooks():
    # The specification's own example.
    secret = SecretStr("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    told = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "file:///etc/passwd", "http://news.example.org/", "nothing"])
def test_webhooks_lead_where_links_may(engine: FakeEngine, url: str):
    settings = Settings(model=MODEL, preload=False, webhook_hosts=("10.0.0.1",), webhook_secret=SecretStr("x"))
    with TestClient(create_app(settings, pool=pool(engine))) as client:
        answer = client.post("/v1/jobs", params={"webhook": url}, json=[GOOD])
        if url.startswith("http://10."):  # its address is looked at when it is called
            assert done(client, answer)["webhook"] == "failed"
        else:
            problem(answer, 422)


def test_webhooks_are_off_by_default(client: TestClient):
    told = problem(client.post("/v1/jobs", params={"webhook": "https://example.org/"}, json=[GOOD]), 422)
    assert told["type"] == "urn:lede:problem:webhook-refused"


def test_jobs_can_wait_and_people_cannot(client: TestClient, engine: FakeEngine):
    """Interactive work goes before the rest of a job."""
    engine._delay = 0.01
    job = client.post("/v1/jobs", json=[{**GOOD, "text": f"{FIGURES} {n}"} for n in range(200)]).json()
    while not engine.prompts:
        time.sleep(0.005)
    assert client.post("/v1/translations", json={"text": LIBYA, "target_language": "fr"}).status_code == 200
    assert client.get(f"/v1/jobs/{job['id']}").json()["pending"] > 100
    client.delete(f"/v1/jobs/{job['id']}")
