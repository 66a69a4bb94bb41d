"""What was read, and links, through the whole service in-process."""

from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from service.app import create_app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import pool
from tests.service.site import site
from tests.summarizer.reading.test_paste import pasted


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    with site() as running:
        yield running


@pytest.fixture
def at(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def linking(engine: FakeEngine, _loopback_links: None) -> Iterator[TestClient]:
    settings = Settings(model=MODEL, preload=False, fetch_hosts=("127.0.0.1",))
    with TestClient(create_app(settings, pool=pool(engine)), raise_server_exceptions=False) as client:
        yield client


def test_a_paste_is_shown_as_it_was_read(client: TestClient):
    page, article = pasted("en")
    answer: Any = client.post("/v1/articles", json={"text": page}).json()
    assert [paragraph["text"] for paragraph in answer["paragraphs"]] == article
    assert [page[p["start"] : p["end"]] for p in answer["paragraphs"]] == article
    assert (answer["title"], answer["language"]) == ("Harbour bridge reopens after winter repairs", "en")
    start = page.index("Accept all")
    expected = {"text": "Accept all", "reason": "page interface", "start": start, "end": start + 10}
    assert expected in answer["removed"]
    assert answer["source"] == page


def test_a_page_behind_a_link_is_read(linking: TestClient, at: str):
    answer: Any = linking.post("/v1/articles", json={"url": f"{at}/to?url=/article"}).json()
    assert (answer["title"], answer["url"]) == ("Bridge opens", f"{at}/article")
    assert len(answer["paragraphs"]) == 3


@pytest.mark.parametrize(
    ("path", "wanted", "field"),
    [
        ("summaries", {}, "summary"),
        ("blurbs", {"target_languages": ["en"]}, "blurbs"),
        ("translations", {"target_language": "fr"}, "translations"),
    ],
)
def test_links_are_written_about(linking: TestClient, at: str, path: str, wanted: dict[str, Any], field: str):
    answer = linking.post(f"/v1/{path}", json={"url": f"{at}/article", **wanted})
    assert answer.status_code == 200, answer.text
    assert answer.json()[field]


def test_links_are_off_by_default(client: TestClient, at: str):
    for path, wanted in (("articles", {}), ("summaries", {}), ("translations", {"target_language": "fr"})):
        answer = client.post(f"/v1/{path}", json={"url": f"{at}/article", **wanted})
        assert answer.status_code == 422
        assert answer.json()["type"] == "urn:lede:problem:fetch-refused"
        assert answer.json()["hint"]


def test_links_to_loopback_are_refused(engine: FakeEngine, at: str):
    settings = Settings(model=MODEL, preload=False, fetch_hosts=("*",))
    with TestClient(create_app(settings, pool=pool(engine))) as client:
        url = at.rpartition(":")[0]
        answer = client.post("/v1/articles", json={"url": url})
    assert answer.status_code == 422
    assert "not a public address" in answer.json()["detail"]


def test_a_link_that_fails_is_a_bad_gateway(linking: TestClient, at: str):
    answer = linking.post("/v1/articles", json={"url": f"{at}/missing"})
    assert (answer.status_code, answer.json()["type"]) == (502, "urn:lede:problem:fetch-failed")


@pytest.mark.parametrize("body", [{}, {"text": "a", "url": "http://a.example/"}, {"text": "a", "length": "short"}])
def test_exactly_one_article_and_no_other_fields(client: TestClient, body: dict[str, str]):
    assert client.post("/v1/articles", json=body).status_code == 422


def test_a_page_without_an_article_is_told(client: TestClient):
    links = "".join(f'<li><a href="/{n}">Link {n}</a></li>' for n in range(30))
    answer = client.post("/v1/articles", json={"html": f"<html><body><ul>{links}</ul></body></html>"})
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:lede:problem:no-article-found"
    assert "30 links" in answer.json()["detail"]
