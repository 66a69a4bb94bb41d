"""The file endpoints: translated files, and feeds and dumps extended with texts."""

import io
import json
from typing import Any

import pytest
from docx import Document as Word
from fastapi.testclient import TestClient
from lxml import etree

from models.engines.fake import FakeEngine
from tests.desk import ARTICLE, FIGURES, FRENCH, LEAD
from tests.summarizer.reading.documents import pdf

SRT = f"1\n00:00:01,000 --> 00:00:09,000\n{LEAD}\n"
FEED = f"<rss version='2.0'><channel><item><description>{ARTICLE}</description></item><item/></channel></rss>"


def send(client: TestClient, path: str, name: str, content: str, **data: Any) -> Any:
    return client.post(f"/v1/files/{path}", files={"file": (name, content.encode())}, data=data)


def test_subtitles_are_translated(client: TestClient):
    response = send(client, "translations", "é.srt", SRT, target_language="fr")
    assert response.text == SRT.replace(LEAD, FRENCH[LEAD])
    assert response.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%A9.fr.srt"


def test_a_pdf_becomes_a_word_document(client: TestClient):
    files = {"file": ("a.PDF", pdf([(LEAD, 70, 700, 12)]))}
    response = client.post("/v1/files/translations", files=files, data={"target_language": "fr"})
    assert response.headers["content-disposition"] == "attachment; filename*=UTF-8''a.fr.docx"
    assert [one.text for one in Word(io.BytesIO(response.content)).paragraphs] == [FRENCH[LEAD]]


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


def tmx(*translations: str) -> str:
    """A TMX with a unit for each translation of LEAD, or without one."""
    units = "".join(
        f'<tu><tuv xml:lang="en"><seg>{LEAD}</seg></tuv>'
        + f'<tuv xml:lang="fr"><seg>{translation}</seg></tuv>' * bool(translation)
        + "</tu>"
        for translation in translations
    )
    return f'<tmx version="1.4"><header srclang="en"/><body>{units}</body></tmx>'


def test_existing_translations_stay_unless_they_are_to_be_replaced(client: TestClient):
    def segments(*translations: str, **data: str) -> list[str]:
        response = send(client, "translations", "a.tmx", tmx(*translations), target_language="fr", **data)
        return [element.text for element in etree.fromstring(response.content).iter("seg")]

    assert segments("HUMAN", "") == [LEAD, "HUMAN", LEAD, FRENCH[LEAD]]
    assert segments("HUMAN") == [LEAD, "HUMAN"]
    assert segments("HUMAN", "", replace="false") == segments("HUMAN", "")
    assert segments("HUMAN", "", replace="true") == [LEAD, FRENCH[LEAD]] * 2


def test_existing_translations_in_another_language_are_rejected(client: TestClient):
    unit = f"<unit><segment><source>{LEAD}</source><target>Mensch</target></segment></unit>"
    space = 'xmlns="urn:oasis:names:tc:xliff:document:2.0"'
    content = f'<xliff {space} srcLang="en" trgLang="de"><file>{unit}</file></xliff>'
    assert send(client, "translations", "a.xlf", content, target_language="fr").status_code == 422
    assert FRENCH[LEAD] in send(client, "translations", "a.xlf", content, target_language="fr", replace="true").text


@pytest.mark.parametrize(
    ("path", "name", "data", "status"),
    [
        ("translations", "a.exe", {"target_language": "fr"}, 422),
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
