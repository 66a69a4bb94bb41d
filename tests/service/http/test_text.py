"""Lone surrogates are refused with 422 (400 in other APIs) in every field of every route, and nothing is stored."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.desk import ARTICLE

LONE = "Good night \ud83d to everybody in the old town."

FIELDS: list[tuple[str, dict[str, Any]]] = [
    ("/v1/translations", {"text": LONE, "target_language": "fr"}),
    ("/v1/translations", {"texts": ["Good morning.", LONE], "target_language": "fr"}),
    ("/v1/translations", {"html": f"<p>{LONE}</p>", "target_language": "fr"}),
    ("/v1/translations", {"text": ARTICLE, "target_language": "fr", "keep": [LONE]}),
    ("/v1/translations", {"text": ARTICLE, "target_language": "fr", "glossary": {"a": LONE}}),
    ("/v1/translations", {"text": ARTICLE, "target_language": "fr", "glossary": {LONE: "a"}}),
    ("/v1/translations", {"text": ARTICLE, "target_language": LONE}),
    ("/v1/summaries", {"text": LONE}),
    ("/v1/summaries", {"text": ARTICLE, "title": LONE}),
    ("/v1/summaries", {"text": ARTICLE, "model": LONE}),
    ("/v1/summaries", {"text": ARTICLE, "colour": LONE}),
    ("/v1/summaries", {"text": ARTICLE, LONE: 1}),
    ("/v1/summaries", {"url": f"https://news.example/{LONE}"}),
    ("/v1/summaries", {"text": "Low \udc00 half."}),
    ("/v1/articles", {"html": f"<p>{LONE}</p>"}),
    ("/v1/blurbs", {"text": LONE, "target_languages": ["en"]}),
    ("/v1/blurbs", {"text": ARTICLE, "target_languages": ["en"], "link": LONE}),
    ("/v1/editions", {"text": LONE, "target_languages": ["en"]}),
    ("/v1/corrections", {"old": {"text": LONE}, "new": {"text": ARTICLE}}),
    ("/v1/checks", {"text": ARTICLE, "claims": [LONE]}),
    ("/v1/language", {"text": LONE}),
    ("/v1/keys", {"name": LONE}),
]

OTHER_APIS: list[tuple[str, dict[str, Any]]] = [
    ("/translate", {"q": LONE, "source": "en", "target": "fr"}),
    ("/translate", {"q": ["a", LONE], "source": "en", "target": "fr"}),
    ("/translate", {"q": "a", "source": "en", "target": "fr", "api_key": LONE}),
    ("/detect", {"q": LONE}),
    ("/v2/translate", {"text": [LONE], "target_lang": "FR"}),
    ("/v2/translate", {"text": ["a"], "target_lang": LONE}),
    ("/v2/glossaries", {"name": LONE, "source_lang": "en", "target_lang": "fr", "entries": "a\tb"}),
    ("/v2/glossaries", {"name": "a", "source_lang": "en", "target_lang": "fr", "entries": f"a\t{LONE}"}),
    ("/v3/glossaries", {"name": "a", "dictionaries": [{"source_lang": "en", "target_lang": "fr", "entries": LONE}]}),
]


@pytest.mark.parametrize(("path", "body"), FIELDS)
def test_every_field_of_lede(client: TestClient, path: str, body: dict[str, Any]):
    response = client.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["type"]) == (422, "urn:lede:problem:not-text")
    assert response.json()["hint"]


@pytest.mark.parametrize(("path", "body"), OTHER_APIS)
def test_every_field_of_the_other_apis(client: TestClient, path: str, body: dict[str, Any]):
    response = client.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert "lone surrogate" in response.text
    assert client.get("/v3/glossaries").json() == {"glossaries": []}


def test_every_route_with_a_json_body(client: TestClient):
    checked = 0
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        for method, operation in operations.items():
            schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            if "$ref" in schema:
                response = client.request(
                    method, path, content=rb'{"a": "\ud83d"}', headers={"Content-Type": "application/json"}
                )
                assert (response.status_code, response.json()["type"]) == (422, "urn:lede:problem:not-text"), path
                checked += 1
    assert checked >= 9


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/files/translations", "target_language"),
        ("/v1/files/summaries", "target_language"),
        ("/v2/document", "target_lang"),
        ("/translate_file", "target"),
        ("/translate", "q"),
    ],
)
@pytest.mark.parametrize("in_name", [False, True])
def test_forms_in_a_charset_that_can_encode_them(client: TestClient, path: str, field: str, *, in_name: bool):
    """In UTF-7, `+2D0-` is a lone surrogate."""
    value, name = ("en", "+2D0-.txt") if in_name else ("+2D0-", "a.txt")
    body = (
        f'--x\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\ntext\r\n--x--\r\n'
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x; charset=utf-7"}
    response = client.post(path, content=body, headers=headers)
    assert response.status_code == (422 if path.startswith("/v1") else 400)
    assert "lone surrogate" in response.text


def test_a_form_in_a_charset_that_cannot_be_decoded(client: TestClient):
    body = b'--x\r\nContent-Disposition: form-data; name="q"\r\n\r\n..\xff..\r\n--x--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x; charset=idna"}
    assert client.post("/translate", content=body, headers=headers).status_code == 400
