"""Under a path prefix (of a proxy, or a route prefix of Ray) all responses stay the same."""

from collections.abc import Iterator

import pytest
import structlog
from fastapi.testclient import TestClient
from httpx2 import Response

from service.access.keys import Keys
from service.app import TELEMETRY, create_app
from service.http.paths import own_path
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import pool
from tests.service.access.test_keys import bearer

TEXT = "Good morning to all who read this."
FORM = {"q": TEXT, "source": "en", "target": "fr"}


@pytest.fixture(params=["", "/translator", "/v1"])
def prefix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def keys() -> Iterator[Keys]:
    stored = Keys(Settings().data)
    yield stored
    stored.close()


@pytest.fixture
def client(prefix: str) -> Iterator[TestClient]:
    app = create_app(Settings(model=MODEL, preload=False, max_body_bytes=1000), pool=pool())
    base = f"http://127.0.0.1{prefix}"
    with TestClient(app, base_url=base, root_path=prefix, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "prefix", "own"),
    [
        ("/v1/keys", "", "/v1/keys"),
        ("/a/v1/keys", "/a", "/v1/keys"),
        ("/a", "/a", ""),
        ("/v1/keys", "/a", "/v1/keys"),
        ("/ab/v1/keys", "/a", "/ab/v1/keys"),
        ("/a/a/v1", "/a", "/a/v1"),
    ],
)
def test_the_prefix_is_removed_from_the_path(path: str, prefix: str, own: str):
    assert own_path({"path": path, "root_path": prefix}) == own
    assert own_path({"path": own}) == own


def test_scopes_are_enforced(client: TestClient, keys: Keys):
    read, write, admin = (bearer(keys.create(scope, scope)) for scope in ("read", "write", "admin"))
    body = {"name": "other", "scope": "admin"}
    assert client.get("/v1/keys", headers=read).status_code == 403
    assert client.post("/v1/keys", json=body, headers=write).status_code == 403
    assert client.delete("/v1/cache", headers=write).status_code == 403
    assert client.post("/v1/language", json={"text": TEXT}, headers=read).status_code == 403
    assert client.post("/v1/keys", json=body, headers=admin).status_code == 201
    assert client.delete("/v1/memory", headers=write).status_code == 204


def test_public_paths_need_no_key(client: TestClient, keys: Keys):
    keys.create("desk")
    for path in ("/healthz", "/openapi.json", "/docs", "/", "/assets/page.css", "/assets/sample.txt"):
        assert client.get(path).status_code == 200, path
    assert client.get("/metrics").status_code == 401


def test_a_key_may_be_in_the_body(client: TestClient, keys: Keys):
    assert client.post("/translate", json={**FORM, "api_key": keys.create("desk")}).status_code == 200


def test_documents_have_their_own_types_and_limits(client: TestClient):
    body, headers = f"{TEXT} " * 100, {"content-type": "text/plain"}
    assert client.post("/v1/documents", content=body, headers=headers).status_code == 200
    assert client.post("/v1/language", content=body, headers=headers).status_code == 413


def test_errors_have_the_format_of_their_api(client: TestClient):
    assert client.post("/translate", json={}).json().keys() == {"error"}
    assert client.post("/v2/translate", json={}).json().keys() == {"message"}
    assert client.post("/v1/language", json={}).json()["status"] == 422


def test_the_log_has_the_route_and_no_probes(client: TestClient):
    with structlog.testing.capture_logs() as logs:
        client.get("/healthz")
        client.get("/v1/jobs")
    requests = [(line["log_level"], line["path"]) for line in logs if line["event"] == "request"]
    assert requests == [("debug", "/healthz"), ("info", "/v1/jobs")]


def test_probes_leave_no_spans(prefix: str):
    excluded = TELEMETRY["exclude"]
    assert excluded
    assert excluded({"path": f"{prefix}/healthz", "root_path": prefix})


def test_documentation_pages_may_load_scripts(client: TestClient):
    assert "content-security-policy" not in client.get("/docs").headers


def test_the_location_of_a_job_includes_the_prefix(client: TestClient, prefix: str):
    answer: Response = client.post("/v1/jobs", json=[{"kind": "summary", "text": TEXT}])
    location = answer.headers["location"]
    assert location == f"{prefix}/v1/jobs/{answer.json()['id']}"
    assert client.get(f"http://127.0.0.1{location}").json()["id"] == answer.json()["id"]
