"""Early responses reach clients that read none before they have sent the whole body."""

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from models.engines.fake import FakeEngine
from service.access.keys import Keys
from service.app import create_app
from service.http import lingering
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import pool
from tests.service.serving import serving

BIG = b"a" * 15_000_000

MULTIPART = b'--x\r\nContent-Disposition: form-data; name="q"\r\n\r\n' + BIG + b"\r\n--x--\r\n"


@pytest.fixture
def address(engine: FakeEngine) -> Iterator[str]:
    with serving(create_app(Settings(model=MODEL, preload=False), pool=pool(engine))) as address:
        yield address


def status(address: str, path: str, body: bytes, media_type: str, **headers: str) -> Any:
    request = urllib.request.Request(address + path, body, {"Content-Type": media_type, **headers})
    with pytest.raises(urllib.error.HTTPError) as error, urllib.request.urlopen(request, timeout=30):
        pass
    json.loads(error.value.read())
    return error.value.code


@pytest.mark.parametrize(
    ("path", "body", "media_type", "expected"),
    [
        ("/v1/summaries", BIG, "application/json", 413),
        ("/v1/summaries", BIG, "text/plain", 413),
        ("/v1/summaries", BIG[:1_900_000], "text/plain", 415),
        ("/v1/documents", BIG, "image/png", 415),
        ("/v1/documents", BIG * 2, "text/plain", 413),
        ("/v1/nothing", BIG[:1_900_000], "application/json", 404),
        ("/v2/document", MULTIPART, "multipart/form-data; boundary=x", 400),
        ("/v1/files/summaries", BIG, "multipart/form-data", 400),
    ],
)
def test_the_status_of_an_early_refusal(address: str, path: str, body: bytes, media_type: str, expected: int):
    assert status(address, path, body, media_type) == expected


def test_an_unknown_key(address: str):
    keys = Keys(Settings().data)
    keys.create("desk")
    keys.close()
    for path in ("/v1/files/summaries", "/v1/jobs", "/v2/document", "/v1/keys"):
        assert status(address, path, BIG, "application/json", Authorization="Bearer x") in {401, 403}, path


def test_a_page_of_another_site(address: str):
    assert (
        status(address, "/v2/document", MULTIPART, "multipart/form-data; boundary=x", Origin="https://a.example") == 403
    )


def early_response(address: str, headers: bytes) -> tuple[float, bytes]:
    """Returns when the connection was closed, and what was received, if no body is sent."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as caller:
        started = time.monotonic()
        caller.sendall(b"POST /v1/summaries HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + headers + b"\r\n")
        received = b""
        while part := caller.recv(65_536):
            received += part
        return time.monotonic() - started, received


def test_a_body_that_does_not_come_is_not_awaited_for_long(address: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lingering, "IDLE_SECONDS", 0.2)
    seconds, received = early_response(address, b"Content-Length: 9000000\r\n")
    assert received.startswith(b"HTTP/1.1 413 ")
    assert 0.2 <= seconds < 4


def test_the_response_is_sent_before_the_rest_of_the_body_is_read(address: str):
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=4) as caller:  # less than IDLE_SECONDS
        caller.sendall(b"POST /v1/summaries HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000000\r\n\r\n")
        assert caller.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_client_that_waits_for_permission_to_send_is_not_awaited(address: str):
    seconds, received = early_response(address, b"Content-Length: 9000000\r\nExpect: 100-continue\r\n")
    assert received.startswith(b"HTTP/1.1 413 ")
    assert seconds < lingering.IDLE_SECONDS


def test_at_most_a_number_of_bytes_is_read(address: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lingering, "MAX_BYTES", 100_000)
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as caller:
        caller.sendall(
            b"POST /v1/summaries HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 900000000\r\n\r\n"
        )
        with pytest.raises(OSError):
            send_forever(caller)


def send_forever(caller: socket.socket) -> None:
    while True:
        caller.sendall(BIG)
