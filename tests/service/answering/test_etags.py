"""Every repeatable response has an ETag, and a current ETag is answered with 412."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from service.app import create_app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import ARTICLE, FIGURES, pool
from tests.service.test_problems import problem

EDITIONS = {"target_languages": ["fr"], "formats": ["summary"]}

REQUESTS: dict[str, dict[str, Any]] = {
    "/v1/summaries": {"json": {"text": ARTICLE}},
    "/v1/translations": {"json": {"text": ARTICLE, "target_language": "fr"}},
    "/v1/blurbs": {"json": {"text": ARTICLE, "target_languages": ["fr"]}},
    "/v1/editions": {"json": {"text": ARTICLE, **EDITIONS}},
    "/v1/corrections": {"json": {"old": {"text": ARTICLE}, "new": {"text": ARTICLE.replace("40", "45")}}},
    "/v1/checks": {"json": {"text": ARTICLE, "claims": FIGURES}},
    "/v1/articles": {"json": {"text": ARTICLE}},
    "/v1/language": {"json": {"text": ARTICLE}},
    "/v1/documents": {"content": ARTICLE.encode(), "headers": {"Content-Type": "text/plain"}},
    "/v1/files/translations": {"files": {"file": ("a.txt", ARTICLE)}, "data": {"target_language": "fr"}},
    "/v1/files/summaries": {"files": {"file": ("a.jsonl", f'{{"text": "{FIGURES}"}}')}},
}


@pytest.mark.parametrize("path", REQUESTS)
def test_a_current_etag_is_answered_with_412(client: TestClient, path: str):
    arguments = REQUESTS[path]
    headers = arguments.get("headers", {})
    first = client.post(path, **arguments)
    assert first.status_code == 200, first.text
    etag = first.headers["etag"]
    refused = client.post(path, **{**arguments, "headers": {**headers, "If-None-Match": etag}})
    assert problem(refused, 412)["type"] == "urn:lede:problem:unchanged"
    assert refused.headers["etag"] == etag
    other = client.post(path, **{**arguments, "headers": {**headers, "If-None-Match": '"other"'}})
    assert other.status_code == 200
    assert other.headers["etag"] == etag


def test_another_response_has_another_etag(client: TestClient):
    one, other = (
        client.post("/v1/checks", json={"text": ARTICLE, "claims": claims}).headers["etag"]
        for claims in (FIGURES, FIGURES.replace("40", "45"))
    )
    assert one != other


def test_the_request_id_of_a_nested_problem_does_not_change_the_etag(engine: FakeEngine):
    settings = Settings(model=MODEL, preload=False, cache_seconds=0)
    body = {"text": ARTICLE, "target_languages": ["fr", "ja"], "formats": ["translation"]}
    with TestClient(create_app(settings, pool=pool(engine))) as client:
        one, other = (client.post("/v1/editions", json=body) for _ in range(2))
    ids = {answer.json()["editions"][1]["failures"][0]["error"]["request_id"] for answer in (one, other)}
    assert len(ids) == 2
    assert one.headers["etag"] == other.headers["etag"]


def test_the_openapi_document_describes_etags(client: TestClient):
    paths = client.get("/openapi.json").json()["paths"]
    for path in REQUESTS:
        operation = paths[path]["post"]
        assert "412" in operation["responses"]
        assert "ETag" in operation["responses"]["200"]["headers"]
        assert "If-None-Match" in [parameter["name"] for parameter in operation["parameters"]]
