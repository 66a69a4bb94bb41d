"""Fetching links from a real site on loopback with the real HTTP stack."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from service.links.fetch import CheckedTransport, FetchedPage, Fetcher, FetchRules
from summarizer.errors import FetchFailed, FetchRefused
from tests.documents.document import ROOT
from tests.service.site import ARTICLE, site

ANY = FetchRules(hosts=("*",))
LOOPBACK = FetchRules(hosts=("*",), loopback=True, seconds=2, max_bytes=100_000)

REFUSED = [
    # loopback, in all notations
    "http://127.0.0.1/", "http://127.0.0.1:80/", "http://127.1/", "http://127.0.1/", "http://2130706433/",
    "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://017700000001/", "http://127.255.255.254/",
    "http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://[::1]/", "http://[0:0:0:0:0:0:0:1]/",
    "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/",
    # unspecified, this network
    "http://0.0.0.0/", "http://0/", "http://[::]/",
    # private
    "http://10.0.0.1/", "http://10.255.255.255/", "http://172.16.0.1/", "http://172.31.255.254/", "http://192.168.0.1/",
    "http://192.168.1.254/admin", "http://[fc00::1]/", "http://[fd12:3456:789a::1]/", "http://[fec0::1]/",
    # link-local and metadata services
    "http://169.254.169.254/latest/meta-data/", "http://169.254.0.1/", "http://2852039166/", "http://0xa9fea9fe/",
    "http://[fe80::1]/", "http://[fd00:ec2::254]/", "http://100.100.100.200/", "http://192.0.0.192/",
    "http://168.63.129.16/",
    # shared, documentation, benchmarks, multicast, reserved, broadcast
    "http://100.64.0.1/", "http://192.0.2.1/", "http://198.51.100.1/", "http://203.0.113.1/", "http://198.18.0.1/",
    "http://224.0.0.1/", "http://240.0.0.1/", "http://255.255.255.255/", "http://[ff02::1]/", "http://[2001:db8::1]/",
    # IPv4 embedded in IPv6
    "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::ffff:10.0.0.1]/",
    "http://[::ffff:169.254.169.254]/", "http://[::127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::10.0.0.1]/",
    "http://[2002:7f00:1::]/", "http://[2002:a9fe:a9fe::]/", "http://[2001:0:7f00:1::]/",
]  # fmt: skip

DECEPTIVE = [
    "file:///etc/passwd", "ftp://example.org/", "gopher://127.0.0.1:25/", "data:text/html,hello", "javascript:alert(1)",
    "http://user:secret@example.org/", "http://example.org@127.0.0.1/", "http://example.org:22/", "http://example.org:6379/",
    "https://example.org:8443/", "http:///path", "//example.org/", "/etc/passwd", "",
]  # fmt: skip


def fetch(url: str, rules: FetchRules = LOOPBACK) -> FetchedPage:
    return asyncio.run(Fetcher(rules).fetch(url))


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    with site() as running:
        yield running


@pytest.fixture
def at(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


@pytest.mark.parametrize("url", REFUSED)
def test_special_addresses_are_refused(url: str) -> None:
    with pytest.raises(FetchRefused, match=r"not a public address|not a valid URL"):
        fetch(url, ANY)


@pytest.mark.parametrize("url", DECEPTIVE)
def test_deceptive_links_are_refused(url: str) -> None:
    with pytest.raises(FetchRefused):
        fetch(url, ANY)


@pytest.mark.parametrize("url", [url for url in REFUSED if "169.254" in url or "10.0" in url or "192.168" in url])
def test_a_redirect_to_a_special_address_is_refused(at: str, url: str) -> None:
    with pytest.raises(FetchRefused, match="not a public address"):
        fetch(f"{at}/to?url={quote(url)}")


def test_a_redirect_to_another_scheme_or_a_disallowed_host_is_refused(at: str) -> None:
    rules = FetchRules(hosts=("127.0.0.1",), loopback=True)
    for url in ("file:///etc/passwd", "http://elsewhere.example/"):
        with pytest.raises(FetchRefused):
            fetch(f"{at}/to?url={quote(url)}", rules)


def test_links_are_off_by_default(at: str) -> None:
    with pytest.raises(FetchRefused, match="does not fetch links"):
        fetch(f"{at}/article", FetchRules())


@pytest.mark.parametrize("host", ["evil.example", "news.example.evil.example", "notnews.example"])
def test_hosts_outside_the_allow_list_are_refused(host: str) -> None:
    with pytest.raises(FetchRefused, match="not among the allowed hosts"):
        fetch(f"http://{host}/", FetchRules(hosts=("news.example", "*.news.example")))


def test_the_checked_address_is_the_one_connected_to(at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["127.0.0.1", "10.0.0.1"])
    resolve, queries, port = socket.getaddrinfo, [], int(at.rpartition(":")[2])

    def rebinding(host: Any, *rest: Any, **options: Any) -> Any:
        if host in ("news.example", b"news.example"):
            queries.append(host)
            return resolve(next(answers), *rest, **options)
        return resolve(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    page = fetch(f"http://news.example:{port}/article")
    assert page.body == ARTICLE.encode()
    assert len(queries) == 1
    with pytest.raises(FetchRefused, match=r"10\.0\.0\.1"):
        fetch(f"http://news.example:{port}/article")


def test_a_host_with_one_special_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(FetchRefused, match=r"10\.0\.0\.1"):
        fetch("http://news.example/", ANY)


def test_a_page_has_details_from_the_response_headers(at: str, server: Any) -> None:
    page = fetch(f"{at}/latin")
    assert (page.body, page.charset, page.content_type) == (
        "<p>déjà vu</p>".encode("latin-1"),
        "iso-8859-1",
        "text/html",
    )
    assert page.url == f"{at}/latin"
    assert server.requests[-1][1]["User-Agent"].startswith("Lede/")


def test_redirects_are_followed_up_to_a_limit(at: str) -> None:
    assert fetch(f"{at}/to?url=/article").url == f"{at}/article"
    with pytest.raises(FetchFailed, match="more than 5 times"):
        fetch(f"{at}/round")


def test_compressed_pages_are_decompressed_up_to_the_limit(at: str) -> None:
    assert fetch(f"{at}/gzip").body == ARTICLE.encode()
    with pytest.raises(FetchFailed, match="larger than 100,000 bytes"):
        fetch(f"{at}/bomb")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("large", "larger than 100,000"),
        ("picture", "image/png"),
        ("missing", "404"),
        ("brotli", "compressed with br"),
        ("broken", "incomplete"),
    ],
)
def test_anything_but_a_page_fails_with_the_reason(at: str, path: str, reason: str) -> None:
    with pytest.raises(FetchFailed, match=reason):
        fetch(f"{at}/{path}")


def test_a_slow_page_times_out(at: str) -> None:
    started = time.monotonic()
    with pytest.raises(FetchFailed, match=r"within 0\.5 seconds"):
        fetch(f"{at}/slow", FetchRules(hosts=("*",), loopback=True, seconds=0.5))
    assert time.monotonic() - started < 2


def test_a_closed_port_fails() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(FetchFailed, match="could not be fetched"):
            fetch(f"http://127.0.0.1:{free.getsockname()[1]}/")


def test_a_cached_page_is_revalidated_by_its_etag(at: str, server: Any) -> None:
    fetcher = Fetcher(LOOPBACK)

    async def twice() -> tuple[FetchedPage, FetchedPage]:
        return await fetcher.fetch(f"{at}/tagged"), await fetcher.fetch(f"{at}/tagged")

    first, second = asyncio.run(twice())
    assert first == second
    assert server.requests[-1][1]["If-None-Match"] == '"v1"'


def test_only_the_documented_limit_applies(monkeypatch: pytest.MonkeyPatch):
    """The client library has its own timeout of 5 seconds."""
    timeouts: list[Any] = []

    async def respond(_transport: CheckedTransport, request: httpx2.Request) -> httpx2.Response:
        timeouts.append(request.extensions["timeout"])
        return httpx2.Response(200, html="<p>a</p>")

    monkeypatch.setattr(CheckedTransport, "handle_async_request", respond)
    with suppress(httpx2.StreamError):
        asyncio.run(Fetcher(FetchRules(("*",))).fetch("https://example.org/"))
    assert timeouts == [dict.fromkeys(("connect", "read", "write", "pool"))]
    assert f"{FetchRules().seconds:g} seconds" in (ROOT / "docs" / "reading.md").read_text("utf-8")
