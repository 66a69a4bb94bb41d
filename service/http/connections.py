"""Connections of callers: those that are opened and left are hung up on, and what is no HTTP is answered so."""

from asyncio import TimerHandle, Transport
from typing import Any
from uuid import uuid4

import structlog
from httptools import HttpParserError, HttpParserUpgrade
from pydantic_core import to_json
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from service.errors import MEDIA_TYPE, problem_from_status
from service.http.write_buffer import WriteBuffer

log = structlog.get_logger("lede.http")

HEAD_SECONDS = 10.0
"""The time that a request's head may take, from the connection's start or its first byte on."""

HEAD_BYTES = 65_536
"""The length that a request's head may have, and whatever else stands between the parts of its body."""

QUEUED = 100
"""Requests that may wait on a connection behind the one that is answered."""

HINTS = {400: "Send HTTP/1.1, through a library that speaks it.", 431: "Send fewer headers, and a shorter path."}


class MalformedRequest(ValueError):
    """A request that its parser lets pass and RFC 9112 does not, or one too many."""


class Connection(HttpToolsProtocol):
    """Uvicorn's own, which waits for a request's head for ever, and however long it is."""

    _patience: TimerHandle | None = None
    _answered: RequestResponseCycle | None = None
    """What is answered now; `cycle` is the last that came."""
    _loose = 0
    """Bytes since the last head, part of a body or end that was whole."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A caller is there, and may say what it wants."""
        super().connection_made(transport)
        self.transport = WriteBuffer(transport, self.loop)  # type: ignore[assignment]  # it has what uvicorn asks for
        self._wait()

    def data_received(self, data: bytes) -> None:
        """A part of a request is there, perhaps of its head alone, or several requests."""
        self._unset_keepalive_if_required()
        if self._loose <= HEAD_BYTES:  # else it is refused already, and what comes behind what is answered is dropped
            self._loose += len(data)
            while data:
                data = self._parsed(data)
        if self._loose > HEAD_BYTES:
            self._refuse(431, f"A request's head may have {HEAD_BYTES:,} bytes.")
        if not self._waiting:
            self._rest()
        elif self._patience is None:
            self._wait()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; those behind a body are left out, for nobody looked at them when the request was let in."""
        if "method" not in self.scope:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """A head is whole. Raises Malformed."""
        self._loose = 0
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts != 1 and (hosts or self.parser.get_http_version() != "1.0"):
            raise MalformedRequest("one Host header is needed")
        if self.parser.get_method() == b"CONNECT":
            raise MalformedRequest("this is no proxy")
        if len(self.pipeline) >= QUEUED:
            raise MalformedRequest("too many requests at once")
        if not self.parser.should_upgrade():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of a body."""
        self._loose = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is whole."""
        self._loose = 0
        if not self.parser.should_upgrade():
            super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The caller has gone."""
        self._rest()
        self._abandon()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def _parsed(self, data: bytes) -> bytes:
        """Takes bytes in; gives those that are to be taken in next."""
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as offer:
            # The parser stops reading at an offer of another protocol, and the body is lost. RFC 9110, 7.8: a server
            # may ignore it.
            return self._plain_head() + data[offer.args[0] :]
        except HttpParserError as error:
            reason = error.__context__ if isinstance(error.__context__, MalformedRequest) else error
            self._refuse(400, f"This is not HTTP as RFC 9112 has it: {reason}.")
        return b""

    def _plain_head(self) -> bytes:
        method, version = self.parser.get_method(), self.parser.get_http_version()
        headers = b"".join(b"%s: %s\r\n" % header for header in self.headers if header[0] != b"upgrade")
        return b"%s %s HTTP/%s\r\n%s\r\n" % (method, self.url, version.encode(), headers)

    def _refuse(self, status: int, detail: str) -> None:
        if self.transport.is_closing():
            return
        if not self._waiting and not self.cycle.more_body:
            # What was asked before is answered first, and then the caller learns from the end that this was not.
            self.cycle.keep_alive = False
            return
        log.warning("not HTTP", status=status, reason=detail)
        if self._waiting or not (self.cycle.response_started or self.pipeline):
            self.transport.write(_refusal(status, detail))
        self._abandon()
        self.transport.close()

    def _abandon(self) -> None:
        """Whoever works on an answer learns that nobody waits for it."""
        if self._answered:
            self._answered.disconnected = True
            self._answered.message_event.set()

    @property
    def _waiting(self) -> bool:
        """Whether no request is there whose answer is under way."""
        return self.cycle is None or self.cycle.response_complete

    def _wait(self) -> None:
        self._patience = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def _rest(self) -> None:
        """The head is whole: what follows may take its time."""
        if self._patience:
            self._patience.cancel()
        self._patience = None

    def _hang_up(self) -> None:
        self._patience = None
        if self._waiting:
            self.transport.close()


def _refusal(status: int, detail: str) -> bytes:
    told = problem_from_status(status, detail, uuid4().hex).model_copy(update={"hint": HINTS[status]})
    body = to_json(told)
    head = f"Content-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return STATUS_LINE[status] + head.encode() + body
