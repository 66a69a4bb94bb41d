"""Malformed and oversized requests, and the valid requests before and after them."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from service.cli import _listen
from service.http import connections
from tests.service.serving import serving

GET = b"GET /a HTTP/1.1\r\nHost: lede\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nHost: lede\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


class Echo:
    """Echoes each complete request, `/slow` after a disconnect; sets `left` when a client disconnects."""

    port = 0

    def __init__(self) -> None:
        self.left = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        body, more = b"", True
        while more:
            message = await receive()
            more = message.get("more_body", False)
            body += message.get("body", b"")
        if scope["path"] == "/slow":
            message = await receive()
        if message["type"] == "http.disconnect":
            self.left.set()
        told = {
            "path": scope["path"],
            "headers": {name.decode(): value.decode() for name, value in scope["headers"]},
            "body": body.decode(),
        }
        content = json.dumps(told).encode()
        headers = [(b"content-length", b"%d" % len(content))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})


@pytest.fixture(scope="module")
def echo() -> Iterator[Echo]:
    app = Echo()
    with serving(app) as address:
        app.port = int(address.rpartition(":")[2])
        yield app


@pytest.fixture
def caller(echo: Echo) -> Iterator[socket.socket]:
    echo.left.clear()
    with socket.create_connection(("127.0.0.1", echo.port), timeout=20) as caller:
        yield caller


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)


def pour(caller: socket.socket, parts: Iterable[bytes], pause: float = 0) -> None:
    for part in parts:
        caller.sendall(part)
        time.sleep(pause)


def answers(caller: socket.socket, count: int | None = None) -> list[tuple[int, dict[str, Any]]]:
    """So many answers, status and JSON, or all until the service hangs up."""
    found: list[tuple[int, dict[str, Any]]] = []
    with caller.makefile("rb") as told, suppress(ConnectionResetError):  # some may be on its way to who is hung up on
        while (count is None or len(found) < count) and (line := told.readline()):
            headers = dict(header.decode().lower().split(": ") for header in iter(told.readline, b"\r\n"))
            found.append((int(line.split()[1]), json.loads(told.read(int(headers["content-length"])))))
    return found


MALFORMED = {
    "noise": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 10,
    "no method": b"BREW /a HTTP/1.1\r\nHost: lede\r\n\r\n",
    "no path": b"GET HTTP/1.1\r\nHost: lede\r\n\r\n",
    "not ASCII": "GET /ä HTTP/1.1\r\nHost: lede\r\n\r\n".encode("latin-1"),
    "no host": b"GET /a HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /a HTTP/1.1\r\nHost: lede\r\nHost: else\r\n\r\n",
    "a header in two": POST + b"A: b\r\n c: d\rX\r\n\r\n",
    "a zero byte": POST + b"A: \0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}}",
    "a length, and parts": POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    "no length": POST + b"Content-Length: -1\r\n\r\n",
    "no part": CHUNKED + b"xyz\r\n",
    "a proxy's": b"CONNECT lede:80 HTTP/1.1\r\nHost: lede:80\r\n\r\n",
    "HTTP/2's": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=list(MALFORMED))
def test_what_is_no_request_is_answered_so(caller: socket.socket, sent: bytes):
    caller.sendall(sent)
    [(status, told)] = answers(caller)
    assert status == told["status"] == 400
    assert told["detail"].startswith("This is not valid HTTP (RFC 9112): ")
    assert told["hint"]
    assert told["request_id"]


ENDLESS = {
    "path": (b"GET /", b"a" * 1000),
    "header": (POST + b"A: ", b"a" * 1000),
    "headers": (POST, b"A: %s\r\n" % (b"a" * 1000)),
    "part": (CHUNKED + b"1", b";a=" + b"a" * 1000),
    "trailers": (CHUNKED + b"1\r\n{\r\n0\r\n", b"A: %s\r\n" % (b"a" * 1000)),
}


@pytest.mark.parametrize(("begun", "more"), ENDLESS.values(), ids=list(ENDLESS))
def test_what_does_not_end_is_refused(caller: socket.socket, begun: bytes, more: bytes):
    caller.sendall(begun)
    with pytest.raises(ConnectionError):
        pour(caller, [more] * 20_000)
    told = caller.recv(1000)
    assert told.startswith(b"HTTP/1.1 431 ")
    assert b"shorter path" in told


def test_a_long_head_is_read(caller: socket.socket):
    caller.sendall(POST + b"A: %s\r\nB:\r\nContent-Length: 0\r\n\r\n" % (b"a" * 60_000))
    [(status, told)] = answers(caller, 1)
    assert status == 200
    assert len(told["headers"]["a"]) == 60_000
    assert told["headers"]["b"] == ""


def test_a_large_body_is_read_in_many_parts(caller: socket.socket):
    pour(caller, [CHUNKED, *[b"1\r\na\r\n" * 20] * 1000])
    caller.sendall(b"0\r\n\r\n" + POST + b"Content-Length: 300000\r\n\r\n" + b"b" * 300_000)
    assert [told["body"] for _, told in answers(caller, 2)] == ["a" * 20_000, "b" * 300_000]


def test_a_head_that_trickles_is_hung_up_on(impatient: None, caller: socket.socket):
    with pytest.raises(ConnectionError):
        pour(caller, (bytes([letter]) for letter in b"GET /" + b"a" * 500), pause=0.01)


def test_requests_at_once_are_answered_in_turn(caller: socket.socket):
    caller.sendall(GET + POST + b"Content-Length: 2\r\n\r\n{}" + GET.replace(b"/a", b"/b"))
    found = [told for _, told in answers(caller, 3)]
    assert [(told["path"], told["body"]) for told in found] == [("/a", ""), ("/a", "{}"), ("/b", "")]


BEHIND = {"noise": b"noise", "no end": b"GET /" + b"a" * 500_000, "too many": GET * connections.MAX_PIPELINED}


@pytest.mark.parametrize("behind", BEHIND.values(), ids=list(BEHIND))
def test_what_cannot_be_answered_does_not_cost_what_came_before_it(caller: socket.socket, behind: bytes):
    caller.sendall(GET * 2 + behind)
    found = [status for status, _ in answers(caller)]
    assert found[:2] == [200, 200]
    assert set(found[2:]) <= ({200} if behind.startswith(GET) else {400, 431})
    assert len(found) <= connections.MAX_PIPELINED + 1


def test_a_body_that_breaks_off_is_answered_once(caller: socket.socket, echo: Echo):
    caller.sendall(CHUNKED + b"1\r\n{\r\n")
    time.sleep(0.05)
    caller.sendall(b"noise\r\n")
    assert [status for status, _ in answers(caller)] == [400]
    assert echo.left.wait(20)


def test_who_asked_for_two_and_leaves_is_known_to_have_left(caller: socket.socket, echo: Echo):
    caller.sendall(GET.replace(b"/a", b"/slow") + GET)
    caller.close()
    assert echo.left.wait(20)


OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
SOCKET = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: aGFsbG8=\r\n"


@pytest.mark.parametrize("offer", [OFFER, SOCKET], ids=["h2c", "websocket"])
@pytest.mark.parametrize(
    "body",
    [b"Content-Length: 2\r\n\r\n{}", b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"],
    ids=["whole", "parts"],
)
@pytest.mark.parametrize("pause", [0, 0.02])
def test_an_offer_of_another_protocol_is_passed_over(caller: socket.socket, offer: bytes, body: bytes, pause: float):
    head, _, rest = body.partition(b"\r\n\r\n")
    pour(caller, (POST + offer + head + b"\r\n\r\n", rest, GET), pause)
    found = answers(caller, 2)
    assert [(status, told["body"]) for status, told in found] == [(200, "{}"), (200, "")]
    assert found[0][1]["headers"]["host"] == "lede"


def test_what_stands_behind_a_body_is_no_header(caller: socket.socket):
    caller.sendall(CHUNKED + b"2\r\n{}\r\n0\r\nX-API-Key: lede_x\r\n\r\n")
    [(status, told)] = answers(caller, 1)
    assert (status, told["body"]) == (200, "{}")
    assert "x-api-key" not in told["headers"]


def test_small_answers_are_sent_at_once():
    """asyncio waits for more where it does not know that a socket is TCP's: 40 ms for each answer of two parts."""
    said: list[int] = []

    class Caller(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            said.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            transport.close()

    async def call() -> None:
        async with await asyncio.get_running_loop().create_server(Caller, sock=_listen("127.0.0.1", 0)) as server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            await reader.read()
            writer.close()

    asyncio.run(call())
    assert said == [1]
