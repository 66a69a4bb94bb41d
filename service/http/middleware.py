"""What happens to every request before a route sees it: a name, a size limit, a content type, a line in the log."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from uuid import uuid4

import structlog
from opentelemetry import trace
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.errors import Closed
from service.error_formats import error_format_of
from service.errors import ProblemResponse, problem_from, problem_from_status
from service.http.paths import own_path
from service.metrics import Metrics

log = structlog.get_logger("lede.http")

REQUEST_ID = "X-Request-ID"

REQUEST_ID_HEADER, POLICY = REQUEST_ID.lower().encode(), b"content-security-policy"

SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (POLICY, b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
"""OWASP's headers for an API (REST Security Cheat Sheet), where an answer does not say otherwise itself."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

DOCS = {"/docs", "/redoc", "/docs/oauth2-redirect"}
"""FastAPI's own pages, which load their scripts from elsewhere."""

PROBES = {"/healthz", "/readyz", "/v1/models", "/metrics"}
"""Asked every few seconds by whoever watches the service: not worth a line."""


BODY_SECONDS, BODY_RATE = 20.0, 10_000.0
"""A body has so many seconds, and one more for so many bytes that came."""


BACK = "5"
"""Seconds after which whoever is cut off may find the service started again, or another in its place."""


class RequestLog:
    """Names each request, tells the name in `X-Request-ID`, and writes one line when it is answered.

    A failure that nothing below knew is logged here with its trace, and told without it.
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
        state["path"] = own_path(scope)  # here and once: within /assets the scope has another prefix
        # Whoever collects spans learns the route. A path or a query that was sent may hold texts, and keys.
        trace.get_current_span().set_attributes({"lede.request_id": request_id, "url.path": "", "url.query": ""})
        started, status = time.perf_counter(), 0

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*_guarded(scope, message["headers"]), (REQUEST_ID_HEADER, request_id.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id), self._metrics.open.track_inprogress():
            try:
                await self._app(scope, receive, named)
            except (Exception, asyncio.CancelledError) as error:
                if isinstance(error, Exception):
                    log.exception("failed")
                if status:  # the answer has begun: cutting it short is all that is left to say
                    raise
                await _sorry(error, request_id)(scope, receive, named)
            finally:
                self._tell(scope, status, time.perf_counter() - started)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._metrics.requests.labels(method, route, status).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        tell = log.debug if scope["state"]["path"] in PROBES else log.info
        tell("request", method=method, path=route, status=status, ms=round(seconds * 1000, 1))


def _sorry(error: BaseException, request_id: str) -> JSONResponse:
    """What is told of a failure that nothing below knew; what is cancelled is cut off because the service stops."""
    if isinstance(error, Exception):
        return ProblemResponse(problem_from(error, request_id))
    return ProblemResponse(problem_from(Closed("The service is stopping."), request_id), {"Retry-After": BACK})


def _guarded(scope: Scope, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """An answer's headers, with those that guard it where it says nothing else itself."""
    said = [(name.lower(), value) for name, value in headers if name.lower() != REQUEST_ID_HEADER]
    names = {name for name, _ in said} | ({POLICY} if scope["state"]["path"] in DOCS else set())
    return said + [header for header in SECURITY if header[0] not in names]


def _route(scope: Scope) -> str:
    """The route as it is written in the code, with its router's prefix: a path that was sent may hold anything."""
    route = str(getattr(scope.get("route"), "path", ""))
    prefix = "/v1" if scope["state"]["path"].startswith("/v1/") and not route.startswith("/v1/") else ""
    return prefix + route if route else "none"


class BodyRules:
    """Refuses bodies over `limit` bytes, stated or not, before they are read whole, and bodies that are not JSON.

    `documents` are the limits of paths that take other types, and check these themselves; other services' APIs, which
    Lede speaks too, have forms and files as well. Starlette's own limit answers in plain text; every error here is a
    problem.
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
        limit = self._documents.get(scope["state"]["path"])
        stated = headers.get("content-length", "")
        if stated.isdigit() and int(stated) > (limit or self._limit):
            await self._refuse(413, _too_large(limit or self._limit), scope, receive, send)
        elif not limit and not _readable(scope, headers):
            await self._refuse(415, "The body's content type is not application/json.", scope, receive, send)
        else:
            await self._counted(limit or self._limit, scope, receive, send)

    async def _counted(self, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
        size, refused, whole, started = 0, False, False, time.monotonic()

        async def counting() -> Message:
            nonlocal size, refused, whole
            left = started + BODY_SECONDS + size / BODY_RATE - time.monotonic()
            try:
                async with asyncio.timeout(None if whole else left):
                    message = await receive()
            except TimeoutError:
                refused, message = True, {}
                await self._refuse(408, "The body came too slowly.", scope, receive, send)
            size += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if size > limit and not refused:
                refused = True
                await self._refuse(413, _too_large(limit), scope, receive, send)
            return {"type": "http.disconnect"} if refused else message

        async def unless_refused(message: Message) -> None:
            if not refused:
                await send(message)

        with suppress(ClientDisconnect):  # it was refused, or its caller has gone: nobody waits for more
            await self._app(scope, counting, unless_refused)

    async def _refuse(self, status: int, detail: str, scope: Scope, receive: Receive, send: Send) -> None:
        await ProblemResponse(problem_from_status(status, detail, scope["state"]["request_id"]))(scope, receive, send)


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _readable(scope: Scope, headers: Headers) -> bool:
    if (
        not _has_body(headers)
        or scope["method"] not in {"POST", "PUT", "PATCH"}
        or error_format_of(scope["state"]["path"])
    ):
        return True
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _too_large(limit: int) -> str:
    return f"The body is over {limit:,} bytes."
