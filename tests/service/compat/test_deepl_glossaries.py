"""DeepL's glossaries, beyond what its clients send."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

FIELDS = {"name": "Desk", "source_lang": "EN", "target_lang": "fr", "entries": "lede\tchapô\n", "entries_format": "tsv"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "Value for 'name' not specified."),
        ({"entries": None}, "Value for 'entries' not specified."),
        ({"entries": ""}, "Invalid glossary entries provided: each is a term and its translation."),
        ({"entries": "alone"}, "Invalid glossary entries provided: each is a term and its translation."),
        ({"entries_format": "xlsx"}, "Value for 'entries_format' not supported."),
        ({"source_lang": "!"}, "'!' is not a language tag."),
    ],
)
def test_invalid_glossaries_are_rejected(client: TestClient, change: dict[str, Any], message: str):
    response = client.post("/v2/glossaries", json=FIELDS | change)
    assert (response.status_code, response.json()) == (400, {"message": message})


def test_csv_entries_with_quotes_and_languages(client: TestClient):
    entries = '"a, b","c ""d""",EN,FR\nlede,chapô\n'
    glossary = client.post("/v2/glossaries", data={**FIELDS, "entries": entries, "entries_format": "csv"}).json()
    assert glossary["entry_count"] == 2
    listed = client.get(f"/v2/glossaries/{glossary['glossary_id']}/entries")
    assert listed.headers["content-type"].startswith("text/tab-separated-values")
    assert listed.text == 'a, b\tc "d"\nlede\tchapô'


def test_unknown_glossaries(client: TestClient):
    response = client.get("/v2/glossaries/none")
    assert (response.status_code, response.json()) == (404, {"message": "There is no glossary none."})
    assert client.delete("/v3/glossaries/none").status_code == 404
    glossary = client.post("/v2/glossaries", json=FIELDS).json()["glossary_id"]
    entries = client.get(f"/v3/glossaries/{glossary}/entries?source_lang=en&target_lang=de")
    assert entries.status_code == 404


def test_glossaries_of_several_directions_are_not_in_version_2(client: TestClient):
    parts = [{**FIELDS, "target_lang": target} for target in ("fr", "de")]
    glossary = client.post("/v3/glossaries", json={"name": "Desk", "dictionaries": parts}).json()["glossary_id"]
    assert client.get("/v2/glossaries").json() == {"glossaries": []}
    assert client.get(f"/v2/glossaries/{glossary}").status_code == 404
    assert len(client.get(f"/v3/glossaries/{glossary}").json()["dictionaries"]) == 2


def test_a_glossary_of_another_direction_is_rejected(client: TestClient):
    glossary = client.post("/v2/glossaries", json=FIELDS).json()["glossary_id"]
    fields = {"text": ["The lede."], "target_lang": "DE", "glossary_id": glossary}
    assert "source_lang" in client.post("/v2/translate", json=fields).json()["message"]
    response = client.post("/v2/translate", json={**fields, "source_lang": "EN"})
    assert (response.status_code, response.json()) == (
        400,
        {"message": "No dictionary found for language pair en to de."},
    )
    unknown = client.post("/v2/translate", json={**fields, "source_lang": "EN", "glossary_id": "none"})
    assert unknown.status_code == 404
