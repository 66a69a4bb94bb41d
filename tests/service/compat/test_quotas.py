"""Quotas in other services' APIs: translations are charged, and exceeding the quota is an error in their format."""

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
"""Characters of the quota beyond one text."""


@pytest.fixture
def token() -> str:
    keys = Keys(Settings().data)
    token = keys.create("desk", quota=len(LEAD) + SPARE)
    keys.close()
    return token


def used() -> int:
    keys = Keys(Settings().data)
    (key,) = keys.all()
    characters = Quotas(keys.database).used(key)
    keys.close()
    return characters


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
    upload = client.post("/v2/document", files={"file": ("a.txt", text)}, data={"target_lang": "FR"}, headers=headers)
    if upload.status_code == 200:
        url, key = f"/v2/document/{upload.json()['document_id']}", {"document_key": upload.json()["document_key"]}
        while client.post(url, json=key, headers=headers).json()["status"] == "translating":
            time.sleep(0.01)
    return upload


def own_file(client: TestClient, token: str, text: str = LEAD) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    fields = {"source_language": "en", "target_language": "fr"}
    return client.post("/v1/files/translations", files={"file": ("a.txt", text)}, data=fields, headers=headers)


@pytest.mark.parametrize("send", [libre, libre_file, deepl, deepl_file, own_file])
def test_a_translation_is_charged_once_and_rejected_beyond_the_quota(
    client: TestClient, token: str, engine: FakeEngine, send: Any
):
    assert send(client, token).status_code == 200
    assert used() == len(LEAD)
    engine.prompts.clear()
    response = send(client, token, "Good morning to all.")
    assert used() == len(LEAD)
    assert engine.prompts == []
    message = "20 characters exceed the rest of this month's"
    if send in {deepl, deepl_file}:
        assert (response.status_code, list(response.json())) == (456, ["message"])
        assert message in response.json()["message"]
    elif send is own_file:
        assert problem(response, 429)["type"] == "urn:lede:problem:quota-exceeded"
    else:
        assert (response.status_code, list(response.json())) == (429, ["error"])
        assert message in response.json()["error"]
        assert int(response.headers["retry-after"]) > 0


@pytest.mark.parametrize("send", [libre, libre_file, deepl, deepl_file, own_file])
def test_a_failed_translation_is_not_charged(client: TestClient, token: str, engine: FakeEngine, send: Any):
    answer, engine._answer = engine._answer, lambda _prompt: 1 / 0  # type: ignore[assignment, return-value]
    send(client, token)
    assert used() == 0
    engine._answer = answer
    assert send(client, token).status_code == 200


def test_usage(client: TestClient, token: str):
    assert deepl(client, token).json()["translations"][0]["text"] == FRENCH[LEAD]
    response = client.get("/v2/usage", headers={"Authorization": f"DeepL-Auth-Key {token}"}).json()
    assert response == {"character_count": len(LEAD), "character_limit": len(LEAD) + SPARE}


def test_feeds_are_charged(client: TestClient, token: str):
    headers, fields = {"Authorization": f"Bearer {token}"}, {"target_languages": "fr"}
    dump = {"file": ("a.jsonl", f'{{"text": "{LEAD}"}}')}
    assert client.post("/v1/files/summaries", files=dump, headers=headers).status_code == 200
    assert used() == len(LEAD)
    assert client.post("/v1/files/blurbs", files=dump, data=fields, headers=headers).status_code == 429
