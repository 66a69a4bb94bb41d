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
    """Echoes each complete request, `/slow` after a disconnect; sets `disconnected` when a client disconnects."""

    port = 0

    def __init__(self) -> None:
        self.disconnected = threading.Event()

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
            self.disconnected.set()
        details = {
            "path": scope["path"],
            "headers": {name.decode(): value.decode() for name, value in scope["headers"]},
            "body": body.decode(),
        }
        content = json.dumps(details).encode()
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
    echo.disconnected.clear()
    with socket.create_connection(("127.0.0.1", echo.port), timeout=20) as caller:
        yield caller


@pytest.fixture
def _short_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)


def send_all(caller: socket.socket, parts: Iterable[bytes], pause: float = 0) -> None:
    for part in parts:
        caller.sendall(part)
        time.sleep(pause)


def answers(caller: socket.socket, count: int | None = None) -> list[tuple[int, dict[str, Any]]]:
    """Returns the status and JSON of `count` responses, or of all until the connection is closed."""
    received: list[tuple[int, dict[str, Any]]] = []
    with (
        caller.makefile("rb") as stream,
        suppress(ConnectionResetError),
    ):  # data may still be in flight when the server closes
        while (count is None or len(received) < count) and (line := stream.readline()):
            headers = dict(header.decode().lower().split(": ") for header in iter(stream.readline, b"\r\n"))
            received.append((int(line.split()[1]), json.loads(stream.read(int(headers["content-length"])))))
    return received


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
def test_malformed_requests_get_400(caller: socket.socket, sent: bytes):
    caller.sendall(sent)
    [(status, details)] = answers(caller)
    assert status == details["status"] == 400
    assert details["detail"].startswith("This is not valid HTTP (RFC 9112): ")
    assert details["hint"]
    assert details["request_id"]


ENDLESS = {
    "path": (b"GET /", b"a" * 1000),
    "header": (POST + b"A: ", b"a" * 1000),
    "headers": (POST, b"A: %s\r\n" % (b"a" * 1000)),
    "part": (CHUNKED + b"1", b";a=" + b"a" * 1000),
    "trailers": (CHUNKED + b"1\r\n{\r\n0\r\n", b"A: %s\r\n" % (b"a" * 1000)),
}


@pytest.mark.parametrize(("start", "more"), ENDLESS.values(), ids=list(ENDLESS))
def test_endless_heads_get_431(caller: socket.socket, start: bytes, more: bytes):
    caller.sendall(start)
    with pytest.raises(ConnectionError):
        send_all(caller, [more] * 20_000)
    details = caller.recv(1000)
    assert details.startswith(b"HTTP/1.1 431 ")
    assert b"shorter path" in details


def test_a_long_head_is_accepted(caller: socket.socket):
    caller.sendall(POST + b"A: %s\r\nB:\r\nContent-Length: 0\r\n\r\n" % (b"a" * 60_000))
    [(status, details)] = answers(caller, 1)
    assert status == 200
    assert len(details["headers"]["a"]) == 60_000
    assert details["headers"]["b"] == ""


def test_a_large_body_in_many_chunks_is_accepted(caller: socket.socket):
    send_all(caller, [CHUNKED, *[b"1\r\na\r\n" * 20] * 1000])
    caller.sendall(b"0\r\n\r\n" + POST + b"Content-Length: 300000\r\n\r\n" + b"b" * 300_000)
    assert [details["body"] for _, details in answers(caller, 2)] == ["a" * 20_000, "b" * 300_000]


@pytest.mark.usefixtures("_short_timeout")
def test_a_slow_head_times_out(caller: socket.socket):
    with pytest.raises(ConnectionError):
        send_all(caller, (bytes([letter]) for letter in b"GET /" + b"a" * 500), pause=0.01)


def test_pipelined_requests_are_answered_in_order(caller: socket.socket):
    caller.sendall(GET + POST + b"Content-Length: 2\r\n\r\n{}" + GET.replace(b"/a", b"/b"))
    received = [details for _, details in answers(caller, 3)]
    assert [(details["path"], details["body"]) for details in received] == [("/a", ""), ("/a", "{}"), ("/b", "")]


REFUSED = {"noise": b"noise", "no end": b"GET /" + b"a" * 500_000, "too many": GET * connections.MAX_PIPELINED}


@pytest.mark.parametrize("refused", REFUSED.values(), ids=list(REFUSED))
def test_a_refused_request_does_not_affect_earlier_ones(caller: socket.socket, refused: bytes):
    caller.sendall(GET * 2 + refused)
    received = [status for status, _ in answers(caller)]
    assert received[:2] == [200, 200]
    assert set(received[2:]) <= ({200} if refused.startswith(GET) else {400, 431})
    assert len(received) <= connections.MAX_PIPELINED + 1


def test_a_malformed_body_is_answered_once(caller: socket.socket, echo: Echo):
    caller.sendall(CHUNKED + b"1\r\n{\r\n")
    time.sleep(0.05)
    caller.sendall(b"noise\r\n")
    assert [status for status, _ in answers(caller)] == [400]
    assert echo.disconnected.wait(20)


def test_a_disconnect_with_two_pipelined_requests_is_noticed(caller: socket.socket, echo: Echo):
    caller.sendall(GET.replace(b"/a", b"/slow") + GET)
    caller.close()
    assert echo.disconnected.wait(20)


H2C = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
WEBSOCKET = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: aGFsbG8=\r\n"


@pytest.mark.parametrize("upgrade", [H2C, WEBSOCKET], ids=["h2c", "websocket"])
@pytest.mark.parametrize(
    "body",
    [b"Content-Length: 2\r\n\r\n{}", b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"],
    ids=["whole", "parts"],
)
@pytest.mark.parametrize("pause", [0, 0.02])
def test_upgrade_headers_are_ignored(caller: socket.socket, upgrade: bytes, body: bytes, pause: float):
    head, _, rest = body.partition(b"\r\n\r\n")
    send_all(caller, (POST + upgrade + head + b"\r\n\r\n", rest, GET), pause)
    received = answers(caller, 2)
    assert [(status, details["body"]) for status, details in received] == [(200, "{}"), (200, "")]
    assert received[0][1]["headers"]["host"] == "lede"


@pytest.mark.parametrize("connection", [b"Upgrade, close", b"close, Upgrade", b"upgrade,close"])
@pytest.mark.parametrize("body", [b"", b"{}"])
def test_a_request_to_upgrade_and_close_is_answered(caller: socket.socket, connection: bytes, body: bytes):
    head = POST + b"Upgrade: h2c\r\nConnection: " + connection + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
    caller.sendall(head + body)
    [(status, details)] = answers(caller)
    assert (status, details["body"]) == (200, body.decode())


def test_trailers_are_ignored(caller: socket.socket):
    caller.sendall(CHUNKED + b"2\r\n{}\r\n0\r\nX-API-Key: lede_x\r\n\r\n")
    [(status, details)] = answers(caller, 1)
    assert (status, details["body"]) == (200, "{}")
    assert "x-api-key" not in details["headers"]


def test_small_responses_are_not_delayed():
    """Without TCP_NODELAY a response in two packets takes 40 ms."""
    no_delay: list[int] = []

    class Server(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            no_delay.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            transport.close()

    async def call() -> None:
        async with await asyncio.get_running_loop().create_server(Server, sock=_listen("127.0.0.1", 0)) as server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            await reader.read()
            writer.close()

    asyncio.run(call())
    assert no_delay == [1]
