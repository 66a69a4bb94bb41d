"""Corrections, through the whole service in-process."""

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
    answer = client.post(f"/v1/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_only_what_says_the_old_number_is_written_again(
    client: TestClient, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    made = post(client, "editions", text=ARTICLE, target_languages=["en", "fr"], formats=["summary", "blurb"])
    monkeypatch.setitem(FRENCH, FIGURES.replace("40", "45"), FRENCH[FIGURES].replace("40", "45"))
    engine.prompts.clear()
    answer = post(client, "corrections", old={"text": ARTICLE}, new={"text": CORRECTED}, editions=made["editions"])
    assert [(fact["kind"], "40" in fact["old"], "45" in fact["new"]) for fact in answer["facts"]] == [
        ("number", True, True)
    ]
    assert [change["new"]["text"] for change in answer["changes"]] == [FIGURES.replace("40", "45")]
    hit = {(one["target_language"], one["format"]): one["passages"] for one in answer["affected"]}
    assert hit == {("en", "summary"): [FIGURES], ("fr", "summary"): [FRENCH[FIGURES]]}
    assert [edition["blurb"] for edition in answer["editions"]] == [None, None]
    texts = [edition["summary"]["summary"] for edition in answer["editions"]]
    assert "45 percent" in texts[0]
    assert "45 %" in texts[1]
    assert not any("HEADLINE" in str(piece) for prompt in engine.prompts for piece in prompt.pieces)


def test_a_receipt_stands_for_the_old_text(client: TestClient):
    made = post(client, "summaries", text=ARTICLE)
    given = {"target_language": "en", "summary": made}
    answer = post(
        client,
        "corrections",
        old={"article_sha256": made["article_sha256"], "signature": made["signature"]},
        new={"text": CORRECTED},
        editions=[given],
    )
    assert [one["format"] for one in answer["affected"]] == ["summary"]
    assert "45 percent" in answer["editions"][0]["summary"]["summary"]


def test_a_receipt_is_only_good_for_the_key_that_was_given_it(client: TestClient):
    keys = Keys(Settings().data)
    one, other = bearer(keys.create("one")), bearer(keys.create("other"))
    keys.close()
    made = client.post("/v1/summaries", json={"text": ARTICLE}, headers=one).json()
    body = {"old": {"article_sha256": made["article_sha256"]}, "new": {"text": CORRECTED}}
    assert client.post("/v1/corrections", json=body, headers=one).json()["changes"]
    told = client.post("/v1/corrections", json=body, headers=other)
    assert problem(told, 404)["type"] == "urn:lede:problem:unknown-article"


def test_a_receipt_that_nobody_remembers_asks_for_the_text(client: TestClient):
    answer = client.post("/v1/corrections", json={"old": {"article_sha256": "0" * 64}, "new": {"text": CORRECTED}})
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:lede:problem:unknown-article"
    assert "old text" in answer.json()["hint"]


def test_a_change_beside_what_was_said_touches_nothing_but_the_translation(client: TestClient):
    given = post(client, "editions", text=ARTICLE, target_languages=["en"], summary={"max_sentences": 1})["editions"]
    new = ARTICLE.replace(LIBYA, "There was much talk of Libya in Rome.")
    answer = post(client, "corrections", old={"text": ARTICLE}, new={"text": new}, editions=given)
    assert [one["format"] for one in answer["affected"]] == ["translation"]
    assert answer["editions"][0]["translation"]["text"] == new
    assert answer["editions"][0]["summary"] is None


def test_without_a_change_nothing_is_written(client: TestClient, engine: FakeEngine):
    given = [{"target_language": "en", "summary": {"sentences": [{"text": LEAD}]}}]
    answer = post(client, "corrections", old={"text": ARTICLE}, new={"text": ARTICLE}, editions=given)
    assert (answer["changes"], answer["affected"], answer["editions"]) == ([], [], [])
    assert engine.prompts == []


def test_a_changed_title_touches_what_was_made_of_it_and_no_translation(client: TestClient):
    old = {"text": ARTICLE, "title": "Allies lose 12 bases in Iraq"}
    given = [
        {
            "target_language": "en",
            "blurb": {"title": "Allies lose 12 bases in Iraq", "body": FIGURES},
            "translation": {"text": ARTICLE},
        },
        {"target_language": "fr", "blurb": {"title": "12 bases perdues en Irak", "body": FRENCH[FIGURES]}},
    ]
    new = {"text": ARTICLE, "title": "Allies lose 2 bases in Iraq"}
    answer = post(client, "corrections", old=old, new=new, editions=given)
    (change,) = answer["changes"]
    assert (change["is_title"], change["old"], change["new"]["text"]) == (
        True,
        {"text": old["title"], "start": None, "end": None},
        new["title"],
    )
    assert [(fact["kind"], fact["old"], fact["new"]) for fact in answer["facts"]] == [("number", "12", "2")]
    assert [(one["target_language"], one["format"], one["passages"]) for one in answer["affected"]] == [
        ("en", "blurb", ["Allies lose 12 bases in Iraq"]),
        ("fr", "blurb", ["12 bases perdues en Irak"]),
    ]


def test_a_title_that_says_the_same_facts_in_other_words_touches_its_own_language(client: TestClient):
    old, new = (
        {"text": ARTICLE, "title": title} for title in ("Allies retreat from the hills", "Allies hold the hills")
    )
    given = [{"target_language": "en", "blurb": {"title": "Allies retreat from the hills", "body": FIGURES}}]
    answer = post(client, "corrections", old=old, new=new, editions=given)
    assert [(one["format"], one["passages"]) for one in answer["affected"]] == [
        ("blurb", ["Allies retreat from the hills"])
    ]
