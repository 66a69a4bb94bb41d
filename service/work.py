"""The desk's blocking work for requests: in threads, stopped when nobody waits for it, streamed where wanted."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import anyio
import structlog
from anyio.to_thread import run_sync
from fastapi import Request
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.responses import Response

from service.errors import problem
from summarizer.watch import Event, Watch

log = structlog.get_logger("lede.work")

T = TypeVar("T")

LOOK = 0.25
"""Seconds between two looks at whether a caller is still there."""

PING = 15
"""Seconds of silence after which a stream says that it is alive; proxies cut at 30 and more."""


class Workshop:
    """Runs jobs in at most `workers` threads, and can stop them all."""

    def __init__(self, workers: int) -> None:
        self._limiter = anyio.CapacityLimiter(workers)
        self._watches: set[Watch] = set()

    async def run(self, request: Request, job: Callable[[Watch], T], deadline_ms: int | None) -> T:
        """The job's result; the job is cancelled when the caller hangs up."""
        watch = Watch(deadline_ms=deadline_ms)
        leaving = asyncio.create_task(_cancel_when_gone(request, watch))
        try:
            return await self.in_thread(job, watch)
        finally:
            leaving.cancel()

    async def answer(
        self, request: Request, job: Callable[[Watch], BaseModel], *, stream: bool, deadline_ms: int | None
    ) -> Response | BaseModel:
        """The job's result as JSON, or as server-sent events that end with it."""
        if not stream:
            return await self.run(request, job, deadline_ms)
        return EventSourceResponse(self._events(request, job, deadline_ms))

    def stop(self) -> None:
        """Cancels everything under way."""
        for watch in self._watches.copy():
            watch.cancel()

    async def in_thread(self, job: Callable[[Watch], T], watch: Watch) -> T:
        """The job's result; who holds the watch may cancel it."""
        self._watches.add(watch)
        try:
            return await run_sync(job, watch, limiter=self._limiter)
        finally:
            self._watches.discard(watch)

    async def _events(
        self, request: Request, job: Callable[[Watch], BaseModel], deadline_ms: int | None
    ) -> AsyncIterator[bytes]:
        loop, queue = asyncio.get_running_loop(), asyncio.Queue[Event | None]()

        def emit(event: Event) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, event)

        watch = Watch(emit, deadline_ms=deadline_ms)
        work = asyncio.create_task(self.in_thread(job, watch))
        work.add_done_callback(lambda _task: queue.put_nowait(None))
        try:
            while event := await _next(queue):
                yield event if isinstance(event, bytes) else _encoded(event.kind, event.data)
            yield self._last(request, work)
        finally:
            watch.cancel()
            with contextlib.suppress(Exception):
                await work

    @staticmethod
    def _last(request: Request, work: "asyncio.Task[BaseModel]") -> bytes:
        if error := work.exception():
            if not isinstance(error, Exception):
                raise error
            told = problem(error, request.state.request_id)
            if told.status == 500:  # noqa: PLR2004 - what the table does not know is ours to mend
                log.error("stream failed", exc_info=error)
            return _encoded("error", told.model_dump())
        return _encoded("result", work.result().model_dump(mode="json"))


async def _next(queue: "asyncio.Queue[Event | None]") -> Event | bytes | None:
    try:
        return await asyncio.wait_for(queue.get(), PING)
    except TimeoutError:
        return format_sse_event(comment="ping")


def _encoded(name: str, data: Any) -> bytes:
    return format_sse_event(event=name, data_str=to_json(data).decode())


async def _cancel_when_gone(request: Request, watch: Watch) -> None:
    while not await request.is_disconnected():  # noqa: ASYNC110 - the server has no event to wait for
        await asyncio.sleep(LOOK)
    watch.cancel()
