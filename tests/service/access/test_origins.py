"""Requests that pages of other sites send while no key is required."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from service.app import create_app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import LEAD, pool
from tests.documents.document import ROOT
from tests.service.test_problems import problem

OTHER_SITE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://other.example"}

ROW = re.compile(r"^\| (`[\w-]+`|not sent) \| (`[^`]+`|any|not sent) \| (answered|refused) \|$", re.MULTILINE)

TABLE: list[tuple[str, str, str]] = ROW.findall((ROOT / "docs" / "security.md").read_text("utf-8"))

TEXT = {"text": "Le chat est sur la table."}


@pytest.fixture
def client(engine: FakeEngine) -> Iterator[TestClient]:
    settings = Settings(model=MODEL, preload=False, cors_origins=("https://cms.example",))
    with TestClient(create_app(settings, pool=pool(engine))) as client:
        yield client


def test_the_table_in_the_document(client: TestClient):
    assert len(TABLE) == 13
    wrong = []
    for site, origin, answer in TABLE:
        headers = {"Sec-Fetch-Site": site.strip("`"), "Origin": origin.strip("`").replace("any", "https://any.example")}
        sent = {name: value for name, value in headers.items() if value != "not sent"}
        status = client.post("/v1/language", json=TEXT, headers=sent).status_code
        if status != {"answered": 200, "refused": 403}[answer]:
            wrong.append((site, origin, answer, status))
    assert wrong == []


FORM = {"q": LEAD, "source": "en", "target": "fr"}
GLOSSARY = {"name": "a", "source_lang": "en", "target_lang": "fr", "entries": "a\tb"}
FILE = {"file": ("a.txt", LEAD.encode())}

SIMPLE: list[tuple[str, dict[str, Any]]] = [
    ("/translate", {"data": FORM}),
    ("/translate", {"content": "{}", "headers": {"Content-Type": "text/plain"}}),
    ("/translate_file", {"data": FORM, "files": FILE}),
    ("/v2/translate", {"data": {"text": LEAD, "target_lang": "FR"}}),
    ("/v2/document", {"data": {"target_lang": "FR"}, "files": FILE}),
    ("/v2/glossaries", {"data": GLOSSARY}),
    ("/v3/glossaries", {"content": '{"name": "a"}', "headers": {"Content-Type": "text/plain"}}),
    ("/v1/files/translations", {"data": {"target_language": "fr"}, "files": FILE}),
    ("/v1/files/summaries", {"files": FILE}),
    ("/v1/files/blurbs", {"files": FILE}),
    ("/v1/documents", {"content": LEAD, "headers": {"Content-Type": "text/plain"}}),
]
"""Requests that a browser sends from any page without a preflight."""


@pytest.mark.parametrize("auth", ["auto", "open"])
def test_requests_without_preflight_store_nothing_and_run_no_model(engine: FakeEngine, auth: Any):
    with TestClient(create_app(Settings(model=MODEL, preload=False, auth=auth), pool=pool(engine))) as client:
        for path, sent in SIMPLE:
            response = client.post(path, **{**sent, "headers": sent.get("headers", {}) | OTHER_SITE})
            assert response.status_code == 403, path
            assert "other sites" in response.text
        assert client.get("/v3/glossaries").json() == {"glossaries": []}
    assert engine.prompts == []


def test_every_route_that_is_not_safe(client: TestClient):
    checked = 0
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        for method in operations.keys() - {"get"}:
            details = problem(client.request(method, path, headers=OTHER_SITE), 403)
            assert details["type"] == "urn:lede:problem:cross-site-request", path
            checked += 1
    assert checked > 15


def test_reading_is_answered_but_not_shown(client: TestClient):
    response = client.get("/v1/models", headers=OTHER_SITE)
    assert response.status_code == 200
    assert "access-control-allow-origin" not in response.headers
    assert response.headers["cross-origin-resource-policy"] == "same-origin"


def test_any_origin_may_be_allowed(engine: FakeEngine):
    settings = Settings(model=MODEL, preload=False, cors_origins=("*",))
    with TestClient(create_app(settings, pool=pool(engine))) as client:
        assert client.post("/v1/language", json=TEXT, headers=OTHER_SITE).status_code == 200


def test_with_keys_the_key_decides(client: TestClient):
    token = client.post("/v1/keys", json={"name": "desk"}).json()["token"]
    headers = OTHER_SITE | {"Authorization": f"Bearer {token}"}
    assert client.post("/v1/language", json=TEXT, headers=headers).status_code == 200
    problem(client.post("/v1/language", json=TEXT, headers=OTHER_SITE), 401)
