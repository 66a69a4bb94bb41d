"""DeepL's shapes, statuses and parameters, beyond what its own clients send."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from models.errors import LoadFailed
from service.error_formats import DEEPL
from tests.desk import FIGURES, FRENCH, LEAD

ASKED: dict[str, Any] = {"text": [LEAD], "target_lang": "FR"}


def test_json_and_forms_are_the_same(client: TestClient):
    wanted = {
        "translations": [{"detected_source_language": "EN", "text": FRENCH[LEAD], "billed_characters": len(LEAD)}]
    }
    assert client.post("/v2/translate", json=ASKED).json() == wanted
    assert client.post("/v2/translate", data={**ASKED, "preserve_formatting": "1"}).json() == wanted


def test_lines_that_end_no_sentence(client: TestClient):
    half = len(LEAD) // 2
    broken = LEAD[:half].replace(" ", " ") + LEAD[half:].replace(" ", "\n", 1)
    joined = client.post("/v2/translate", json={"text": [broken], "target_lang": "FR", "split_sentences": "nonewlines"})
    assert joined.json()["translations"][0]["text"] == FRENCH[LEAD]
    apart = client.post("/v2/translate", json={"text": [broken], "target_lang": "FR"})
    assert "\n" in apart.json()["translations"][0]["text"]


@pytest.mark.parametrize("text", ["🎉", "", "12 / 34"])
def test_what_has_no_language_stays_as_it_is(client: TestClient, text: str):
    (made,) = client.post("/v2/translate", json={"text": [text], "target_lang": "FR"}).json()["translations"]
    assert (made["text"], made["detected_source_language"]) == (text, "FR")


def test_a_word_that_nothing_tells_is_answered(client: TestClient):
    (made,) = client.post("/v2/translate", json={"text": ["Xqz"], "target_lang": "FR"}).json()["translations"]
    assert made["text"] == "Xqz"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"text": None}, "Value for 'text' not supported."),
        ({"target_lang": None}, "Value for 'target_lang' not supported."),
        ({"target_lang": "xx"}, "xx is not supported"),
        ({"source_lang": "CY"}, "CY is not supported"),
        ({"formality": "less"}, "'formality' is not supported for given 'target_lang'."),
        ({"formality": "rude"}, "Value for 'formality' not supported."),
        ({"split_sentences": "2"}, "Value for 'split_sentences' not supported."),
        ({"tag_handling": "latex"}, "Value for 'tag_handling' not supported."),
        ({"style_id": "x"}, "Parameter 'style_id' is not supported."),
        ({"custom_instructions": ["x"]}, "Parameter 'custom_instructions' is not supported."),
    ],
)
def test_bad_requests(client: TestClient, given: dict[str, Any], says: str):
    answer = client.post("/v2/translate", json=ASKED | given)
    assert (answer.status_code, answer.json()) == (400, {"message": says})


def test_missing_parameters(client: TestClient):
    answer = client.post("/v2/translate", json={"text": [LEAD]})
    assert (answer.status_code, answer.json()) == (400, {"message": "Value for 'target_lang' not specified."})


def test_failures_keep_their_status(client: TestClient, engine: FakeEngine):
    def fail(_prompt: object) -> str:
        raise LoadFailed("the weights are torn")

    engine._answer = fail
    answer = client.post("/v2/translate", json=ASKED)
    assert (answer.status_code, answer.json()) == (503, {"message": "the weights are torn"})


def test_a_failure_is_not_kept(client: TestClient, engine: FakeEngine):
    answer = engine._answer

    def fail_once(_prompt: object) -> str:
        engine._answer = answer
        raise RuntimeError("broken")

    engine._answer = fail_once
    assert client.post("/v2/translate", json=ASKED).status_code == 500
    assert client.post("/v2/translate", json=ASKED).status_code == 200


def test_the_languages_by_body_or_query(client: TestClient):
    by_body = client.request("GET", "/v2/languages", data={"type": "target"}).json()
    assert by_body == client.get("/v2/languages?type=target").json()
    assert {"language": "EN-GB", "name": "British English", "supports_formality": False} in by_body
    assert client.get("/v2/languages?type=source").json()[0] == {"language": "DE", "name": "German"}


def test_other_texts_are_other_work(client: TestClient):
    for text in (LEAD, FIGURES):
        answer = client.post("/v2/translate", json={"text": [text], "target_lang": "FR"}).json()
        assert answer["translations"][0]["text"] == FRENCH[text]


@pytest.mark.parametrize("kind", ["html", "xml"])
def test_tags_stay(client: TestClient, kind: str):
    asked = {"text": [f'<p id="a">{LEAD}</p>'], "target_lang": "FR", "tag_handling": kind}
    (made,) = client.post("/v2/translate", json=asked).json()["translations"]
    assert made["text"] == f'<p id="a">{FRENCH[LEAD]}</p>'


def test_keys_and_quotas_are_told_as_deepl_does():
    assert DEEPL.render(401, "no key", "urn:lede:problem:unauthenticated") == (403, {"message": "no key"})
    assert DEEPL.render(429, "all used", "urn:lede:problem:quota-exceeded") == (456, {"message": "all used"})
    assert DEEPL.render(429, "too fast", "urn:lede:problem:rate-exceeded") == (429, {"message": "too fast"})
