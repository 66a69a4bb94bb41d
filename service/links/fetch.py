"""Links fetched: only from hosts that the operator allows, only from public addresses, and only so much.

The address that was checked is the address that is connected to, at every hop, so a name that resolves differently
the second time gains nothing. HTTP itself, TLS and certificates are httpx2's and httpcore2's.
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
"""Says who asks, so that a site can allow or refuse it by name."""

TYPES = frozenset({"", "text/html", "application/xhtml+xml", "text/plain"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PORTS = frozenset({80, 443})

PAGE_CACHE_BYTES = 32_000_000
"""Bytes of pages kept for conditional requests, the longest unused dropped first."""


@dataclass(frozen=True, slots=True)
class FetchRules:
    """What may be fetched. `hosts` are names, `*.name` for all below one, or `*` for any; none: links are off."""

    hosts: tuple[str, ...] = ()
    loopback: bool = False
    seconds: float = 10.0
    max_bytes: int = 5_000_000
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A page as it came: its bytes inflated, where it was in the end, and what its server said of it."""

    url: str
    body: bytes
    content_type: str
    charset: str | None
    etag: str | None


class Fetcher:
    """Fetches under fixed rules, and keeps pages with an ETag to ask only whether they changed."""

    def __init__(self, rules: FetchRules) -> None:
        self._rules = rules
        self._kept: OrderedDict[str, FetchedPage] = OrderedDict()

    async def fetch(self, url: str) -> FetchedPage:
        """The page behind the link.

        Raises FetchRefused where the rules forbid it, and FetchFailed where it gives no page within them.
        """
        if not self._rules.hosts:
            raise FetchRefused("This service does not fetch links.")
        try:
            with anyio.fail_after(self._rules.seconds):
                return await self._follow(url)
        except TimeoutError:
            raise FetchFailed(f"The link gave no page within {self._rules.seconds:g} seconds.") from None
        except (httpx2.InvalidURL, UnicodeError) as error:
            raise FetchRefused(f"The link is not well formed: {error}") from error
        except (httpx2.HTTPError, OSError, zlib.error) as error:
            raise FetchFailed(f"The link gave no page: {error or type(error).__name__}.") from error

    async def _follow(self, url: str) -> FetchedPage:
        async with httpx2.AsyncClient(
            transport=CheckedTransport(self._rules),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
        ) as client:
            target = httpx2.URL(url)
            for _ in range(self._rules.redirects + 1):
                check_link(target, self._rules)
                async with client.stream("GET", target, headers=self._condition(url)) as response:
                    if response.status_code not in REDIRECTS:
                        return await self._page(url, target, response)
                    target = target.join(response.headers.get("Location", ""))
        raise FetchFailed(f"The link leads on more than {self._rules.redirects} times.")

    def _condition(self, url: str) -> dict[str, str]:
        kept = self._kept.get(url)
        return {"If-None-Match": kept.etag} if kept and kept.etag else {}

    async def _page(self, url: str, target: httpx2.URL, response: httpx2.Response) -> FetchedPage:
        if response.status_code == httpx2.codes.NOT_MODIFIED and url in self._kept:
            self._kept.move_to_end(url)
            return self._kept[url]
        if not response.is_success:
            raise FetchFailed(f"The link's server answered {response.status_code} {response.reason_phrase}.".strip())
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind not in TYPES:
            raise FetchFailed(f"The link gives {kind}, not a page.", "Send a link to a page of text.")
        body = await _body(response, self._rules.max_bytes)
        fetched = FetchedPage(str(target), body, kind, response.charset_encoding, response.headers.get("ETag"))
        self._keep(url, fetched)
        return fetched

    def _keep(self, url: str, fetched: FetchedPage) -> None:
        self._kept.pop(url, None)
        if fetched.etag:
            self._kept[url] = fetched
        while sum(len(page.body) for page in self._kept.values()) > PAGE_CACHE_BYTES:
            self._kept.popitem(last=False)


def check_link(url: httpx2.URL, rules: FetchRules) -> None:
    """Raises FetchRefused for a link that the rules forbid by how it is written; its address is checked later."""
    if url.scheme not in ("http", "https") or not url.host:
        raise FetchRefused("Only http and https links to a host are fetched.")
    if url.userinfo:
        raise FetchRefused("Links with a user name or password are not fetched.")
    if url.port not in (None, *PORTS) and not rules.loopback:
        raise FetchRefused(f"Port {url.port} is not one of the web's.")
    host = url.host.lower().rstrip(".")
    if not any(_matches(host, pattern.lower()) for pattern in rules.hosts):
        raise FetchRefused(f"{host} is not among the hosts that may be fetched.", "Ask the operator to allow it.")


def _matches(host: str, pattern: str) -> bool:
    return pattern in ("*", host) or (pattern.startswith("*.") and host.endswith(pattern[1:]))


async def _body(response: httpx2.Response, limit: int) -> bytes:
    """The body inflated, never more of it than the limit. Raises FetchFailed beyond."""
    coding = response.headers.get("Content-Encoding", "identity").lower().strip()
    if coding not in ("identity", "gzip", "deflate", ""):
        raise FetchFailed(f"The page came compressed as {coding}, which was not asked for.")
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32) if coding in ("gzip", "deflate") else None
    body = bytearray()
    async for part in response.aiter_raw():
        body += inflater.decompress(part, limit + 1 - len(body)) if inflater else part
        if len(body) > limit:
            raise FetchFailed(f"The page is larger than {limit:,} bytes.")
    if inflater and not inflater.eof:
        raise FetchFailed("The page broke off.")
    return bytes(body)


class _Checked(httpcore2.AnyIOBackend):
    """Connects to addresses that were checked, by the address itself."""

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
        found = await anyio.getaddrinfo(host.rstrip("."), port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        for address in addresses:
            check_public(address, loopback=self._rules.loopback)
        return await super().connect_tcp(addresses[0], port, timeout, local_address, socket_options)


class CheckedTransport(httpx2.AsyncBaseTransport):
    """httpx2's requests over httpcore2's pool, with the checked connections."""

    def __init__(self, rules: FetchRules) -> None:
        self._pool = httpcore2.AsyncConnectionPool(network_backend=_Checked(rules))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = httpcore2.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
        )
        asked = httpcore2.Request(
            request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions
        )
        try:
            answered = await self._pool.handle_async_request(asked)
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException) as error:
            raise httpx2.TransportError(str(error) or type(error).__name__) from error
        return httpx2.Response(
            answered.status, headers=answered.headers, stream=_Stream(answered), extensions=answered.extensions
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Stream(httpx2.AsyncByteStream):
    def __init__(self, answered: httpcore2.Response) -> None:
        self._answered = answered

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._answered.aiter_stream():
                yield part
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException) as error:
            raise httpx2.TransportError(str(error) or type(error).__name__) from error

    async def aclose(self) -> None:
        await self._answered.aclose()
