"""LibreTranslate's shapes, statuses and errors."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from service.app import create_app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import FIGURES, FRENCH, LEAD, pool

ASKED = {"q": LEAD, "source": "en", "target": "fr"}


def test_one_text(client: TestClient):
    assert client.post("/translate", json=ASKED).json() == {"translatedText": FRENCH[LEAD]}


@pytest.mark.parametrize("how", ["json", "data", "params"])
def test_fields_come_as_json_form_or_query(client: TestClient, how: str):
    given: dict[str, Any] = {how: {**ASKED, "api_key": "any"}}
    assert client.post("/translate", **given).json() == {"translatedText": FRENCH[LEAD]}


def test_several_texts_each_in_its_own_language(client: TestClient):
    german = "Die Verbündeten haben am Dienstag in Rom erklärt, dass sie ihren Einsatz verstärken wollen."
    answer = client.post("/translate", json={"q": [FIGURES, german, "🎉"], "source": "auto", "target": "fr"}).json()
    assert answer["translatedText"] == [FRENCH[FIGURES], german, "🎉"]  # the newsroom knows no more German
    assert [found["language"] for found in answer["detectedLanguage"]][:2] == ["en", "de"]
    assert all(found["confidence"] > 90 for found in answer["detectedLanguage"][:2])


def test_a_list_of_one_is_answered_with_a_list(client: TestClient):
    answer = client.post("/translate", json={**ASKED, "q": [LEAD], "alternatives": 3}).json()
    assert answer == {"translatedText": [FRENCH[LEAD]], "alternatives": [[]]}


def test_repeated_form_fields_are_a_list(client: TestClient):
    answer = client.post("/translate", data={**ASKED, "q": [LEAD, FIGURES]}).json()
    assert answer == {"translatedText": [FRENCH[LEAD], FRENCH[FIGURES]]}


@pytest.mark.parametrize("text", ["🎉🎉", "12 / 34", " "])
def test_what_has_no_language_stays_as_it_is(client: TestClient, text: str):
    answer = client.post("/translate", json={"q": text, "source": "auto", "target": "fr"}).json()
    assert answer == {"translatedText": text, "detectedLanguage": {"confidence": 0.0, "language": "en"}}


def test_codes_in_any_case_and_of_their_own(client: TestClient):
    for source, target in (("EN", "zh"), ("en", "zh-Hans"), ("en", "ZH-HANS")):
        assert client.post("/translate", json={"q": LEAD, "source": source, "target": target}).status_code == 200


@pytest.mark.parametrize(
    ("given", "says"),
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
def test_errors_are_one_line_with_400(client: TestClient, given: dict[str, Any], says: str):
    answer = client.post("/translate", json=ASKED | given)
    assert (answer.status_code, answer.json()) == (400, {"error": says})


def test_alternatives_are_other_translations_that_pass_the_checks(client: TestClient, engine: FakeEngine):
    said = FRENCH[FIGURES]
    other, third = said.replace("La coalition dit", "Selon la coalition,"), said.replace("dit que", "affirme que")
    answers = iter([said, other, said.replace("40", "70"), said, other, third, third, third])
    engine._answer = lambda _prompt: next(answers)
    asked = {**ASKED, "q": FIGURES, "alternatives": 3}
    assert client.post("/translate", json=asked).json() == {"translatedText": said, "alternatives": [other]}
    told = client.post("/translate", json={**asked, "q": [f"{FIGURES}\n"], "alternatives": 2}).json()
    assert told == {"translatedText": [f"{said}\n"], "alternatives": [[f"{third}\n"]]}
    assert "alternatives" not in client.post("/translate", json={**asked, "alternatives": 0}).json()


def test_alternatives_of_several_sentences_and_of_html(client: TestClient, engine: FakeEngine):
    newsroom, turns = engine._answer, iter(range(100))
    engine._answer = lambda prompt: newsroom(prompt).replace("groupe", f"groupe {'dit' * (next(turns) % 2)}".strip())
    answer = client.post("/translate", json={**ASKED, "q": f"{LEAD} {FIGURES}", "alternatives": 1}).json()
    assert len(answer["alternatives"]) == 1
    assert answer["alternatives"][0] != answer["translatedText"]
    html = client.post("/translate", json={**ASKED, "q": f"<p>{LEAD}</p>", "format": "html", "alternatives": 1}).json()
    assert html["alternatives"] == []


def test_alternatives_may_be_null(client: TestClient):
    """LibreTranslate itself answers 500."""
    assert client.post("/translate", json={**ASKED, "alternatives": None}).status_code == 200


@pytest.mark.parametrize("body", [b"[1]", b"{", b"\xff"])
def test_what_is_no_object(client: TestClient, body: bytes):
    answer = client.post("/translate", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()) == (400, {"error": "Invalid JSON format"})


def test_json_that_is_nested_too_deep_is_told_so(client: TestClient):
    body = b"[" * 100_000 + b"]" * 100_000
    answer = client.post("/translate", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()) == (400, {"error": "Invalid JSON format"})


def test_failures_are_told_in_the_same_shape(client: TestClient, engine: FakeEngine):
    def fail(_prompt: object) -> str:
        raise RuntimeError("a secret path")

    engine._answer = fail
    answer = client.post("/translate", json=ASKED)
    assert (answer.status_code, answer.json()) == (500, {"error": "The engine failed on this text."})


def test_too_large_a_body(client: TestClient):
    assert client.post("/translate", json={**ASKED, "q": "a" * 2_000_000}).json() == {
        "error": "The body exceeds 2,000,000 bytes."
    }


def test_no_such_method_or_path(client: TestClient):
    assert client.get("/translate").json() == {"error": "Method Not Allowed"}
    assert client.get("/languages/none").json() == {"error": "Not Found"}


def test_detect(client: TestClient):
    found = client.post("/detect", data={"q": LEAD}).json()
    assert found[0]["language"] == "en"
    assert 90 < found[0]["confidence"] <= 100
    assert found == sorted(found, key=lambda one: -one["confidence"])
    assert client.post("/detect", json={"q": "12"}).json() == [{"confidence": 0.0, "language": "en"}]
    assert client.post("/detect", json={}).status_code == 400


def test_languages_are_named_for_who_asks(client: TestClient):
    english = client.get("/languages").json()
    assert english[0] == {"code": "zh-Hans", "name": "Chinese", "targets": ["de", "en", "fr", "zh-Hans"]}
    french = client.get("/languages", headers={"accept-language": "fr-FR,en;q=0.5"}).json()
    assert {language["name"] for language in french} == {"chinois", "anglais", "français", "allemand"}
    assert client.get("/languages", params={"lang": "!"}).json() == english


def test_the_settings_of_a_page(client: TestClient):
    told = client.get("/frontend/settings").json()
    assert told["charLimit"] == 100_000
    assert told["language"]["source"]["code"] == "auto"
    assert (client.get("/health").json(), client.post("/suggest", data={"q": "a"}).status_code) == (
        {"status": "ok"},
        403,
    )


def test_lede_s_own_paths_take_json_alone():
    with TestClient(create_app(Settings(model=MODEL, preload=False), pool=pool())) as client:
        refused = client.post("/v1/translations", data={"text": LEAD})
    assert (refused.status_code, refused.headers["content-type"]) == (415, "application/problem+json")


def test_a_file_and_the_link_to_its_translation(client: TestClient):
    asked = {"source": "en", "target": "fr", "api_key": ""}
    answer = client.post("/translate_file", files={"file": ("a b.txt", LEAD)}, data=asked)
    link = answer.json()["translatedFileUrl"]
    assert link.startswith("http://testserver/download_file/")
    assert link.endswith("a%20b.txt")
    assert client.get(link).text == FRENCH[LEAD]
    assert client.get(link).json() == {"error": "The document is not available: downloaded."}


@pytest.mark.parametrize(
    ("files", "data", "says"),
    [
        ({"file": ("a.txt", LEAD)}, {"source": "en"}, "Invalid request: missing target parameter"),
        ({}, {"source": "en", "target": "fr"}, "Invalid request: missing file parameter"),
        ({"file": ("a.txt", LEAD)}, {"source": "en", "target": "xx"}, "xx is not supported"),
        ({"file": ("a.exe", LEAD)}, {"source": "en", "target": "fr"}, "The file type of 'a.exe' is not supported."),
        ({"file": ("a.txt", " ")}, {"source": "en", "target": "fr"}, "The file contains no text to translate."),
    ],
)
def test_files_that_cannot_be(client: TestClient, files: Any, data: dict[str, str], says: str):
    answer = client.post("/translate_file", files=files, data=data)
    assert (answer.status_code, answer.json()) == (400, {"error": says})


def test_markup_stays(client: TestClient):
    answer = client.post("/translate", json={**ASKED, "q": f"<p>{LEAD}</p>", "format": "html"})
    assert answer.json() == {"translatedText": f"<p>{FRENCH[LEAD]}</p>"}
