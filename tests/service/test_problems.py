"""Bad requests: each gets a problem with a hint, and the service goes on."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from tests.desk import ARTICLE, LEAD

SUMMARIES = "/v1/summaries"


def problem(answer: Any, status: int) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    assert told["hint"]
    assert told["type"].startswith("urn:lede:problem:")
    assert told["request_id"] == answer.headers["x-request-id"]
    return told


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "exactly one of text, html and url"),
        ({"text": ARTICLE, "html": "<p>x</p>"}, "exactly one of text, html and url"),
        ({"text": ""}, "empty"),
        ({"text": " \n\t "}, "empty"),
        ({"text": "PK\x03\x04\x00\x00"}, "zero bytes"),
        ({"text": ARTICLE, "colour": "red"}, "colour"),
        ({"text": ARTICLE, "target_language": "klingonish!"}, "target_language"),
        ({"text": ARTICLE, "target_language": "zz"}, "target_language"),
        ({"text": ARTICLE, "target_language": "cy"}, "Welsh"),
        ({"text": ARTICLE, "source_language": "cy"}, "Welsh"),
        ({"text": ARTICLE, "length": "huge"}, "length"),
        ({"text": ARTICLE, "max_words": 0}, "max_words"),
        ({"text": ARTICLE, "model": "nobody/nothing"}, "nobody/nothing"),
        ({"text": 12}, "text"),
        ({"text": "12 34 56"}, "language could not be told"),
    ],
)
def test_what_cannot_be_worked_on(client: TestClient, body: dict[str, Any], says: str):
    assert says in problem(client.post(SUMMARIES, json=body), 422)["detail"]


def test_each_fault_is_named(client: TestClient):
    told = problem(client.post(SUMMARIES, json={"text": ARTICLE, "length": "huge", "style": 3}), 422)
    assert {fault["field"] for fault in told["errors"]} == {"length", "style"}


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe\x00", b"", b"hello"])
def test_what_is_not_json(client: TestClient, body: bytes):
    answer = client.post(SUMMARIES, content=body, headers={"content-type": "application/json"})
    problem(answer, 400 if body else 422)


def test_another_content_type(client: TestClient):
    problem(client.post(SUMMARIES, content=b"text=hello", headers={"content-type": "text/plain"}), 415)


def test_no_such_path(client: TestClient):
    told = problem(client.get("/v1/nothing"), 404)
    assert told["type"] == "urn:lede:problem:not-found"


def test_no_such_method(client: TestClient):
    answer = client.get(SUMMARIES)
    problem(answer, 405)
    assert "POST" in answer.headers["allow"]


def test_a_body_over_the_limit(client: TestClient):
    told = problem(client.post(SUMMARIES, json={"text": "a" * 2_000_000}), 413)
    assert told["type"] == "urn:lede:problem:request-entity-too-large"


def test_a_body_that_does_not_state_its_length(client: TestClient):
    chunks = (b"a" * 65536 for _ in range(40))
    answer = client.post(SUMMARIES, content=chunks, headers={"content-type": "application/json"})
    told = problem(answer, 413)
    assert told["type"] == "urn:lede:problem:request-entity-too-large"


def test_a_text_longer_than_the_desk_takes(client: TestClient):
    told = problem(client.post(SUMMARIES, json={"text": "word " * 30_000}), 413)
    assert told["type"] == "urn:lede:problem:too-long"


def test_a_link_is_refused_while_links_are_off(client: TestClient):
    told = problem(client.post(SUMMARIES, json={"url": "http://example.org/"}), 422)
    assert told["type"] == "urn:lede:problem:fetch-refused"


def test_a_deadline_that_passes(client: TestClient, engine: FakeEngine):
    engine._delay = 0.05
    problem(client.post(SUMMARIES, json={"text": ARTICLE, "deadline_ms": 100}), 504)


def test_an_unforeseen_failure(client: TestClient, engine: FakeEngine):
    def fail(_prompt: object) -> str:
        raise RuntimeError("a secret path")

    engine._answer = fail
    told = problem(client.post(SUMMARIES, json={"text": ARTICLE}), 500)
    assert "secret" not in str(told)


def test_a_failure_hurts_no_other_request(client: TestClient, engine: FakeEngine):
    answer = engine._answer

    def fail_once(_prompt: object) -> str:
        engine._answer = answer
        raise RuntimeError("broken")

    engine._answer = fail_once
    assert client.post(SUMMARIES, json={"text": ARTICLE}).status_code == 500
    assert client.post(SUMMARIES, json={"text": ARTICLE}).json()["summary"].startswith(LEAD)
