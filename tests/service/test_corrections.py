"""Corrections, through the complete service in-process."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from service.access.keys import Keys
from service.settings import Settings
from tests.desk import ARTICLE, FIGURES, FRENCH, LEAD, LIBYA
from tests.service.access.test_keys import bearer
from tests.service.test_problems import problem

CORRECTED = ARTICLE.replace("40 percent", "45 percent")


def post(client: TestClient, path: str, **body: Any) -> Any:
    response = client.post(f"/v1/{path}", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def test_only_formats_with_the_old_number_are_rewritten(
    client: TestClient, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    published = post(client, "editions", text=ARTICLE, target_languages=["en", "fr"], formats=["summary", "blurb"])
    monkeypatch.setitem(FRENCH, FIGURES.replace("40", "45"), FRENCH[FIGURES].replace("40", "45"))
    engine.prompts.clear()
    response = post(
        client, "corrections", old={"text": ARTICLE}, new={"text": CORRECTED}, editions=published["editions"]
    )
    assert [(fact["kind"], "40" in fact["old"], "45" in fact["new"]) for fact in response["facts"]] == [
        ("number", True, True)
    ]
    assert [change["new"]["text"] for change in response["changed"]] == [FIGURES.replace("40", "45")]
    affected = {(part["target_language"], part["format"]): part["passages"] for part in response["affected"]}
    assert affected == {("en", "summary"): [FIGURES], ("fr", "summary"): [FRENCH[FIGURES]]}
    assert [edition["blurb"] for edition in response["editions"]] == [None, None]
    texts = [edition["summary"]["summary"] for edition in response["editions"]]
    assert "45 percent" in texts[0]
    assert "45 %" in texts[1]
    assert not any("HEADLINE" in str(piece) for prompt in engine.prompts for piece in prompt.pieces)


def test_a_hash_replaces_the_old_text(client: TestClient):
    summary = post(client, "summaries", text=ARTICLE)
    edition = {"target_language": "en", "summary": summary}
    response = post(
        client,
        "corrections",
        old={"article_sha256": summary["article_sha256"], "signature": summary["signature"]},
        new={"text": CORRECTED},
        editions=[edition],
    )
    assert [part["format"] for part in response["affected"]] == ["summary"]
    assert "45 percent" in response["editions"][0]["summary"]["summary"]


def test_a_hash_is_only_valid_for_the_key_that_received_it(client: TestClient):
    keys = Keys(Settings().data)
    one, other = bearer(keys.create("one")), bearer(keys.create("other"))
    keys.close()
    summary = client.post("/v1/summaries", json={"text": ARTICLE}, headers=one).json()
    body = {"old": {"article_sha256": summary["article_sha256"]}, "new": {"text": CORRECTED}}
    assert client.post("/v1/corrections", json=body, headers=one).json()["changed"]
    rejected = client.post("/v1/corrections", json=body, headers=other)
    assert problem(rejected, 404)["type"] == "urn:lede:problem:unknown-article"


def test_an_unknown_hash_is_rejected(client: TestClient):
    response = client.post("/v1/corrections", json={"old": {"article_sha256": "0" * 64}, "new": {"text": CORRECTED}})
    assert response.status_code == 404
    assert response.json()["type"] == "urn:lede:problem:unknown-article"
    assert "old text" in response.json()["hint"]


def test_a_change_outside_the_summary_affects_only_the_translation(client: TestClient):
    editions = post(client, "editions", text=ARTICLE, target_languages=["en"], summary={"max_sentences": 1})["editions"]
    new = ARTICLE.replace(LIBYA, "There was much talk of Libya in Rome.")
    response = post(client, "corrections", old={"text": ARTICLE}, new={"text": new}, editions=editions)
    assert [part["format"] for part in response["affected"]] == ["translation"]
    assert response["editions"][0]["translation"]["text"] == new
    assert response["editions"][0]["summary"] is None


def test_without_changes_nothing_is_written(client: TestClient, engine: FakeEngine):
    editions = [{"target_language": "en", "summary": {"sentences": [{"text": LEAD}]}}]
    response = post(client, "corrections", old={"text": ARTICLE}, new={"text": ARTICLE}, editions=editions)
    assert (response["changed"], response["affected"], response["editions"]) == ([], [], [])
    assert engine.prompts == []


def test_a_changed_title_affects_blurbs_but_no_translation(client: TestClient):
    old = {"text": ARTICLE, "title": "Allies lose 12 bases in Iraq"}
    editions = [
        {
            "target_language": "en",
            "blurb": {"title": "Allies lose 12 bases in Iraq", "body": FIGURES},
            "translation": {"text": ARTICLE},
        },
        {"target_language": "fr", "blurb": {"title": "12 bases perdues en Irak", "body": FRENCH[FIGURES]}},
    ]
    new = {"text": ARTICLE, "title": "Allies lose 2 bases in Iraq"}
    response = post(client, "corrections", old=old, new=new, editions=editions)
    (change,) = response["changed"]
    assert (change["is_title"], change["old"], change["new"]["text"]) == (
        True,
        {"text": old["title"], "start": None, "end": None},
        new["title"],
    )
    assert [(fact["kind"], fact["old"], fact["new"]) for fact in response["facts"]] == [("number", "12", "2")]
    assert [(part["target_language"], part["format"], part["passages"]) for part in response["affected"]] == [
        ("en", "blurb", ["Allies lose 12 bases in Iraq"]),
        ("fr", "blurb", ["12 bases perdues en Irak"]),
    ]


def test_a_rephrased_title_affects_only_its_own_language(client: TestClient):
    old, new = (
        {"text": ARTICLE, "title": title} for title in ("Allies retreat from the hills", "Allies hold the hills")
    )
    editions = [{"target_language": "en", "blurb": {"title": "Allies retreat from the hills", "body": FIGURES}}]
    response = post(client, "corrections", old=old, new=new, editions=editions)
    assert [(part["format"], part["passages"]) for part in response["affected"]] == [
        ("blurb", ["Allies retreat from the hills"])
    ]
