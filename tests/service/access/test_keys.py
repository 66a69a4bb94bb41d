"""Who may ask: keys on the command line and over HTTP, their scopes, rates and quotas."""

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
from service.cli import OpenToAll, _guarded, app
from service.exceptions import QuotaExceeded, StateTooNew, StateUnavailable, UnknownKey
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import pool
from tests.service.test_problems import problem

TEXT = {"text": "Le chat est sur la table."}


@pytest.fixture
def keys() -> Iterator[Keys]:
    known = Keys(Settings().data)
    yield known
    known.close()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def lede(*arguments: str) -> str:
    answer = CliRunner().invoke(app, ["keys", *arguments])
    assert answer.exit_code == 0, answer.output
    return answer.stdout.strip()


def test_without_keys_anybody_on_this_machine_may_ask(client: TestClient):
    assert client.post("/v1/language", json=TEXT).status_code == 200


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "127.8.8.8", "[::1]:8000", "testserver"]
)
def test_without_keys_this_machines_own_names_are_answered(client: TestClient, host: str):
    assert client.post("/v1/language", json=TEXT, headers={"host": host}).status_code == 200


FOREIGN = [
    "evil.example.org",
    "localhost.example.org",
    "127.0.0.1.example.org:8000",
    "10.0.0.1",
    "[::1",
    "[fe80::1]",
    "x@",
]


@pytest.mark.parametrize("host", FOREIGN)
def test_without_keys_no_other_name_is(client: TestClient, host: str):
    told = client.post("/v1/keys", json={"name": "mine", "scope": "admin"}, headers={"host": host})
    problem(told, 421)
    assert "LEDE_AUTH" in told.json()["hint"]
    assert client.post("/translate", json={"q": "a", "source": "en", "target": "fr"}, headers={"host": host}).is_error
    assert client.get("/healthz", headers={"host": host}).status_code == 200
    assert lede("list") == ""


def test_with_keys_or_open_any_name_is(keys: Keys):
    host = {"host": "lede.example.org"}
    with TestClient(create_app(Settings(model=MODEL, preload=False, auth="open"), pool=pool())) as client:
        assert client.post("/v1/language", json=TEXT, headers=host).status_code == 200
    token = keys.create("desk")
    with TestClient(create_app(Settings(model=MODEL, preload=False), pool=pool())) as client:
        assert client.post("/v1/language", json=TEXT, headers={**host, **bearer(token)}).status_code == 200


def test_from_the_first_key_on_a_key_is_asked_for(client: TestClient):
    token = lede("create", "desk")
    told = client.post("/v1/language", json=TEXT)
    problem(told, 401)
    assert told.headers["www-authenticate"] == "Bearer"
    assert client.post("/v1/language", json=TEXT, headers=bearer(token)).status_code == 200
    assert client.post("/v1/language", json=TEXT, headers={"X-API-Key": token}).status_code == 200
    for wrong in (token[:-1], token + "x", "lede_00000000_x", "x", "lede", "Basic"):
        problem(client.post("/v1/language", json=TEXT, headers=bearer(wrong)), 401)


def test_libretranslates_clients_send_their_key_in_the_body(client: TestClient):
    token = lede("create", "desk")
    wanted = {"q": "Good morning.", "source": "en", "target": "fr"}
    assert client.post("/translate", json=wanted).status_code == 403
    assert client.post("/translate", json={**wanted, "api_key": "x"}).status_code == 403
    assert client.post("/translate", json={**wanted, "api_key": token}).status_code == 200
    assert client.post("/translate", json=wanted, headers=bearer(token)).status_code == 200


def test_a_key_of_half_characters_counts_no_more_than_another(client: TestClient, keys: Keys):
    keys.create("desk")
    body = b'{"q": "Good morning.", "source": "en", "target": "fr", "api_key": "\\ud800"}'
    assert client.post("/translate", content=body, headers={"content-type": "application/json"}).status_code == 403


def test_a_key_that_is_revoked_while_keys_are_read_counts_no_more(keys: Keys, monkeypatch: pytest.MonkeyPatch):
    token = keys.create("desk")
    (key,) = keys.all()
    keys.create("other")  # from here on they are to be read again
    real, revoking = keys.database.rows, Thread(target=keys.revoke, args=(key.id,))

    def rows(statement: str, *values: Any) -> list[Any]:
        found = real(statement, *values)
        if statement.startswith("SELECT id") and not revoking.ident:
            revoking.start()
            revoking.join(0.2)  # it is not over before these rows are taken for what is known
        return found

    monkeypatch.setattr(keys.database, "rows", rows)
    keys.find(token)
    revoking.join()
    assert keys.find(token) is None


def test_health_and_the_description_need_no_key(client: TestClient, keys: Keys):
    keys.create("desk")
    assert client.get("/healthz").status_code == 200
    assert client.get("/openapi.json").status_code == 200
    problem(client.get("/v1/nothing"), 401)


def test_a_key_is_looked_at_before_the_body(client: TestClient, keys: Keys):
    keys.create("desk")
    told = problem(client.post("/v1/language", content=b"{", headers={"content-type": "text/plain"}), 401)
    assert told["type"] == "urn:lede:problem:unauthenticated"


def test_a_rotated_or_revoked_key_counts_no_more(client: TestClient):
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
    found = (
        client.get("/v1/models", headers=headers).status_code,
        client.post("/v1/language", json=TEXT, headers=headers).status_code,
        client.get("/v1/keys", headers=headers).status_code,
    )
    assert found == statuses


