"""The OpenAPI description is complete."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

PATHS = {
    "/v1/summaries": {"post"},
    "/v1/translations": {"post"},
    "/v1/blurbs": {"post"},
    "/v1/editions": {"post"},
    "/v1/corrections": {"post"},
    "/v1/checks": {"post"},
    "/v1/documents": {"post"},
    "/v1/language": {"post"},
    "/v1/models": {"get"},
    "/v1/languages": {"get"},
    "/healthz": {"get"},
    "/readyz": {"get"},
}


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    description: dict[str, Any] = client.get("/openapi.json").json()
    return description


def test_the_paths_are_described(document: dict[str, Any]):
    assert {path: methods for path, methods in PATHS.items() if set(document["paths"].get(path, ())) != methods} == {}


def test_each_request_and_response_has_an_example(document: dict[str, Any]):
    schemas = document["components"]["schemas"]
    missing = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            successful = [response for status, response in operation["responses"].items() if status.startswith("2")]
            for body in filter(None, [operation.get("requestBody", {}), *successful]):
                if "application/json" not in body.get("content", {}):  # files have no JSON example
                    continue
                schema = body["content"]["application/json"]["schema"]
                resolved = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
                if "example" not in resolved and not all("examples" in f for f in resolved["properties"].values()):
                    missing.append((path, method, resolved["title"]))
    assert missing == []


def test_examples_of_requests_are_accepted(client: TestClient, document: dict[str, Any]):
    schemas = document["components"]["schemas"]
    for path in ("/v1/summaries", "/v1/translations", "/v1/blurbs", "/v1/checks", "/v1/language"):
        schema = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        example = schemas[schema["$ref"].rpartition("/")[2]]["example"]
        assert client.post(path, json=example).status_code == 200, path


def test_streaming_responses_are_described(document: dict[str, Any]):
    streamed = {
        path
        for path, operations in document["paths"].items()
        if "text/event-stream" in operations.get("post", {}).get("responses", {}).get("200", {}).get("content", {})
    }
    assert streamed == {f"/v1/{kind}" for kind in ("summaries", "translations", "blurbs", "editions", "corrections")}


def test_errors_are_problems(document: dict[str, Any]):
    responses = document["paths"]["/v1/summaries"]["post"]["responses"]
    assert set(responses) >= {"200", "400", "413", "415", "422", "503", "504"}
    for status, response in responses.items():
        if not status.startswith("2"):
            assert list(response["content"]) == ["application/problem+json"]
            assert response["content"]["application/problem+json"]["schema"]["$ref"].endswith("/Problem")


def test_not_found_responses_are_described(document: dict[str, Any]):
    paths = document["paths"]
    assert "404" in paths["/v1/corrections"]["post"]["responses"]  # an unknown article reference
    assert "404" in paths["/v1/models/{model}/memory"]["delete"]["responses"]  # an unknown model


def test_every_field_has_a_description(document: dict[str, Any]):
    requests = ("SummaryRequest", "TranslationRequest", "BlurbRequest", "CheckRequest", "LanguageRequest")
    schemas = document["components"]["schemas"]
    undocumented = [
        (name, field)
        for name in requests
        for field, schema in schemas[name]["properties"].items()
        if "description" not in schema
    ]
    assert undocumented == []
