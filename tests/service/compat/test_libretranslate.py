"""LibreTranslate's responses, statuses and errors."""

from pathlib import PurePath
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from service.app import create_app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import FIGURES, FRENCH, LEAD, pool
from tests.summarizer.files.archives import epub, odt, pptx, unpacked
from tests.summarizer.reading.documents import pdf

FIELDS = {"q": LEAD, "source": "en", "target": "fr"}


def test_one_text(client: TestClient):
    assert client.post("/translate", json=FIELDS).json() == {"translatedText": FRENCH[LEAD]}


@pytest.mark.parametrize("how", ["json", "data", "params"])
def test_fields_as_json_form_or_query(client: TestClient, how: str):
    request: dict[str, Any] = {how: {**FIELDS, "api_key": "any"}}
    assert client.post("/translate", **request).json() == {"translatedText": FRENCH[LEAD]}


def test_mixed_language_lists(client: TestClient):
    german = "Die Verbündeten haben am Dienstag in Rom erklärt, dass sie ihren Einsatz verstärken wollen."
    response = client.post("/translate", json={"q": [FIGURES, german, "🎉"], "source": "auto", "target": "fr"}).json()
    assert response["translatedText"] == [FRENCH[FIGURES], german, "🎉"]  # the fake model knows no German
    assert [detected["language"] for detected in response["detectedLanguage"]][:2] == ["en", "de"]
    assert all(detected["confidence"] > 90 for detected in response["detectedLanguage"][:2])


def test_a_list_of_one_text_returns_a_list(client: TestClient):
    response = client.post("/translate", json={**FIELDS, "q": [LEAD], "alternatives": 3}).json()
    assert response == {"translatedText": [FRENCH[LEAD]], "alternatives": [[]]}


def test_repeated_form_fields_are_a_list(client: TestClient):
    response = client.post("/translate", data={**FIELDS, "q": [LEAD, FIGURES]}).json()
    assert response == {"translatedText": [FRENCH[LEAD], FRENCH[FIGURES]]}


@pytest.mark.parametrize("text", ["🎉🎉", "12 / 34", " "])
def test_texts_without_a_language_are_returned_unchanged(client: TestClient, text: str):
    response = client.post("/translate", json={"q": text, "source": "auto", "target": "fr"}).json()
    assert response == {"translatedText": text, "detectedLanguage": {"confidence": 0.0, "language": "en"}}


def test_language_codes_in_any_case(client: TestClient):
    for source, target in (("EN", "zh"), ("en", "zh-Hans"), ("en", "ZH-HANS")):
        assert client.post("/translate", json={"q": LEAD, "source": source, "target": target}).status_code == 200


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"q": ""}, "Invalid request: missing q parameter"),
        ({"q": None}, "Invalid request: missing q parameter"),
        ({"source": None}, "Invalid request: missing source parameter"),
        ({"target": ""}, "Invalid request: missing target parameter"),
        ({"target": "xx"}, "xx is not supported"),
        ({"source": "not a code"}, "not a code is not supported"),
        ({"target": "cy"}, "cy is not supported"),
        ({"format": "pdf"}, "pdf format is not supported"),
        ({"alternatives": "x"}, "Invalid request: bad alternatives parameter"),
        ({"alternatives": -1}, "Invalid request: bad alternatives parameter"),
        ({"alternatives": 11}, "Invalid request: alternatives parameter must be <= 10"),
        ({"q": {"a": 1}}, "Invalid request: bad q parameter"),
        ({"q": LEAD * 1000}, f"Invalid request: request ({len(LEAD) * 1000}) exceeds text limit (100000)"),
    ],
)
def test_invalid_requests_return_400(client: TestClient, change: dict[str, Any], message: str):
    response = client.post("/translate", json=FIELDS | change)
    assert (response.status_code, response.json()) == (400, {"error": message})


