"""Responses that keep impatient clients connected while their answer is prepared.

DeepL's clients time out after ten seconds without a byte and retry up to five times. So identical requests share one
piece of work, which outlives a disconnect, and a slow response starts with spaces, which JSON allows before a value.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any

from fastapi.responses import JSONResponse
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from service.answering.single_flight import SingleFlight
from summarizer.watch import Watch

INTERVAL = 3.0
"""Seconds before the first space and between spaces. Once a response has started, its status can no longer change."""

GRACE = 10.0
"""Seconds that work continues, and its result is retained, after the last client disconnects: it may be retrying."""

SharedWork = Callable[[Watch], Coroutine[Any, Any, Any]]


class KeepAliveResponse(Response):
    """The JSON result of shared work. An error after the response has started closes the connection."""

    def __init__(self, flights: SingleFlight[Any], key: Hashable, work: SharedWork) -> None:
        super().__init__(media_type=JSONResponse.media_type)
        del self.headers["content-length"]
        self._flights, self._key, self._work = flights, key, work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._flights.join(self._key, self._work) as flight:
            disconnected = asyncio.create_task(_disconnect(receive))
            try:
                await _wait(flight.task, disconnected)
                if flight.task.done():
                    await JSONResponse(flight.task.result())(scope, receive, send)
                elif not disconnected.done():
                    await self._send_spaces(flight.task, disconnected, send)
            finally:
                disconnected.cancel()

    async def _send_spaces(self, task: "asyncio.Future[Any]", disconnected: "asyncio.Task[None]", send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        while not task.done() and not disconnected.done():
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await _wait(task, disconnected)
        if task.done():
            await send({"type": "http.response.body", "body": JSONResponse(task.result()).body})


async def _wait(*tasks: "asyncio.Future[Any]") -> None:
    await asyncio.wait(tasks, timeout=INTERVAL, return_when=asyncio.FIRST_COMPLETED)


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
