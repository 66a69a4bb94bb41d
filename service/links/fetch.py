"""Fetching links: only from hosts that the operator allows, only from public addresses, within time and size limits.

Each connection, also after a redirect, goes to the very address that was checked, so a second DNS answer cannot
redirect it (DNS rebinding). httpx2 and httpcore2 provide HTTP, TLS and certificate checks.
"""

import socket
import zlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import anyio
import httpcore2
import httpx2

from service.links.addresses import check_public
from summarizer.errors import FetchFailed, FetchRefused

USER_AGENT = f"Lede/{version('lede')} (news desk; reads single articles when an editor asks)"
"""Identifies Lede, so that sites can allow or block it by name."""

TYPES = frozenset({"", "text/html", "application/xhtml+xml", "text/plain"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PORTS = frozenset({80, 443})

PAGE_CACHE_BYTES = 32_000_000
"""Size of the LRU cache of pages for conditional requests, in bytes."""


@dataclass(frozen=True, slots=True)
class FetchRules:
    """What may be fetched. `hosts` are names, `*.name` for all subdomains, or `*` for any; empty: nothing.

    `loopback` also allows this machine, on any port. `max_bytes` limits the decompressed page.
    """

    hosts: tuple[str, ...] = ()
    loopback: bool = False
    seconds: float = 10.0
    max_bytes: int = 5_000_000
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A fetched page: its decompressed body, its URL after redirects, and details from the response's headers."""

    url: str
    body: bytes
    content_type: str
    charset: str | None
    etag: str | None


class Fetcher:
    """Fetches pages under fixed rules, and revalidates cached pages by their ETags."""

    def __init__(self, rules: FetchRules) -> None:
        self._rules = rules
        self._cache: OrderedDict[str, FetchedPage] = OrderedDict()

    async def fetch(self, url: str) -> FetchedPage:
        """Returns the page behind a link.

        Raises FetchRefused if the rules do not allow the link, and FetchFailed if it does not return a page.
        """
        if not self._rules.hosts:
            raise FetchRefused("This service does not fetch links.")
        try:
            with anyio.fail_after(self._rules.seconds):
                return await self._follow(url)
        except TimeoutError:
            raise FetchFailed(f"The link returned no page within {self._rules.seconds:g} seconds.") from None
        except (httpx2.InvalidURL, UnicodeError) as error:
            raise FetchRefused(f"The link is not a valid URL: {error}") from error
        except (httpx2.HTTPError, OSError, zlib.error) as error:
            raise FetchFailed(f"The link could not be fetched: {error or type(error).__name__}.") from error

    async def _follow(self, url: str) -> FetchedPage:
        async with httpx2.AsyncClient(
            transport=CheckedTransport(self._rules),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
            timeout=None,
        ) as client:
            target = httpx2.URL(url)
            for _ in range(self._rules.redirects + 1):
                check_link(target, self._rules)
                async with client.stream("GET", target, headers=self._condition(url)) as response:
                    if response.status_code not in REDIRECTS:
                        return await self._page(url, target, response)
                    target = target.join(response.headers.get("Location", ""))
        raise FetchFailed(f"The link redirects more than {self._rules.redirects} times.")

    def _condition(self, url: str) -> dict[str, str]:
        cached = self._cache.get(url)
        return {"If-None-Match": cached.etag} if cached and cached.etag else {}

    async def _page(self, url: str, target: httpx2.URL, response: httpx2.Response) -> FetchedPage:
        if response.status_code == httpx2.codes.NOT_MODIFIED and url in self._cache:
            self._cache.move_to_end(url)
            return self._cache[url]
        if not response.is_success:
            raise FetchFailed(f"The link's server answered {response.status_code} {response.reason_phrase}.".strip())
        content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if content_type not in TYPES:
            raise FetchFailed(f"The link returns {content_type}, not a page.", "Send a link to a text page.")
        body = await _body(response, self._rules.max_bytes)
        page = FetchedPage(str(target), body, content_type, response.charset_encoding, response.headers.get("ETag"))
        self._remember(url, page)
        return page

    def _remember(self, url: str, page: FetchedPage) -> None:
        self._cache.pop(url, None)
        if page.etag:
            self._cache[url] = page
        while sum(len(cached.body) for cached in self._cache.values()) > PAGE_CACHE_BYTES:
            self._cache.popitem(last=False)


def check_link(url: httpx2.URL, rules: FetchRules) -> None:
    """Checks a URL's scheme, port and host; its address is checked on connecting. Raises FetchRefused."""
    if url.scheme not in ("http", "https") or not url.host:
        raise FetchRefused("Only http and https links to a host are fetched.")
    if url.userinfo:
        raise FetchRefused("Links with a user name or password are not fetched.")
    if url.port not in (None, *PORTS) and not rules.loopback:
        raise FetchRefused(f"Port {url.port} is not allowed: links may only use ports 80 and 443.")
    host = url.host.lower().rstrip(".")
    if not any(_matches(host, pattern.lower()) for pattern in rules.hosts):
        raise FetchRefused(f"{host} is not among the allowed hosts.", "Ask the operator to allow it.")


def _matches(host: str, pattern: str) -> bool:
    return pattern in ("*", host) or (pattern.startswith("*.") and host.endswith(pattern[1:]))


async def _body(response: httpx2.Response, limit: int) -> bytes:
    """Decompresses the body up to the limit. Raises FetchFailed beyond it."""
    encoding = response.headers.get("Content-Encoding", "identity").lower().strip()
    if encoding not in ("identity", "gzip", "deflate", ""):
        raise FetchFailed(f"The page is compressed with {encoding}, which was not requested.")
    decompressor = zlib.decompressobj(zlib.MAX_WBITS | 32) if encoding in ("gzip", "deflate") else None
    body = bytearray()
    async for part in response.aiter_raw():
        body += decompressor.decompress(part, limit + 1 - len(body)) if decompressor else part
        if len(body) > limit:
            raise FetchFailed(f"The page is larger than {limit:,} bytes.")
    if decompressor and not decompressor.eof:
        raise FetchFailed("The page is incomplete.")
    return bytes(body)


class _CheckedBackend(httpcore2.AnyIOBackend):
    """Resolves host names, checks all their addresses, and connects to a checked address."""

    def __init__(self, rules: FetchRules) -> None:
        self._rules = rules

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore2's own signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        infos = await anyio.getaddrinfo(host.rstrip("."), port, type=socket.SOCK_STREAM)
        addresses = [str(info[4][0]) for info in infos]
        for address in addresses:
            check_public(address, loopback=self._rules.loopback)
        return await super().connect_tcp(addresses[0], port, timeout, local_address, socket_options)


class CheckedTransport(httpx2.AsyncBaseTransport):
    """A transport for httpx2 over an httpcore2 connection pool that checks addresses."""

    def __init__(self, rules: FetchRules) -> None:
        self._pool = httpcore2.AsyncConnectionPool(network_backend=_CheckedBackend(rules))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = httpcore2.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
        )
        core_request = httpcore2.Request(
            request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions
        )
        try:
            response = await self._pool.handle_async_request(core_request)
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException) as error:
            raise httpx2.TransportError(str(error) or type(error).__name__) from error
        return httpx2.Response(
            response.status, headers=response.headers, stream=_Stream(response), extensions=response.extensions
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Stream(httpx2.AsyncByteStream):
    def __init__(self, response: httpcore2.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._response.aiter_stream():
                yield part
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException) as error:
            raise httpx2.TransportError(str(error) or type(error).__name__) from error

    async def aclose(self) -> None:
        await self._response.aclose()
