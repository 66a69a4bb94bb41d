"""DeepL's documents, beyond what its own clients send."""

import time
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from service.compat import documents
from tests.desk import FRENCH, LEAD


def sent(client: TestClient, content: str = LEAD, name: str = "a.txt", **more: Any) -> Any:
    return client.post("/v2/document", files={"file": (name, content)}, data={"target_lang": "FR", **more})


def finished(client: TestClient, handle: dict[str, str]) -> dict[str, Any]:
    key = {"document_key": handle["document_key"]}
    while (told := client.post(f"/v2/document/{handle['document_id']}", json=key).json())["status"] == "translating":
        assert isinstance(told["seconds_remaining"], int)
        time.sleep(0.01)
    return dict(told)


def test_a_document_is_given_out_once(client: TestClient):
    handle = sent(client).json()
    assert finished(client, handle) == {
        "document_id": handle["document_id"],
        "status": "done",
        "billed_characters": len(LEAD),
    }
    url, key = f"/v2/document/{handle['document_id']}", {"document_key": handle["document_key"]}
    assert client.post(f"{url}/result", json=key).text == FRENCH[LEAD]
    assert client.post(url, json=key).json()["status"] == "downloaded"
    assert client.post(f"{url}/result", json=key).status_code == 404


def test_nobody_has_it_without_its_key(client: TestClient):
    handle = sent(client).json()
    assert client.post(f"/v2/document/{handle['document_id']}", json={"document_key": "x"}).status_code == 404
    assert client.post(f"/v2/document/{handle['document_id']}/result", json={}).status_code == 404


def test_a_document_that_fails_says_why(client: TestClient, engine: FakeEngine):
    def fail(_prompt: object) -> str:
        raise RuntimeError("a secret path")

    engine._answer = fail
    told = finished(client, sent(client).json())
    assert told["status"] == "error"
    assert "secret" not in told["error_message"]
    empty = finished(client, sent(client, " ").json())
    assert empty["error_message"] == "The file contains no text to translate."


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"name": "a.pdf"}, "The file type of 'a.pdf' is not supported."),
        ({"name": "a.docx"}, "The file is not a Word document: File is not a zip file."),
        ({"target_lang": "XX"}, "XX is not supported"),
        ({"output_format": "pdf"}, "Value for 'output_format' not supported."),
        ({"formality": "more"}, "'formality' is not supported for given 'target_lang'."),
    ],
)
def test_bad_documents(client: TestClient, more: dict[str, str], says: str):
    answer = sent(client, **more)
    assert (answer.status_code, answer.json()) == (400, {"message": says})


def test_no_document_at_all(client: TestClient):
    answer = client.post("/v2/document", data={"target_lang": "FR"})
    assert (answer.status_code, answer.json()) == (400, {"message": "Value for 'file' not specified."})


def test_one_that_is_not_ready(client: TestClient, engine: FakeEngine):
    engine._delay = 0.5
    handle = sent(client).json()
    key = {"document_key": handle["document_key"]}
    assert client.post(f"/v2/document/{handle['document_id']}/result", json=key).status_code == 503


def test_old_ones_are_forgotten_and_too_many_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    handle = sent(client).json()
    monkeypatch.setattr(documents, "MAX_BYTES", 2 * len(LEAD) - 1)
    refused = sent(client)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    monkeypatch.setattr(documents, "RETENTION_SECONDS", 0.0)
    assert sent(client).status_code == 200
    assert client.post(f"/v2/document/{handle['document_id']}", json={"document_key": "x"}).status_code == 404