def test_a_rate_is_kept(client: TestClient, keys: Keys):
    slow, other = bearer(keys.create("desk", rate="2/hour")), bearer(keys.create("sports", rate="2/hour"))
    answers = [client.post("/v1/language", json=TEXT, headers=slow) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert problem(answers[2], 429)["type"] == "urn:lede:problem:rate-exceeded"
    assert 0 < int(answers[2].headers["retry-after"]) <= 3601
    assert client.post("/v1/language", json=TEXT, headers=other).status_code == 200


def test_a_quota_survives_a_restart_and_is_never_overdrawn(keys: Keys):
    keys.create("desk", quota=100)
    (key,) = keys.all()
    Quotas(keys.database).charge(key, 60)
    again = Keys(Settings().data)
    with pytest.raises(QuotaExceeded, match="41 characters") as told:
        Quotas(again.database).charge(key, 41)
    assert 0 < told.value.retry_after <= 31 * 86400
    Quotas(again.database).charge(key, 30)
    Quotas(again.database).give_back(Quotas(again.database).charge(key, 10))
    assert Quotas(keys.database).spent(key) == 90
    again.close()


def test_what_failed_after_midnight_is_given_back_to_the_month_it_was_charged_in(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
):
    keys.create("desk", quota=1000)
    (key,) = keys.all()
    quotas = Quotas(keys.database)

    def at(now: datetime) -> None:
        monkeypatch.setattr("service.access.quotas.datetime", SimpleNamespace(now=lambda _zone: now))

    at(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC))
    november = quotas.charge(key, 900)
    at(datetime(2026, 12, 1, tzinfo=UTC))
    quotas.charge(key, 950)
    quotas.give_back(november)
    assert quotas.spent(key) == 950
    at(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC))
    assert quotas.spent(key) == 0


def test_no_secret_is_kept(keys: Keys):
    token = keys.create("desk")
    keys.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = b"".join(path.read_bytes() for path in Settings().data.iterdir())
    assert token.split("_", 2)[2].encode() not in kept
    assert (Settings().data / "keys.sqlite3").stat().st_mode & 0o077 == 0


def test_keys_over_http(client: TestClient, keys: Keys):
    admin = bearer(keys.create("chief", "admin"))
    token = client.post("/v1/keys", json={"name": "desk", "quota": 9}, headers=admin).json()["token"]
    found = client.get("/v1/keys", headers=admin).json()["keys"][1]
    assert (found["name"], found["quota"], found["characters_used"]) == ("desk", 9, 0)
    assert "hash" not in found
    new = client.put(f"/v1/keys/{found['id']}/token", headers=admin).json()["token"]
    assert client.get("/v1/models", headers=bearer(token)).status_code == 401
    assert client.get("/v1/models", headers=bearer(new)).status_code == 200
    assert client.delete(f"/v1/keys/{found['id']}", headers=admin).status_code == 204
    assert client.get("/v1/models", headers=bearer(new)).status_code == 401
    problem(client.delete(f"/v1/keys/{found['id']}", headers=admin), 404)
    problem(client.post("/v1/keys", json={"name": "desk", "rate": "often"}, headers=admin), 422)


def test_ids_that_are_none(keys: Keys):
    for change in (keys.rotate, keys.revoke):
        with pytest.raises(UnknownKey):
            change("00000000")
    assert CliRunner().invoke(app, ["keys", "create", "desk", "--rate", "often"]).exit_code == 2


def test_nobody_is_let_in_by_a_fault(client: TestClient, keys: Keys):
    keys.create("desk")
    client.app.state.authenticator.keys.close()  # type: ignore[attr-defined]
    told = problem(client.post("/v1/language", json=TEXT), 503)
    assert told["type"] == "urn:lede:problem:state-unavailable"


def test_a_later_versions_file_is_left_alone(tmp_path: Path):
    sqlite3.connect(tmp_path / "keys.sqlite3").execute("PRAGMA user_version = 99").connection.close()
    with pytest.raises(StateTooNew, match="later version"):
        Keys(tmp_path)
    (tmp_path / "keys.sqlite3").write_bytes(b"not a database" * 1000)
    with pytest.raises(StateUnavailable):
        Keys(tmp_path)


def test_beyond_this_machine_only_with_keys_or_when_told(keys: Keys):
    for host in ("127.0.0.1", "::1", "localhost"):
        _guarded(Settings(host=host))
    for host in ("0.0.0.0", "::", "192.168.1.2", "news.example.org"):
        with pytest.raises(OpenToAll, match="no keys"):
            _guarded(Settings(host=host))
    _guarded(Settings(host="0.0.0.0", auth="open"))
    keys.create("desk")
    _guarded(Settings(host="0.0.0.0"))
    refused = CliRunner().invoke(app, ["serve", "--host", "0.0.0.0"], env={"LEDE_DATA": "/nowhere/x"})
    assert refused.exit_code in {1, 2}
    assert len(refused.stderr.strip().splitlines()) == 1


def test_pages_of_others_may_ask_only_when_told(client: TestClient, engine: FakeEngine):
    asking = {"Origin": "https://cms.example.org", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in client.get("/healthz", headers=asking).headers
    settings = Settings(model=MODEL, preload=False, cors_origins=("https://cms.example.org",))
    with TestClient(create_app(settings, pool=pool(engine))) as told:
        Keys(settings.data).create("desk")
        answer = told.options("/v1/language", headers=asking)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "https://cms.example.org")
        stranger = told.get("/healthz", headers={"Origin": "https://evil.example.org"})
        assert "access-control-allow-origin" not in stranger.headers


def test_answers_carry_the_headers_of_a_careful_service(client: TestClient):
    for answer in (client.get("/healthz"), client.get("/v1/nothing"), client.post("/v1/language", json=TEXT)):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "content-security-policy" not in client.get("/docs").headers
