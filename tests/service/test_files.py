"""The file endpoints: translated files, and feeds and dumps extended with texts."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from tests.desk import ARTICLE, FIGURES, FRENCH, LEAD

SRT = f"1\n00:00:01,000 --> 00:00:09,000\n{LEAD}\n"
FEED = f"<rss version='2.0'><channel><item><description>{ARTICLE}</description></item><item/></channel></rss>"


def send(client: TestClient, path: str, name: str, content: str, **data: Any) -> Any:
    return client.post(f"/v1/files/{path}", files={"file": (name, content.encode())}, data=data)


def test_subtitles_are_translated(client: TestClient):
    response = send(client, "translations", "é.srt", SRT, target_language="fr")
    assert response.text == SRT.replace(LEAD, FRENCH[LEAD])
    assert response.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%A9.fr.srt"


def test_summaries_and_blurbs_are_added_to_a_feed(client: TestClient):
    response = send(client, "summaries", "a.rss", FEED, target_language="fr")
    assert f"<lede:summary>{FRENCH[LEAD]} {FRENCH[FIGURES]}</lede:summary>" in response.text
    assert "<lede:error>The entry contains no article.</lede:error>" in response.text
    response = send(client, "blurbs", "a.rss", FEED, target_languages=["en", "fr"])
    assert response.text.count("<lede:title>") == 2


def test_summaries_are_added_to_a_dump(client: TestClient):
    rows = [{"id": 1, "text": ARTICLE}, {"id": 2, "text": "12 34"}]
    response = send(client, "summaries", "a.jsonl", "\n".join(map(json.dumps, rows)), length="medium")
    first, second = map(json.loads, response.text.splitlines())
    assert first["lede"]["summary"].startswith(LEAD)
    assert "could not be detected" in second["lede"]["error"]


@pytest.mark.parametrize(
    ("path", "name", "data", "status"),
    [
        ("translations", "a.pdf", {"target_language": "fr"}, 422),
        ("translations", "a.xlf", {"target_language": "fr"}, 422),
        ("translations", "a.txt", {}, 422),
        ("translations", "a.txt", {"target_language": "no tag"}, 422),
        ("translations", "a.txt", {"target_language": "cy"}, 422),
        ("summaries", "a.txt", {}, 422),
        ("summaries", "a.xml", {}, 422),
        ("blurbs", "a.rss", {}, 422),
    ],
)
def test_invalid_files_and_options_are_rejected(
    client: TestClient, path: str, name: str, data: dict[str, str], status: int
):
    response = send(client, path, name, LEAD, **data)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")


def test_a_failing_model_fails_the_request(client: TestClient, engine: FakeEngine):
    def fail(_prompt: object) -> str:
        raise RuntimeError("broken")

    engine._answer = fail
    assert send(client, "summaries", "a.rss", FEED).status_code == 500


def test_a_file_over_the_limit(client: TestClient):
    response = send(client, "translations", "a.txt", "a" * 20_000_001, target_language="fr")
    assert response.status_code == 413
