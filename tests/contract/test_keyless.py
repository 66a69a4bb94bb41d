"""Once a key exists, exactly the paths that docs/security.md lists answer without one."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from service.access.auth import PUBLIC_PATHS, PUBLIC_PREFIXES
from service.access.keys import Keys
from service.settings import Settings
from tests.documents.document import ROOT

TABLE = (ROOT / "docs" / "security.md").read_text("utf-8").partition("| path without a key |")[2].partition("\n\n")[0]

LISTED = {path for row in TABLE.splitlines()[2:] for path in re.findall(r"`(/[^`]*)`", row.split("|")[1])}

REFUSED = {401, 403}


@pytest.fixture
def token(client: TestClient) -> Iterator[str]:
    keys = Keys(Settings().data)
    yield keys.create("desk", "admin")
    keys.close()


def routes(client: TestClient) -> Iterator[tuple[str, str]]:
    app = client.app
    assert isinstance(app, FastAPI)
    for route in iter_route_contexts(app.routes):
        for method in sorted(route.methods or {"GET"}):
            yield method, re.sub(r"\{[^}]*\}", "0", route.path or "") or "/"


def is_listed(path: str) -> bool:
    return path in LISTED or any(path.startswith(prefix) for prefix in LISTED - {"/"} if prefix.endswith("/"))


def test_the_document_lists_the_paths_of_the_code():
    assert {*PUBLIC_PATHS, *PUBLIC_PREFIXES} == LISTED


@pytest.mark.usefixtures("token")
def test_every_other_route_needs_a_key(client: TestClient):
    answered: set[tuple[str, str]] = set()
    for method, path in routes(client):
        body: dict[str, Any] = {} if method in {"GET", "HEAD"} else {"json": {}}
        refused = client.request(method, path, **body).status_code in REFUSED
        if refused == is_listed(path):
            answered.add((method, path))
    assert answered == set()


@pytest.mark.usefixtures("token")
def test_the_openapi_says_which_routes_need_a_key(client: TestClient):
    paths = client.get("/openapi.json").json()["paths"]
    keyless = {path for path, operations in paths.items() for one in operations.values() if "security" not in one}
    assert keyless == LISTED & paths.keys() == {"/healthz", "/readyz"}


@pytest.mark.parametrize("path", ["/languages", "/frontend/settings", "/health"])
def test_clients_of_libretranslate_may_send_the_key_in_the_query(client: TestClient, token: str, path: str):
    assert client.get(path, params={"api_key": token}).status_code == 200
    assert client.get(path, params={"api_key": token + "x"}).status_code == 403
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/redoc", "/docs/oauth2-redirect", "/nothing"])
def test_other_paths_need_a_key_too(client: TestClient, token: str, path: str):
    assert client.get(path).status_code == 401
    assert client.get(path, headers={"X-API-Key": token}).status_code == 404
