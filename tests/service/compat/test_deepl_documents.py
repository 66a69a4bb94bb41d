"""DeepL's document translation, beyond what its clients send."""

import io
import time
from typing import Any

import pytest
from docx import Document as Word
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from service.compat import documents
from tests.desk import FRENCH, LEAD
from tests.summarizer.reading.documents import pdf


def upload(client: TestClient, content: str = LEAD, name: str = "a.txt", **fields: Any) -> Any:
    return client.post("/v2/document", files={"file": (name, content)}, data={"target_lang": "FR", **fields})


def finished(client: TestClient, handle: dict[str, str]) -> dict[str, Any]:
    key = {"document_key": handle["document_key"]}
    while (state := client.post(f"/v2/document/{handle['document_id']}", json=key).json())["status"] == "translating":
        assert isinstance(state["seconds_remaining"], int)
        time.sleep(0.01)
    return dict(state)


def test_a_document_can_be_downloaded_once(client: TestClient):
    handle = upload(client).json()
    assert finished(client, handle) == {
        "document_id": handle["document_id"],
        "status": "done",
        "billed_characters": len(LEAD),
    }
    url, key = f"/v2/document/{handle['document_id']}", {"document_key": handle["document_key"]}
    assert client.post(f"{url}/result", json=key).text == FRENCH[LEAD]
    assert client.post(url, json=key).json()["status"] == "downloaded"
    assert client.post(f"{url}/result", json=key).status_code == 404


def test_existing_translations_of_a_document_stay(client: TestClient):
    unit = f"<segment><source>{LEAD}</source><target>HUMAN</target></segment>"
    content = f"""<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" srcLang="en" trgLang="fr"><file><unit>{unit}
        <segment><source>{LEAD}</source></segment></unit></file></xliff>"""
    handle = upload(client, content, "a.xlf").json()
    finished(client, handle)
    key = {"document_key": handle["document_key"]}
    written = client.post(f"/v2/document/{handle['document_id']}/result", json=key).text
    assert "<target>HUMAN</target>" in written
    assert written.count(f"<target>{FRENCH[LEAD]}</target>") == 1


def test_a_pdf_becomes_a_word_document(client: TestClient):
    handle = client.post(
        "/v2/document",
        files={"file": ("a.pdf", pdf([(LEAD, 70, 700, 12)]))},
        data={"target_lang": "FR", "output_format": "docx"},
    ).json()
    finished(client, handle)
    key = {"document_key": handle["document_key"]}
    content = client.post(f"/v2/document/{handle['document_id']}/result", json=key).content
    assert [one.text for one in Word(io.BytesIO(content)).paragraphs] == [FRENCH[LEAD]]


def test_a_document_requires_its_key(client: TestClient):
    handle = upload(client).json()
    assert client.post(f"/v2/document/{handle['document_id']}", json={"document_key": "x"}).status_code == 404
    assert client.post(f"/v2/document/{handle['document_id']}/result", json={}).status_code == 404


def test_a_failed_document_has_an_error_message(client: TestClient, engine: FakeEngine):
    def fail(_prompt: object) -> str:
        raise RuntimeError("a secret path")

    engine._answer = fail
    state = finished(client, upload(client).json())
    assert state["status"] == "error"
    assert "secret" not in state["error_message"]
    empty = finished(client, upload(client, " ").json())
    assert empty["error_message"] == "The file contains no text to translate."


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "a.exe"}, "The file type of 'a.exe' is not supported."),
        ({"name": "a.pdf"}, "Value for 'output_format' not supported."),
        ({"name": "a.pdf", "output_format": "pdf"}, "Value for 'output_format' not supported."),
        ({"name": "a.docx"}, "The file is not a Word document: File is not a zip file."),
        ({"target_lang": "XX"}, "XX is not supported"),
        ({"output_format": "pdf"}, "Value for 'output_format' not supported."),
        ({"formality": "more"}, "'formality' is not supported for given 'target_lang'."),
    ],
)
def test_invalid_documents_are_rejected(client: TestClient, change: dict[str, str], message: str):
    response = upload(client, **change)
    assert (response.status_code, response.json()) == (400, {"message": message})


def test_a_missing_file_is_rejected(client: TestClient):
    response = client.post("/v2/document", data={"target_lang": "FR"})
    assert (response.status_code, response.json()) == (400, {"message": "Value for 'file' not specified."})


def test_a_document_that_is_not_ready(client: TestClient, engine: FakeEngine):
    engine._delay = 0.5
    handle = upload(client).json()
    key = {"document_key": handle["document_key"]}
    assert client.post(f"/v2/document/{handle['document_id']}/result", json=key).status_code == 503


def test_old_documents_are_discarded_and_too_many_are_rejected(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    handle = upload(client).json()
    monkeypatch.setattr(documents, "MAX_BYTES", 2 * len(LEAD) - 1)
    refused = upload(client)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    monkeypatch.setattr(documents, "RETENTION_SECONDS", 0.0)
    assert upload(client).status_code == 200
    assert client.post(f"/v2/document/{handle['document_id']}", json={"document_key": "x"}).status_code == 404