def test_alternatives_are_other_translations_that_pass_the_checks(client: TestClient, engine: FakeEngine):
    first = FRENCH[FIGURES]
    other, third = first.replace("La coalition dit", "Selon la coalition,"), first.replace("dit que", "affirme que")
    answers = iter([first, other, first.replace("40", "70"), first, other, third, third, third])
    engine._answer = lambda _prompt: next(answers)
    fields = {**FIELDS, "q": FIGURES, "alternatives": 3}
    assert client.post("/translate", json=fields).json() == {"translatedText": first, "alternatives": [other]}
    response = client.post("/translate", json={**fields, "q": [f"{FIGURES}\n"], "alternatives": 2}).json()
    assert response == {"translatedText": [f"{first}\n"], "alternatives": [[f"{third}\n"]]}
    assert "alternatives" not in client.post("/translate", json={**fields, "alternatives": 0}).json()


def test_alternatives_of_several_sentences_and_of_html(client: TestClient, engine: FakeEngine):
    newsroom, calls = engine._answer, iter(range(100))
    engine._answer = lambda prompt: newsroom(prompt).replace("groupe", f"groupe {'dit' * (next(calls) % 2)}".strip())
    response = client.post("/translate", json={**FIELDS, "q": f"{LEAD} {FIGURES}", "alternatives": 1}).json()
    assert len(response["alternatives"]) == 1
    assert response["alternatives"][0] != response["translatedText"]
    html = client.post("/translate", json={**FIELDS, "q": f"<p>{LEAD}</p>", "format": "html", "alternatives": 1}).json()
    assert html["alternatives"] == []


def test_alternatives_may_be_null(client: TestClient):
    """LibreTranslate itself returns 500."""
    assert client.post("/translate", json={**FIELDS, "alternatives": None}).status_code == 200


@pytest.mark.parametrize("body", [b"[1]", b"{", b"\xff"])
def test_a_body_that_is_not_an_object(client: TestClient, body: bytes):
    response = client.post("/translate", content=body, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()) == (400, {"error": "Invalid JSON format"})


def test_deeply_nested_json_is_rejected(client: TestClient):
    body = b"[" * 100_000 + b"]" * 100_000
    response = client.post("/translate", content=body, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()) == (400, {"error": "Invalid JSON format"})


def test_failures_have_the_same_format(client: TestClient, engine: FakeEngine):
    def fail(_prompt: object) -> str:
        raise RuntimeError("a secret path")

    engine._answer = fail
    response = client.post("/translate", json=FIELDS)
    assert (response.status_code, response.json()) == (500, {"error": "The engine failed on this text."})


def test_a_body_that_is_too_large(client: TestClient):
    assert client.post("/translate", json={**FIELDS, "q": "a" * 2_000_000}).json() == {
        "error": "The body exceeds 2,000,000 bytes."
    }


def test_unknown_methods_and_paths(client: TestClient):
    assert client.get("/translate").json() == {"error": "Method Not Allowed"}
    assert client.get("/languages/none").json() == {"error": "Not Found"}


def test_detect(client: TestClient):
    candidates = client.post("/detect", data={"q": LEAD}).json()
    assert candidates[0]["language"] == "en"
    assert 90 < candidates[0]["confidence"] <= 100
    assert candidates == sorted(candidates, key=lambda candidate: -candidate["confidence"])
    assert client.post("/detect", json={"q": "12"}).json() == [{"confidence": 0.0, "language": "en"}]
    assert client.post("/detect", json={}).status_code == 400


def test_languages_have_localised_names(client: TestClient):
    english = client.get("/languages").json()
    assert english[0] == {"code": "zh-Hans", "name": "Chinese", "targets": ["de", "en", "fr", "zh-Hans"]}
    french = client.get("/languages", headers={"accept-language": "fr-FR,en;q=0.5"}).json()
    assert {language["name"] for language in french} == {"chinois", "anglais", "français", "allemand"}
    assert client.get("/languages", params={"lang": "!"}).json() == english


