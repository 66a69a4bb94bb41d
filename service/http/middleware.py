"""Middleware of all requests: request ids, access log, security headers, and limits for bodies."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from uuid import uuid4

import structlog
from opentelemetry import trace
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.errors import Closed
from service.error_formats import error_format_of
from service.errors import ProblemResponse, problem_from, problem_from_status
from service.http.lingering import has_body
from service.http.paths import own_path
from service.metrics import Metrics

log = structlog.get_logger("lede.http")

REQUEST_ID = "X-Request-ID"

REQUEST_ID_HEADER, CSP_HEADER = REQUEST_ID.lower().encode(), b"content-security-policy"

SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (CSP_HEADER, b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
"""The headers that OWASP recommends for APIs (REST Security Cheat Sheet), unless a response sets its own."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

DOCS = "/docs"
"""FastAPI's documentation page, which loads scripts from a CDN."""

PROBES = {"/healthz", "/readyz", "/v1/models", "/metrics"}
"""Paths that monitoring polls every few seconds; logged at debug level only."""


BODY_SECONDS, BODY_RATE = 20.0, 10_000.0
"""Timeout of a body: a number of seconds, plus one second per 10,000 bytes received."""


RETRY_AFTER_STOP = "5"
"""Retry-After, in seconds, of requests that are cut off because the service stops."""


class RequestLog:
    """Assigns each request an id, sent in `X-Request-ID`, and logs one line when it has been answered.

    Logs unexpected exceptions with their tracebacks, and answers with a problem that does not contain them.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        request_id = state.setdefault("request_id", uuid4().hex)
        state["path"] = own_path(scope)  # computed here only: mounted apps such as /assets change the scope's prefix
        # Spans contain the route only: paths and queries may contain texts and keys.
        trace.get_current_span().set_attributes({"lede.request_id": request_id, "url.path": "", "url.query": ""})
        started, status = time.perf_counter(), 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = _with_security_headers(scope, message["headers"])
                message["headers"] = [*headers, (REQUEST_ID_HEADER, request_id.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id), self._metrics.open.track_inprogress():
            try:
                await self._app(scope, receive, send_with_headers)
            except (Exception, asyncio.CancelledError) as error:
                if isinstance(error, Exception):
                    log.exception("failed")
                if status:  # the response has started: it can only be cut off
                    raise
                await _unexpected(error, request_id)(scope, receive, send_with_headers)
            finally:
                self._record(scope, status, time.perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._metrics.requests.labels(method, route, status).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        log_line = log.debug if scope["state"]["path"] in PROBES else log.info
        log_line("request", method=method, path=route, status=status, ms=round(seconds * 1000, 1))


def _unexpected(error: BaseException, request_id: str) -> ProblemResponse:
    """Returns the response to an unexpected exception; a cancelled request means that the service stops."""
    if isinstance(error, Exception):
        return ProblemResponse(problem_from(error, request_id))
    return ProblemResponse(
        problem_from(Closed("The service is stopping."), request_id), {"Retry-After": RETRY_AFTER_STOP}
    )


def _with_security_headers(scope: Scope, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Adds the security headers that a response does not set itself."""
    own = [(name.lower(), value) for name, value in headers if name.lower() != REQUEST_ID_HEADER]
    names = {name for name, _ in own} | ({CSP_HEADER} if scope["state"]["path"] == DOCS else set())
    return own + [header for header in SECURITY_HEADERS if header[0] not in names]


def _route(scope: Scope) -> str:
    """Returns the route's path template with its router's prefix; a request's own path may contain anything."""
    route = str(getattr(scope.get("route"), "path", ""))
    prefix = "/v1" if scope["state"]["path"].startswith("/v1/") and not route.startswith("/v1/") else ""
    return prefix + route if route else "none"


class BodyLimits:
    """Refuses bodies that exceed `limit` bytes, come too slowly, or are not JSON, before they are read completely.

    `documents` maps paths that accept other content types, and check them themselves, to their own limits. Paths of
    other APIs also accept forms and files. Starlette's own limit would answer in plain text instead of a problem.
    """

    def __init__(self, app: ASGIApp, *, limit: int, documents: Mapping[str, int]) -> None:
        self._app = app
        self._limit = limit
        self._documents = documents

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        document_limit = self._documents.get(scope["state"]["path"])
        limit = document_limit or self._limit
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > limit:
            await self._refuse(413, _too_large(limit), scope, receive, send)
        elif not document_limit and not _has_accepted_type(scope, headers):
            await self._refuse(415, "The body's content type is not application/json.", scope, receive, send)
        else:
            await self._limited(limit, scope, receive, send)

    async def _limited(self, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the app with a `receive` that stops at the limits."""
        size, refused, complete, started = 0, False, False, time.monotonic()

        async def receive_limited() -> Message:
            nonlocal size, refused, complete
            remaining = started + BODY_SECONDS + size / BODY_RATE - time.monotonic()
            try:
                async with asyncio.timeout(None if complete else remaining):
                    message = await receive()
            except TimeoutError:
                refused, message = True, {}
                await self._refuse(408, "The body was sent too slowly.", scope, receive, send)
            size += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if size > limit and not refused:
                refused = True
                await self._refuse(413, _too_large(limit), scope, receive, send)
            return {"type": "http.disconnect"} if refused else message

        async def send_unless_refused(message: Message) -> None:
            if not refused:
                await send(message)

        with suppress(ClientDisconnect):  # refused or disconnected: there is nothing to answer
            await self._app(scope, receive_limited, send_unless_refused)

    async def _refuse(self, status: int, detail: str, scope: Scope, receive: Receive, send: Send) -> None:
        problem = problem_from_status(status, detail, scope["state"]["request_id"])
        await ProblemResponse(problem)(scope, receive, send)


def _has_accepted_type(scope: Scope, headers: Headers) -> bool:
    if not has_body(headers) or scope["method"] not in {"POST", "PUT", "PATCH"}:
        return True
    if error_format_of(scope["state"]["path"]):
        return True
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _too_large(limit: int) -> str:
    return f"The body exceeds {limit:,} bytes."
