"""DeepL's glossaries, beyond what its own clients send."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

MADE = {"name": "Desk", "source_lang": "EN", "target_lang": "fr", "entries": "lede\tchapô\n", "entries_format": "tsv"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "Value for 'name' not specified."),
        ({"entries": None}, "Value for 'entries' not specified."),
        ({"entries": ""}, "Invalid glossary entries provided: each is a term and its translation."),
        ({"entries": "alone"}, "Invalid glossary entries provided: each is a term and its translation."),
        ({"entries_format": "xlsx"}, "Value for 'entries_format' not supported."),
        ({"source_lang": "!"}, "'!' is not a language tag."),
    ],
)
def test_bad_glossaries(client: TestClient, change: dict[str, Any], says: str):
    answer = client.post("/v2/glossaries", json=MADE | change)
    assert (answer.status_code, answer.json()) == (400, {"message": says})


def test_csv_has_quotes_and_languages_that_are_left_out(client: TestClient):
    entries = '"a, b","c ""d""",EN,FR\nlede,chapô\n'
    made = client.post("/v2/glossaries", data={**MADE, "entries": entries, "entries_format": "csv"}).json()
    assert made["entry_count"] == 2
    listed = client.get(f"/v2/glossaries/{made['glossary_id']}/entries")
    assert listed.headers["content-type"].startswith("text/tab-separated-values")
    assert listed.text == 'a, b\tc "d"\nlede\tchapô'


def test_what_there_is_none_of(client: TestClient):
    answer = client.get("/v2/glossaries/none")
    assert (answer.status_code, answer.json()) == (404, {"message": "There is no glossary none."})
    assert client.delete("/v3/glossaries/none").status_code == 404
    made = client.post("/v2/glossaries", json=MADE).json()["glossary_id"]
    entries = client.get(f"/v3/glossaries/{made}/entries?source_lang=en&target_lang=de")
    assert entries.status_code == 404


def test_one_of_several_directions_is_none_of_the_second_version(client: TestClient):
    parts = [{**MADE, "target_lang": target} for target in ("fr", "de")]
    made = client.post("/v3/glossaries", json={"name": "Desk", "dictionaries": parts}).json()["glossary_id"]
    assert client.get("/v2/glossaries").json() == {"glossaries": []}
    assert client.get(f"/v2/glossaries/{made}").status_code == 404
    assert len(client.get(f"/v3/glossaries/{made}").json()["dictionaries"]) == 2


def test_a_translation_with_a_glossary_of_another_direction(client: TestClient):
    made = client.post("/v2/glossaries", json=MADE).json()["glossary_id"]
    asked = {"text": ["The lede."], "target_lang": "DE", "glossary_id": made}
    assert "source_lang" in client.post("/v2/translate", json=asked).json()["message"]
    answer = client.post("/v2/translate", json={**asked, "source_lang": "EN"})
    assert (answer.status_code, answer.json()) == (400, {"message": "No dictionary found for language pair en to de."})
    unknown = client.post("/v2/translate", json={**asked, "source_lang": "EN", "glossary_id": "none"})
    assert unknown.status_code == 404