def test_frontend_settings(client: TestClient):
    settings = client.get("/frontend/settings").json()
    assert settings["charLimit"] == 100_000
    assert settings["language"]["source"]["code"] == "auto"
    assert (client.get("/health").json(), client.post("/suggest", data={"q": "a"}).status_code) == (
        {"status": "ok"},
        403,
    )


def test_lede_s_own_endpoints_accept_only_json():
    with TestClient(create_app(Settings(model=MODEL, preload=False), pool=pool())) as client:
        refused = client.post("/v1/translations", data={"text": LEAD})
    assert (refused.status_code, refused.headers["content-type"]) == (415, "application/problem+json")


def test_a_file_is_translated_and_downloaded_once(client: TestClient):
    fields = {"source": "en", "target": "fr", "api_key": ""}
    response = client.post("/translate_file", files={"file": ("a b.txt", LEAD)}, data=fields)
    link = response.json()["translatedFileUrl"]
    assert link.startswith("http://127.0.0.1/download_file/")
    assert link.endswith("a%20b.txt")
    assert client.get(link).text == FRENCH[LEAD]
    assert client.get(link).json() == {"error": "The document is not available: downloaded."}


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("a.odt", odt(f"<text:p>{LEAD}</text:p>"), "content.xml"),
        ("a.pptx", pptx(f"<a:p><a:r><a:t>{LEAD}</a:t></a:r></a:p>"), "ppt/slides/slide1.xml"),
        ("a.epub", epub(f"<html><p>{LEAD}</p></html>"), "OEBPS/text/chapter 1.xhtml"),
        ("a.pdf", pdf([(LEAD, 70, 700, 12)]), "word/document.xml"),
    ],
)
def test_documents_are_translated(client: TestClient, name: str, content: bytes, part: str):
    response = client.post("/translate_file", files={"file": (name, content)}, data={"source": "en", "target": "fr"})
    link = response.json()["translatedFileUrl"]
    assert link.endswith(name.replace("pdf", "docx"))
    assert FRENCH[LEAD] in unpacked(client.get(link).content)[part].decode()
    assert PurePath(name).suffix in client.get("/frontend/settings").json()["supportedFilesFormat"]


def test_existing_translations_in_a_file_stay(client: TestClient):
    unit = f"<trans-unit><source>{LEAD}</source>{{}}</trans-unit>"
    body = unit.format("<target>HUMAN</target>") + unit.format("")
    content = f'<xliff version="1.2"><file source-language="en" target-language="fr"><body>{body}</body></file></xliff>'
    data = {"source": "en", "target": "fr"}
    link = client.post("/translate_file", files={"file": ("a.xliff", content)}, data=data).json()["translatedFileUrl"]
    written = client.get(link).text
    assert "<target>HUMAN</target>" in written
    assert written.count(FRENCH[LEAD]) == 1


@pytest.mark.parametrize(
    ("files", "data", "message"),
    [
        ({"file": ("a.txt", LEAD)}, {"source": "en"}, "Invalid request: missing target parameter"),
        ({}, {"source": "en", "target": "fr"}, "Invalid request: missing file parameter"),
        ({"file": ("a.txt", LEAD)}, {"source": "en", "target": "xx"}, "xx is not supported"),
        ({"file": ("a.exe", LEAD)}, {"source": "en", "target": "fr"}, "The file type of 'a.exe' is not supported."),
        ({"file": ("a.txt", " ")}, {"source": "en", "target": "fr"}, "The file contains no text to translate."),
    ],
)
def test_invalid_files_are_rejected(client: TestClient, files: Any, data: dict[str, str], message: str):
    response = client.post("/translate_file", files=files, data=data)
    assert (response.status_code, response.json()) == (400, {"error": message})


def test_markup_is_preserved(client: TestClient):
    response = client.post("/translate", json={**FIELDS, "q": f"<p>{LEAD}</p>", "format": "html"})
    assert response.json() == {"translatedText": f"<p>{FRENCH[LEAD]}</p>"}
