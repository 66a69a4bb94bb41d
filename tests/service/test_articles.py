"""Extraction of articles and links, through the complete service in-process."""

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
def address(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def client_with_links(engine: FakeEngine, _loopback_links: None) -> Iterator[TestClient]:
    settings = Settings(model=MODEL, preload=False, fetch_hosts=("127.0.0.1",))
    with TestClient(create_app(settings, pool=pool(engine)), raise_server_exceptions=False) as client:
        yield client


def test_the_article_of_a_pasted_text(client: TestClient):
    page, article = pasted("en")
    response: Any = client.post("/v1/articles", json={"text": page}).json()
    assert [paragraph["text"] for paragraph in response["paragraphs"]] == article
    assert [page[p["start"] : p["end"]] for p in response["paragraphs"]] == article
    assert (response["title"], response["language"]) == ("Harbour bridge reopens after winter repairs", "en")
    start = page.index("Accept all")
    expected = {"text": "Accept all", "why": "page interface", "start": start, "end": start + 10}
    assert expected in response["removed"]
    assert response["source"] == page


def test_the_article_behind_a_link(client_with_links: TestClient, address: str):
    response: Any = client_with_links.post("/v1/articles", json={"url": f"{address}/to?url=/article"}).json()
    assert (response["title"], response["url"]) == ("Bridge opens", f"{address}/article")
    assert len(response["paragraphs"]) == 3


@pytest.mark.parametrize(
    ("path", "options", "field"),
    [
        ("summaries", {}, "summary"),
        ("blurbs", {"target_languages": ["en"]}, "blurbs"),
        ("translations", {"target_language": "fr"}, "translations"),
    ],
)
def test_writing_endpoints_accept_links(
    client_with_links: TestClient, address: str, path: str, options: dict[str, Any], field: str
):
    response = client_with_links.post(f"/v1/{path}", json={"url": f"{address}/article", **options})
    assert response.status_code == 200, response.text
    assert response.json()[field]


def test_links_are_off_by_default(client: TestClient, address: str):
    for path, options in (("articles", {}), ("summaries", {}), ("translations", {"target_language": "fr"})):
        response = client.post(f"/v1/{path}", json={"url": f"{address}/article", **options})
        assert response.status_code == 422
        assert response.json()["type"] == "urn:lede:problem:fetch-refused"
        assert response.json()["hint"]


def test_links_to_loopback_are_rejected(engine: FakeEngine, address: str):
    settings = Settings(model=MODEL, preload=False, fetch_hosts=("*",))
    with TestClient(create_app(settings, pool=pool(engine))) as client:
        url = address.rpartition(":")[0]
        response = client.post("/v1/articles", json={"url": url})
    assert response.status_code == 422
    assert "not a public address" in response.json()["detail"]


def test_a_link_that_fails_is_a_bad_gateway(client_with_links: TestClient, address: str):
    response = client_with_links.post("/v1/articles", json={"url": f"{address}/missing"})
    assert (response.status_code, response.json()["type"]) == (502, "urn:lede:problem:fetch-failed")


@pytest.mark.parametrize("body", [{}, {"text": "a", "url": "http://a.example/"}, {"text": "a", "length": "short"}])
def test_exactly_one_article_and_no_other_fields(client: TestClient, body: dict[str, str]):
    assert client.post("/v1/articles", json=body).status_code == 422


def test_a_page_without_an_article_is_rejected(client: TestClient):
    links = "".join(f'<li><a href="/{n}">Link {n}</a></li>' for n in range(30))
    response = client.post("/v1/articles", json={"html": f"<html><body><ul>{links}</ul></body></html>"})
    assert response.status_code == 422
    assert response.json()["type"] == "urn:lede:problem:no-article-found"
    assert "30 links" in response.json()["detail"]
