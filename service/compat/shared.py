"""One piece of work for all who ask the same at once, and answers that outlast their clients' patience.

DeepL's clients give up on an answer after ten seconds without a byte, and ask again up to five times. So a request that
is under way is joined by its own repetition; and an answer that takes long begins, after a while, with spaces, which
JSON allows: bytes come, and no client gives up.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi.responses import JSONResponse
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from summarizer.watch import Watch

PATIENCE = 3.0
"""Seconds until an answer begins, and between two of its spaces. Once it has begun, its status can no longer change."""

GRACE = 10.0
"""Seconds that work goes on, and its result is kept, when the last client has gone: it may be about to ask again."""

Job = Callable[[Watch], Coroutine[Any, Any, Any]]


@dataclass(slots=True)
class _Work:
    task: "asyncio.Task[Any]"
    watch: Watch
    waiters: int = 0


@dataclass(slots=True)
class Shared:
    """Work under way, by what was asked."""

    _under_way: dict[Hashable, _Work] = field(default_factory=dict)

    @asynccontextmanager
    async def join(self, key: Hashable, job: Job) -> AsyncIterator["asyncio.Task[Any]"]:
        """The task that answers `key`, begun if nobody asked for it yet. It is cancelled when all have left."""
        work = self._under_way.get(key) or self._begin(key, job)
        work.waiters += 1
        try:
            yield work.task
        finally:
            work.waiters -= 1
            asyncio.get_running_loop().call_later(GRACE, self._end, key, work)

    def _begin(self, key: Hashable, job: Job) -> _Work:
        watch = Watch()
        task = asyncio.create_task(job(watch))
        work = self._under_way[key] = _Work(task, watch)
        task.add_done_callback(lambda done: self._forget(key, work) if done.cancelled() or done.exception() else None)
        return work

    def _end(self, key: Hashable, work: _Work) -> None:
        if not work.waiters:
            work.watch.cancel()
            self._forget(key, work)

    def _forget(self, key: Hashable, work: _Work) -> None:
        if self._under_way.get(key) is work:
            del self._under_way[key]


class PatientResponse(Response):
    """The JSON of shared work. A failure before the answer began is told as any; after it, the connection is cut."""

    def __init__(self, shared: Shared, key: Hashable, job: Job) -> None:
        super().__init__(media_type=JSONResponse.media_type)
        del self.headers["content-length"]
        self._shared, self._key, self._job = shared, key, job

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._shared.join(self._key, self._job) as task:
            leaving = asyncio.create_task(_disconnected(receive))
            try:
                await asyncio.wait({task, leaving}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
                if task.done():
                    await JSONResponse(task.result())(scope, receive, send)
                elif not leaving.done():
                    await self._begin(task, leaving, send)
            finally:
                leaving.cancel()

    async def _begin(self, task: "asyncio.Task[Any]", leaving: "asyncio.Task[None]", send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        while not task.done() and not leaving.done():
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.wait({task, leaving}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await send({"type": "http.response.body", "body": JSONResponse(task.result()).body})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
