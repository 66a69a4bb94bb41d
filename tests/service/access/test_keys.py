"""API keys on the command line and over HTTP: scopes, rate limits and quotas."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from models.engines.fake import FakeEngine
from service.access.keys import Keys
from service.access.quotas import Quotas
from service.app import create_app
from service.cli import NoKeys, _check_exposure, app
from service.exceptions import QuotaExceeded, StateTooNew, StateUnavailable, UnknownKey
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import pool
from tests.service.test_problems import problem

TEXT = {"text": "Le chat est sur la table."}


@pytest.fixture
def keys() -> Iterator[Keys]:
    stored = Keys(Settings().data)
    yield stored
    stored.close()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def lede(*arguments: str) -> str:
    answer = CliRunner().invoke(app, ["keys", *arguments])
    assert answer.exit_code == 0, answer.output
    return answer.stdout.strip()


def test_without_keys_requests_need_no_key(client: TestClient):
    assert client.post("/v1/language", json=TEXT).status_code == 200


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "127.8.8.8", "[::1]:8000"])
def test_without_keys_local_hosts_are_answered(client: TestClient, host: str):
    assert client.post("/v1/language", json=TEXT, headers={"host": host}).status_code == 200


FOREIGN = [
    "evil.example.org",
    "localhost.example.org",
    "127.0.0.1.example.org:8000",
    "10.0.0.1",
    "[::1",
    "[fe80::1]",
    "x@",
    "testserver",
]


@pytest.mark.parametrize("host", FOREIGN)
def test_without_keys_other_hosts_are_refused(client: TestClient, host: str):
    refused = client.post("/v1/keys", json={"name": "mine", "scope": "admin"}, headers={"host": host})
    problem(refused, 421)
    assert "LEDE_AUTH" in refused.json()["hint"]
    assert client.post("/translate", json={"q": "a", "source": "en", "target": "fr"}, headers={"host": host}).is_error
    assert client.get("/healthz", headers={"host": host}).status_code == 200
    assert lede("list") == ""


def test_with_keys_or_open_any_host_is_answered(keys: Keys):
    host = {"host": "lede.example.org"}
    with TestClient(create_app(Settings(model=MODEL, preload=False, auth="open"), pool=pool())) as client:
        assert client.post("/v1/language", json=TEXT, headers=host).status_code == 200
    token = keys.create("desk")
    with TestClient(create_app(Settings(model=MODEL, preload=False), pool=pool())) as client:
        assert client.post("/v1/language", json=TEXT, headers={**host, **bearer(token)}).status_code == 200


def test_once_a_key_exists_requests_need_one(client: TestClient):
    token = lede("create", "desk")
    refused = client.post("/v1/language", json=TEXT)
    problem(refused, 401)
    assert refused.headers["www-authenticate"] == "Bearer"
    assert client.post("/v1/language", json=TEXT, headers=bearer(token)).status_code == 200
    assert client.post("/v1/language", json=TEXT, headers={"X-API-Key": token}).status_code == 200
    for wrong in (token[:-1], token + "x", "lede_00000000_x", "x", "lede", "Basic"):
        problem(client.post("/v1/language", json=TEXT, headers=bearer(wrong)), 401)


def test_libretranslates_clients_send_their_key_in_the_body(client: TestClient):
    token = lede("create", "desk")
    body = {"q": "Good morning.", "source": "en", "target": "fr"}
    assert client.post("/translate", json=body).status_code == 403
    assert client.post("/translate", json={**body, "api_key": "x"}).status_code == 403
    assert client.post("/translate", json={**body, "api_key": token}).status_code == 200
    assert client.post("/translate", json=body, headers=bearer(token)).status_code == 200


def test_a_key_with_a_lone_surrogate_is_invalid(client: TestClient, keys: Keys):
    keys.create("desk")
    body = b'{"q": "Good morning.", "source": "en", "target": "fr", "api_key": "\\ud800"}'
    assert client.post("/translate", content=body, headers={"content-type": "application/json"}).status_code == 403


def test_a_key_that_is_revoked_while_keys_are_read_is_invalid(keys: Keys, monkeypatch: pytest.MonkeyPatch):
    token = keys.create("desk")
    (key,) = keys.all()
    keys.create("other")  # so that the cached keys are out of date
    real, revoking = keys.database.rows, Thread(target=keys.revoke, args=(key.id,))

    def rows(statement: str, *values: Any) -> list[Any]:
        result = real(statement, *values)
        if statement.startswith("SELECT id") and not revoking.ident:
            revoking.start()
            revoking.join(0.2)  # the revocation waits until these rows are cached
        return result

    monkeypatch.setattr(keys.database, "rows", rows)
    keys.find(token)
    revoking.join()
    assert keys.find(token) is None


def test_health_checks_and_the_openapi_document_need_no_key(client: TestClient, keys: Keys):
    keys.create("desk")
    assert client.get("/healthz").status_code == 200
    assert client.get("/openapi.json").status_code == 200
    problem(client.get("/v1/nothing"), 401)


def test_the_key_is_checked_before_the_body(client: TestClient, keys: Keys):
    keys.create("desk")
    refused = problem(client.post("/v1/language", content=b"{", headers={"content-type": "text/plain"}), 401)
    assert refused["type"] == "urn:lede:problem:unauthenticated"


def test_rotated_and_revoked_keys_are_invalid(client: TestClient):
    old = lede("create", "desk")
    name = json.loads(lede("list", "--json"))[0]["id"]
    new = lede("rotate", name)
    problem(client.post("/v1/language", json=TEXT, headers=bearer(old)), 401)
    assert client.post("/v1/language", json=TEXT, headers=bearer(new)).status_code == 200
    lede("revoke", name)
    problem(client.post("/v1/language", json=TEXT, headers=bearer(new)), 401)
    problem(client.post("/v1/language", json=TEXT), 401)
    assert "revoked" in lede("list")


@pytest.mark.parametrize(
    ("scope", "statuses"), [("read", (200, 403, 403)), ("write", (200, 200, 403)), ("admin", (200, 200, 200))]
)
def test_scopes(client: TestClient, keys: Keys, scope: Any, statuses: tuple[int, int, int]):
    headers = bearer(keys.create("desk", scope))
    received = (
        client.get("/v1/models", headers=headers).status_code,
        client.post("/v1/language", json=TEXT, headers=headers).status_code,
        client.get("/v1/keys", headers=headers).status_code,
    )
    assert received == statuses


def test_the_rate_limit_is_enforced(client: TestClient, keys: Keys):
    slow, other = bearer(keys.create("desk", rate="2/hour")), bearer(keys.create("sports", rate="2/hour"))
    answers = [client.post("/v1/language", json=TEXT, headers=slow) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert problem(answers[2], 429)["type"] == "urn:lede:problem:rate-exceeded"
    assert 0 < int(answers[2].headers["retry-after"]) <= 3601
    assert client.post("/v1/language", json=TEXT, headers=other).status_code == 200


def test_a_quota_survives_a_restart_and_is_never_exceeded(keys: Keys):
    keys.create("desk", quota=100)
    (key,) = keys.all()
    Quotas(keys.database).charge(key, 60)
    again = Keys(Settings().data)
    with pytest.raises(QuotaExceeded, match="41 characters") as refusal:
        Quotas(again.database).charge(key, 41)
    assert 0 < refusal.value.retry_after <= 31 * 86400
    Quotas(again.database).charge(key, 30)
    Quotas(again.database).refund(Quotas(again.database).charge(key, 10))
    assert Quotas(keys.database).used(key) == 90
    again.close()


def test_a_refund_goes_to_the_month_of_the_charge(keys: Keys, monkeypatch: pytest.MonkeyPatch):
    keys.create("desk", quota=1000)
    (key,) = keys.all()
    quotas = Quotas(keys.database)

    def set_clock(now: datetime) -> None:
        monkeypatch.setattr("service.access.quotas.datetime", SimpleNamespace(now=lambda _zone: now))

    set_clock(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC))
    november = quotas.charge(key, 900)
    set_clock(datetime(2026, 12, 1, tzinfo=UTC))
    quotas.charge(key, 950)
    quotas.refund(november)
    assert quotas.used(key) == 950
    set_clock(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC))
    assert quotas.used(key) == 0


def test_no_secret_is_stored(keys: Keys):
    token = keys.create("desk")
    keys.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    stored = b"".join(path.read_bytes() for path in Settings().data.iterdir())
    assert token.split("_", 2)[2].encode() not in stored
    assert (Settings().data / "keys.sqlite3").stat().st_mode & 0o077 == 0


def test_keys_over_http(client: TestClient, keys: Keys):
    admin = bearer(keys.create("chief", "admin"))
    token = client.post("/v1/keys", json={"name": "desk", "quota": 9}, headers=admin).json()["token"]
    key = client.get("/v1/keys", headers=admin).json()["keys"][1]
    assert (key["name"], key["quota"], key["characters_used"]) == ("desk", 9, 0)
    assert "hash" not in key
    new = client.put(f"/v1/keys/{key['id']}/token", headers=admin).json()["token"]
    assert client.get("/v1/models", headers=bearer(token)).status_code == 401
    assert client.get("/v1/models", headers=bearer(new)).status_code == 200
    assert client.delete(f"/v1/keys/{key['id']}", headers=admin).status_code == 204
    assert client.get("/v1/models", headers=bearer(new)).status_code == 401
    problem(client.delete(f"/v1/keys/{key['id']}", headers=admin), 404)
    problem(client.post("/v1/keys", json={"name": "desk", "rate": "often"}, headers=admin), 422)


def test_unknown_ids_and_invalid_rates_are_refused(keys: Keys):
    for change in (keys.rotate, keys.revoke):
        with pytest.raises(UnknownKey):
            change("00000000")
    assert CliRunner().invoke(app, ["keys", "create", "desk", "--rate", "often"]).exit_code == 2


def test_a_fault_grants_no_access(client: TestClient, keys: Keys):
    keys.create("desk")
    client.app.state.authenticator.keys.close()  # type: ignore[attr-defined]
    refused = problem(client.post("/v1/language", json=TEXT), 503)
    assert refused["type"] == "urn:lede:problem:state-unavailable"


def test_a_file_of_a_later_version_is_refused(tmp_path: Path):
    sqlite3.connect(tmp_path / "keys.sqlite3").execute("PRAGMA user_version = 99").connection.close()
    with pytest.raises(StateTooNew, match="later version"):
        Keys(tmp_path)
    (tmp_path / "keys.sqlite3").write_bytes(b"not a database" * 1000)
    with pytest.raises(StateUnavailable):
        Keys(tmp_path)


def test_listening_beyond_this_machine_needs_keys_or_auth_open(keys: Keys):
    for host in ("127.0.0.1", "::1", "localhost"):
        _check_exposure(Settings(host=host))
    for host in ("0.0.0.0", "::", "192.168.1.2", "news.example.org"):
        with pytest.raises(NoKeys, match="no keys"):
            _check_exposure(Settings(host=host))
    _check_exposure(Settings(host="0.0.0.0", auth="open"))
    keys.create("desk")
    _check_exposure(Settings(host="0.0.0.0"))
    refused = CliRunner().invoke(app, ["serve", "--host", "0.0.0.0"], env={"LEDE_DATA": "/nowhere/x"})
    assert refused.exit_code in {1, 2}
    assert len(refused.stderr.strip().splitlines()) == 1


def test_other_origins_may_call_only_if_allowed(client: TestClient, engine: FakeEngine):
    preflight = {"Origin": "https://cms.example.org", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in client.get("/healthz", headers=preflight).headers
    settings = Settings(model=MODEL, preload=False, cors_origins=("https://cms.example.org",))
    with TestClient(create_app(settings, pool=pool(engine))) as allowing:
        Keys(settings.data).create("desk")
        answer = allowing.options("/v1/language", headers=preflight)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "https://cms.example.org")
        other_origin = allowing.get("/healthz", headers={"Origin": "https://evil.example.org"})
        assert "access-control-allow-origin" not in other_origin.headers


def test_responses_have_security_headers(client: TestClient):
    for answer in (client.get("/healthz"), client.get("/v1/nothing"), client.post("/v1/language", json=TEXT)):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "content-security-policy" not in client.get("/docs").headers
