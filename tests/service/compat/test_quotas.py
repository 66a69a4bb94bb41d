"""What other APIs' clients have translated counts for their key's quota, and a used-up quota is told in their words."""

import time
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from service.access.keys import Keys
from service.access.quotas import Quotas
from service.settings import Settings
from tests.desk import FRENCH, LEAD
from tests.service.test_problems import problem

SPARE = 10
"""Characters of the key's quota beyond one text."""


@pytest.fixture
def token() -> str:
    keys = Keys(Settings().data)
    token = keys.create("desk", quota=len(LEAD) + SPARE)
    keys.close()
    return token


def spent() -> int:
    keys = Keys(Settings().data)
    (key,) = keys.all()
    found = Quotas(keys.database).used(key)
    keys.close()
    return found


def libre(client: TestClient, token: str, text: str = LEAD) -> Any:
    return client.post("/translate", json={"q": text, "source": "en", "target": "fr", "api_key": token})


def libre_file(client: TestClient, token: str, text: str = LEAD) -> Any:
    fields = {"source": "en", "target": "fr", "api_key": token}
    return client.post("/translate_file", files={"file": ("a.txt", text)}, data=fields)


def deepl(client: TestClient, token: str, text: str = LEAD) -> Any:
    headers = {"Authorization": f"DeepL-Auth-Key {token}"}
    return client.post("/v2/translate", json={"text": [text], "target_lang": "FR"}, headers=headers)


def deepl_file(client: TestClient, token: str, text: str = LEAD) -> Any:
    headers = {"Authorization": f"DeepL-Auth-Key {token}"}
    sent = client.post("/v2/document", files={"file": ("a.txt", text)}, data={"target_lang": "FR"}, headers=headers)
    if sent.status_code == 200:
        url, key = f"/v2/document/{sent.json()['document_id']}", {"document_key": sent.json()["document_key"]}
        while client.post(url, json=key, headers=headers).json()["status"] == "translating":
            time.sleep(0.01)
    return sent


def own_file(client: TestClient, token: str, text: str = LEAD) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    fields = {"source_language": "en", "target_language": "fr"}
    return client.post("/v1/files/translations", files={"file": ("a.txt", text)}, data=fields, headers=headers)


@pytest.mark.parametrize("send", [libre, libre_file, deepl, deepl_file, own_file])
def test_it_is_charged_once_and_refused_when_used_up(client: TestClient, token: str, engine: FakeEngine, send: Any):
    assert send(client, token).status_code == 200
    assert spent() == len(LEAD)
    engine.prompts.clear()
    told = send(client, token, "Good morning to all.")
    assert spent() == len(LEAD)
    assert engine.prompts == []
    message = "20 characters exceed the rest of this month's"
    if send in {deepl, deepl_file}:
        assert (told.status_code, list(told.json())) == (456, ["message"])
        assert message in told.json()["message"]
    elif send is own_file:
        assert problem(told, 429)["type"] == "urn:lede:problem:quota-exceeded"
    else:
        assert (told.status_code, list(told.json())) == (429, ["error"])
        assert message in told.json()["error"]
        assert int(told.headers["retry-after"]) > 0


@pytest.mark.parametrize("send", [libre, libre_file, deepl, deepl_file, own_file])
def test_what_fails_costs_nothing(client: TestClient, token: str, engine: FakeEngine, send: Any):
    answer, engine._answer = engine._answer, lambda _prompt: 1 / 0  # type: ignore[assignment, return-value]
    send(client, token)
    assert spent() == 0
    engine._answer = answer
    assert send(client, token).status_code == 200


def test_usage_tells_it(client: TestClient, token: str):
    assert deepl(client, token).json()["translations"][0]["text"] == FRENCH[LEAD]
    told = client.get("/v2/usage", headers={"Authorization": f"DeepL-Auth-Key {token}"}).json()
    assert told == {"character_count": len(LEAD), "character_limit": len(LEAD) + SPARE}


def test_feeds_are_charged_too(client: TestClient, token: str):
    headers, fields = {"Authorization": f"Bearer {token}"}, {"target_languages": "fr"}
    dump = {"file": ("a.jsonl", f'{{"text": "{LEAD}"}}')}
    assert client.post("/v1/files/summaries", files=dump, headers=headers).status_code == 200
    assert spent() == len(LEAD)
    assert client.post("/v1/files/blurbs", files=dump, data=fields, headers=headers).status_code == 429
