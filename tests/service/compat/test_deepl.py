"""DeepL's responses, statuses and parameters, beyond what its clients send."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine, echo
from models.errors import LoadFailed
from models.protocol import Prompt
from service.error_formats import DEEPL
from tests.desk import FIGURES, FRENCH, LEAD

FIELDS: dict[str, Any] = {"text": [LEAD], "target_lang": "FR"}


def test_json_and_forms_are_equivalent(client: TestClient):
    expected = {
        "translations": [{"detected_source_language": "EN", "text": FRENCH[LEAD], "billed_characters": len(LEAD)}]
    }
    assert client.post("/v2/translate", json=FIELDS).json() == expected
    assert client.post("/v2/translate", data={**FIELDS, "preserve_formatting": "1"}).json() == expected


def test_line_breaks_within_sentences(client: TestClient):
    half = len(LEAD) // 2
    broken = LEAD[:half].replace(" ", " ") + LEAD[half:].replace(" ", "\n", 1)
    joined = client.post("/v2/translate", json={"text": [broken], "target_lang": "FR", "split_sentences": "nonewlines"})
    assert joined.json()["translations"][0]["text"] == FRENCH[LEAD]
    whole = client.post("/v2/translate", json={"text": [broken], "target_lang": "FR", "split_sentences": "0"})
    assert whole.json() == joined.json()
    separate = client.post("/v2/translate", json={"text": [broken], "target_lang": "FR"})
    assert "\n" in separate.json()["translations"][0]["text"]


@pytest.mark.parametrize("text", ["🎉", "", "12 / 34"])
def test_texts_without_a_language_are_returned_unchanged(client: TestClient, text: str):
    (translation,) = client.post("/v2/translate", json={"text": [text], "target_lang": "FR"}).json()["translations"]
    assert (translation["text"], translation["detected_source_language"]) == (text, "FR")


def test_a_word_in_an_undetectable_language_is_translated(client: TestClient):
    (translation,) = client.post("/v2/translate", json={"text": ["Xqz"], "target_lang": "FR"}).json()["translations"]
    assert translation["text"] == "Xqz"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": None}, "Value for 'text' not supported."),
        ({"target_lang": None}, "Value for 'target_lang' not supported."),
        ({"target_lang": "xx"}, "xx is not supported"),
        ({"source_lang": "CY"}, "CY is not supported"),
        ({"formality": "less"}, "'formality' is not supported for given 'target_lang'."),
        ({"formality": "rude"}, "Value for 'formality' not supported."),
        ({"split_sentences": "2"}, "Value for 'split_sentences' not supported."),
        ({"tag_handling": "latex"}, "Value for 'tag_handling' not supported."),
        ({"context": "x"}, "Parameter 'context' is not supported."),
        ({"outline_detection": "maybe"}, "Value for 'outline_detection' not supported."),
        ({"style_id": "x"}, "Parameter 'style_id' is not supported."),
        ({"custom_instructions": ["x"]}, "Parameter 'custom_instructions' is not supported."),
    ],
)
def test_bad_requests(client: TestClient, change: dict[str, Any], message: str):
    response = client.post("/v2/translate", json=FIELDS | change)
    assert (response.status_code, response.json()) == (400, {"message": message})


def test_missing_parameters(client: TestClient):
    response = client.post("/v2/translate", json={"text": [LEAD]})
    assert (response.status_code, response.json()) == (400, {"message": "Value for 'target_lang' not specified."})


def test_failures_keep_their_status(client: TestClient, engine: FakeEngine):
    def fail(_prompt: object) -> str:
        raise LoadFailed("the weights are corrupt")

    engine._answer = fail
    response = client.post("/v2/translate", json=FIELDS)
    assert (response.status_code, response.json()) == (503, {"message": "the weights are corrupt"})


def test_a_failure_is_not_cached(client: TestClient, engine: FakeEngine):
    answer = engine._answer

    def fail_once(_prompt: object) -> str:
        engine._answer = answer
        raise RuntimeError("broken")

    engine._answer = fail_once
    assert client.post("/v2/translate", json=FIELDS).status_code == 500
    assert client.post("/v2/translate", json=FIELDS).status_code == 200


def test_the_languages_by_body_or_query(client: TestClient):
    by_body = client.request("GET", "/v2/languages", data={"type": "target"}).json()
    assert by_body == client.get("/v2/languages?type=target").json()
    assert {"language": "EN-GB", "name": "British English", "supports_formality": False} in by_body
    assert client.get("/v2/languages?type=source").json()[0] == {"language": "DE", "name": "German"}


def test_different_texts_are_separate_work(client: TestClient):
    for text in (LEAD, FIGURES):
        response = client.post("/v2/translate", json={"text": [text], "target_lang": "FR"}).json()
        assert response["translations"][0]["text"] == FRENCH[text]


@pytest.mark.parametrize("kind", ["html", "xml"])
def test_tags_are_preserved(client: TestClient, kind: str):
    fields = {"text": [f'<p id="a">{LEAD}</p>'], "target_lang": "FR", "tag_handling": kind}
    (translation,) = client.post("/v2/translate", json=fields).json()["translations"]
    assert translation["text"] == f'<p id="a">{FRENCH[LEAD]}</p>'


def test_key_and_quota_errors_have_deepl_s_statuses():
    assert DEEPL.render(401, "no key", "urn:lede:problem:unauthenticated") == (403, {"message": "no key"})
    assert DEEPL.render(429, "all used", "urn:lede:problem:quota-exceeded") == (456, {"message": "all used"})
    assert DEEPL.render(429, "too fast", "urn:lede:problem:rate-exceeded") == (429, {"message": "too fast"})


def seen(client: TestClient, engine: FakeEngine, text: str, **fields: Any) -> tuple[str, list[str]]:
    """The translation, and the distinct texts that the model saw."""
    prompts: list[str] = []

    def answer(prompt: Prompt) -> str:
        prompts.append(echo(prompt))
        return echo(prompt)

    engine._answer = answer
    fields = {"text": [text], "target_lang": "FR", "source_lang": "EN", **fields}
    (translation,) = client.post("/v2/translate", json=fields).json()["translations"]
    return translation["text"], list(dict.fromkeys(prompts))


@pytest.mark.parametrize("kind", ["html", "xml"])
@pytest.mark.parametrize("tags", ["ign,other", ["ign"], ["IGN", "x"]])
def test_the_content_of_ignored_tags_stays(client: TestClient, engine: FakeEngine, kind: str, tags: Any):
    text = "S0012<ign>TAB one</ign>Updated near the <ign>Old Bridge</ign> now"
    result, prompts = seen(client, engine, text, tag_handling=kind, ignore_tags=tags)
    assert result == text
    assert prompts[0] == "S0012 TAB one Updated near the Old Bridge now"


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        (
            "You have <count>three</count> new <kind>messages</kind> today.",
            {"non_splitting_tags": ["count", "kind"]},
            ["You have three new messages today."],
        ),
        ("You have <n>three</n> new ones.", {}, ["You have three new ones."]),
        ("<doc><par>One is here.</par><par>Two is there.</par></doc>", {}, ["One is here.", "Two is there."]),
        ("A first part<cut>A second part</cut>", {"splitting_tags": "cut"}, ["A first part", "A second part"]),
        ("<p>One <title>two</title> three</p>", {"non_splitting_tags": "title,p"}, ["One two three"]),
        ("<p>One <td>two</td> three</p>", {"outline_detection": False}, ["One two three"]),
    ],
)
def test_tags_that_split_sentences(
    client: TestClient, engine: FakeEngine, text: str, fields: dict[str, Any], expected: list[str]
):
    result, prompts = seen(client, engine, text, tag_handling="xml", **fields)
    assert result == text
    assert set(expected) <= set(prompts)


def test_sentences_are_not_split_on_request(client: TestClient, engine: FakeEngine):
    text = "The ferry stops here\nevery ten minutes. It is free."
    whole = "The ferry stops here every ten minutes. It is free."
    assert whole in seen(client, engine, text, split_sentences="0")[1]
    page = "<p>The ferry stops here. It is free.</p>"
    assert (
        "The ferry stops here. It is free." in seen(client, engine, page, split_sentences="0", tag_handling="html")[1]
    )
    assert whole not in seen(client, engine, text, split_sentences="1")[1]
