"""Reads the rest of a request's body after an early response, so that the response reaches the client.

Many clients read no response before they have sent the whole body. If the server closes the connection while they send,
the operating system resets it, and they lose the response (RFC 9112, 9.6).
"""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS, IDLE_SECONDS = 30.0, 5.0
"""How long the rest of a body is read, and how long a pause in it may be; nginx's defaults for a lingering close."""

MAX_BYTES = 100_000_000
"""The most bytes that are read and discarded."""

TOO_SLOW = 408
"""The status of a body that was sent too slowly; the rest of it is not awaited."""


class LingeringClose:
    """Delays the end of a response until the body of its request has been received, within limits."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on if it has no body, or if its client waits for permission to send it."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if not has_body(headers) or "expect" in headers:
            await self._app(scope, receive, send)
            return
        complete, status = False, 0

        async def receive_tracked() -> Message:
            nonlocal complete
            message = await receive()
            complete = not message.get("more_body", False)
            return message

        async def send_then_drain(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            is_end = message["type"] == "http.response.body" and not message.get("more_body", False)
            if not is_end or complete or status == TOO_SLOW:
                await send(message)
                return
            await send({**message, "more_body": True})
            await _drain(receive)
            await send({"type": "http.response.body", "body": b""})

        await self._app(scope, receive_tracked, send_then_drain)


def has_body(headers: Headers) -> bool:
    """Whether a request with these headers has a body."""
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


async def _drain(receive: Receive) -> None:
    size, more = 0, True
    try:
        async with asyncio.timeout(SECONDS):
            while more and size <= MAX_BYTES:
                async with asyncio.timeout(IDLE_SECONDS):
                    message = await receive()
                size += len(message.get("body", b""))
                more = message.get("more_body", False)
    except TimeoutError:
        pass
