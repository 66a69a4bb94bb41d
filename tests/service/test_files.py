"""Files in, and the same files with more in them out."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from tests.desk import ARTICLE, FIGURES, FRENCH, LEAD

SRT = f"1\n00:00:01,000 --> 00:00:09,000\n{LEAD}\n"
FEED = f"<rss version='2.0'><channel><item><description>{ARTICLE}</description></item><item/></channel></rss>"


def sent(client: TestClient, path: str, name: str, content: str, **data: Any) -> Any:
    return client.post(f"/v1/files/{path}", files={"file": (name, content.encode())}, data=data)


def test_subtitles_in_another_language(client: TestClient):
    answer = sent(client, "translations", "é.srt", SRT, target_language="fr")
    assert answer.text == SRT.replace(LEAD, FRENCH[LEAD])
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%A9.fr.srt"


def test_a_feed_with_summaries_and_one_with_blurbs(client: TestClient):
    answer = sent(client, "summaries", "a.rss", FEED, target_language="fr")
    assert f"<lede:summary>{FRENCH[LEAD]} {FRENCH[FIGURES]}</lede:summary>" in answer.text
    assert "<lede:error>There is no article here.</lede:error>" in answer.text
    answer = sent(client, "blurbs", "a.rss", FEED, target_languages=["en", "fr"])
    assert answer.text.count("<lede:title>") == 2


def test_a_dump_with_summaries(client: TestClient):
    rows = [{"id": 1, "text": ARTICLE}, {"id": 2, "text": "12 34"}]
    answer = sent(client, "summaries", "a.jsonl", "\n".join(map(json.dumps, rows)), length="medium")
    first, second = map(json.loads, answer.text.splitlines())
    assert first["lede"]["summary"].startswith(LEAD)
    assert "could not be told" in second["lede"]["error"]


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
def test_what_cannot_be_worked_on(client: TestClient, path: str, name: str, data: dict[str, str], status: int):
    answer = sent(client, path, name, LEAD, **data)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_a_model_that_fails_fails_the_file(client: TestClient, engine: FakeEngine):
    def fail(_prompt: object) -> str:
        raise RuntimeError("broken")

    engine._answer = fail
    assert sent(client, "summaries", "a.rss", FEED).status_code == 500


def test_a_file_over_the_limit(client: TestClient):
    answer = sent(client, "translations", "a.txt", "a" * 20_000_001, target_language="fr")
    assert answer.status_code == 413
