"""HTTP/1.1 connections: timeouts and size limits for request heads, and responses to malformed requests."""

from asyncio import TimerHandle, Transport
from typing import Any
from uuid import uuid4

import structlog
from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from pydantic_core import to_json
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from service.errors import MEDIA_TYPE, problem_from_status
from service.http.write_buffer import WriteBuffer

log = structlog.get_logger("lede.http")

HEAD_SECONDS = 10.0
"""Timeout of a request's head, from the start of the connection or the head's first byte."""

HEAD_BYTES = 65_536
"""Maximum size of a request's head, and of the framing between the chunks of its body."""

MAX_PIPELINED = 100
"""Requests that may wait on a connection behind the current one."""

HINTS = {400: "Send HTTP/1.1 with a standard client library.", 431: "Send fewer headers, and a shorter path."}


class MalformedRequest(ValueError):
    """A request that the parser accepts but RFC 9112 does not allow, or that exceeds MAX_PIPELINED."""


class Connection(HttpToolsProtocol):
    """Uvicorn's connection, which by itself limits neither the time nor the size of a request's head."""

    _head_timer: TimerHandle | None = None
    _current: RequestResponseCycle | None = None
    """The cycle that is being answered; `cycle` is the last one received."""
    _head_bytes = 0
    """Bytes received since the last complete head, chunk of a body, or end of a request."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # uvicorn's own signature
        """Starts the timeout of the first head."""
        super().connection_made(transport)
        self.transport = WriteBuffer(transport, self.loop)  # type: ignore[assignment]  # has what uvicorn uses
        self._start_head_timer()

    def data_received(self, data: bytes) -> None:
        """Parses received bytes: part of a request, or several requests."""
        self._unset_keepalive_if_required()
        if self._head_bytes <= HEAD_BYTES:  # otherwise already refused, and what follows is dropped
            self._head_bytes += len(data)
            while data:
                data = self._parse(data)
        if self._head_bytes > HEAD_BYTES:
            self._refuse(431, f"A request's head may have at most {HEAD_BYTES:,} bytes.")
        if not self._is_idle:
            self._stop_head_timer()
        elif self._head_timer is None:
            self._start_head_timer()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Ignores trailers: they come after the request's headers were checked."""
        if "method" not in self.scope:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Checks a complete head. Raises MalformedRequest."""
        self._head_bytes = 0
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts != 1 and (hosts or self.parser.get_http_version() != "1.0"):
            raise MalformedRequest("exactly one Host header is required")
        if self.parser.get_method() == b"CONNECT":
            raise MalformedRequest("this server is not a proxy")
        if len(self.pipeline) >= MAX_PIPELINED:
            raise MalformedRequest("too many pipelined requests")
        if not self.parser.should_upgrade():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Receives a chunk of a body."""
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Receives the end of a request."""
        self._head_bytes = 0
        if not self.parser.should_upgrade():
            super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancels the request under way when the client disconnects."""
        self._stop_head_timer()
        self._cancel_current()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._current = cycle
        super()._start_asgi_task(cycle, app)

    def _parse(self, data: bytes) -> bytes:
        """Parses bytes; returns those to parse next."""
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            # The parser stops at an Upgrade header, and the body would be lost. RFC 9110, 7.8 allows to ignore it.
            head = self._head_without_upgrade()
            self._restart_parser()  # after `Connection: Upgrade, close` it would ignore all that follows
            return head + data[upgrade.args[0] :]
        except HttpParserError as error:
            reason = error.__context__ if isinstance(error.__context__, MalformedRequest) else error
            self._refuse(400, f"This is not valid HTTP (RFC 9112): {reason}.")
        return b""

    def _restart_parser(self) -> None:
        self.parser = HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does

    def _head_without_upgrade(self) -> bytes:
        method, version = self.parser.get_method(), self.parser.get_http_version()
        headers = b"".join(b"%s: %s\r\n" % header for header in self.headers if header[0] != b"upgrade")
        return b"%s %s HTTP/%s\r\n%s\r\n" % (method, self.url, version.encode(), headers)

    def _refuse(self, status: int, detail: str) -> None:
        if self.transport.is_closing():
            return
        if not self._is_idle and not self.cycle.more_body:
            # Earlier requests are answered first; the closed connection then shows that this one was not.
            self.cycle.keep_alive = False
            return
        log.warning("malformed request", status=status, reason=detail)
        if self._is_idle or not (self.cycle.response_started or self.pipeline):
            self.transport.write(_refusal(status, detail))
        self._cancel_current()
        self.transport.close()

    def _cancel_current(self) -> None:
        """Lets the app see that the client of the current request has disconnected."""
        if self._current:
            self._current.disconnected = True
            self._current.message_event.set()

    @property
    def _is_idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _start_head_timer(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._close_if_idle)

    def _stop_head_timer(self) -> None:
        """Called once the head is complete: BodyLimits limits the time of the body."""
        if self._head_timer:
            self._head_timer.cancel()
        self._head_timer = None

    def _close_if_idle(self) -> None:
        self._head_timer = None
        if self._is_idle:
            self.transport.close()


def _refusal(status: int, detail: str) -> bytes:
    problem = problem_from_status(status, detail, uuid4().hex).model_copy(update={"hint": HINTS[status]})
    body = to_json(problem)
    head = f"Content-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return STATUS_LINE[status] + head.encode() + body
