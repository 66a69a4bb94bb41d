"""Invalid requests: each gets a problem with a hint, and the service goes on."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from tests.desk import ARTICLE, LEAD

SUMMARIES = "/v1/summaries"


def problem(answer: Any, status: int) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    details = answer.json()
    assert details["status"] == status
    assert details["title"]
    assert details["detail"]
    assert details["hint"]
    assert details["type"].startswith("urn:lede:problem:")
    assert details["request_id"] == answer.headers["x-request-id"]
    return details


@pytest.mark.parametrize(
    ("body", "detail"),
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
        ({"text": ARTICLE, "source_language": "cy", "target_language": "fr"}, "Welsh"),
        ({"text": ARTICLE, "length": "huge"}, "length"),
        ({"text": ARTICLE, "max_words": 0}, "max_words"),
        ({"text": ARTICLE, "model": "nobody/nothing"}, "nobody/nothing"),
        ({"text": 12}, "text"),
        ({"text": "12 34 56"}, "language could not be detected"),
    ],
)
def test_unprocessable_requests(client: TestClient, body: dict[str, Any], detail: str):
    assert detail in problem(client.post(SUMMARIES, json=body), 422)["detail"]


def test_each_invalid_field_is_listed(client: TestClient):
    details = problem(client.post(SUMMARIES, json={"text": ARTICLE, "length": "huge", "style": 3}), 422)
    assert {error["field"] for error in details["errors"]} == {"length", "style"}


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe\x00", b"", b"hello"])
def test_invalid_json(client: TestClient, body: bytes):
    answer = client.post(SUMMARIES, content=body, headers={"content-type": "application/json"})
    problem(answer, 400 if body else 422)


def test_another_content_type(client: TestClient):
    problem(client.post(SUMMARIES, content=b"text=hello", headers={"content-type": "text/plain"}), 415)


def test_an_unknown_path(client: TestClient):
    details = problem(client.get("/v1/nothing"), 404)
    assert details["type"] == "urn:lede:problem:not-found"


def test_a_method_that_is_not_allowed(client: TestClient):
    answer = client.get(SUMMARIES)
    problem(answer, 405)
    assert "POST" in answer.headers["allow"]


def test_a_body_over_the_limit(client: TestClient):
    details = problem(client.post(SUMMARIES, json={"text": "a" * 2_000_000}), 413)
    assert details["type"] == "urn:lede:problem:request-entity-too-large"


def test_a_chunked_body_over_the_limit(client: TestClient):
    chunks = (b"a" * 65536 for _ in range(40))
    answer = client.post(SUMMARIES, content=chunks, headers={"content-type": "application/json"})
    details = problem(answer, 413)
    assert details["type"] == "urn:lede:problem:request-entity-too-large"


def test_a_text_over_the_limit(client: TestClient):
    details = problem(client.post(SUMMARIES, json={"text": "word " * 30_000}), 413)
    assert details["type"] == "urn:lede:problem:too-long"


def test_a_link_is_refused_while_links_are_off(client: TestClient):
    details = problem(client.post(SUMMARIES, json={"url": "http://example.org/"}), 422)
    assert details["type"] == "urn:lede:problem:fetch-refused"


def test_a_deadline_that_passes(client: TestClient, engine: FakeEngine):
    engine._delay = 0.05
    problem(client.post(SUMMARIES, json={"text": ARTICLE, "deadline_ms": 100}), 504)


def test_an_unexpected_exception(client: TestClient, engine: FakeEngine):
    def fail(_prompt: object) -> str:
        raise RuntimeError("a secret path")

    engine._answer = fail
    details = problem(client.post(SUMMARIES, json={"text": ARTICLE}), 500)
    assert "secret" not in str(details)


def test_a_failure_does_not_affect_other_requests(client: TestClient, engine: FakeEngine):
    answer = engine._answer

    def fail_once(_prompt: object) -> str:
        engine._answer = answer
        raise RuntimeError("broken")

    engine._answer = fail_once
    assert client.post(SUMMARIES, json={"text": ARTICLE}).status_code == 500
    assert client.post(SUMMARIES, json={"text": ARTICLE}).json()["summary"].startswith(LEAD)
