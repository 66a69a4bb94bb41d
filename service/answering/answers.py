"""Answers to requests for written text: found, joined or written, and told as JSON or as a stream."""

import asyncio
import time
from collections.abc import AsyncIterator, Hashable
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import Request
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic_core import from_json, to_json
from starlette.responses import Response

from models.scheduling import caller as scheduling
from service.access.auth import Caller
from service.access.quotas import Quotas
from service.answering.cache import ResultCache
from service.answering.etags import with_etag
from service.answering.prepared_request import PreparedRequest
from service.answering.results import Result
from service.answering.single_flight import Flight, SingleFlight
from service.answering.tasks import WritingTask
from service.answering.thread_pool import ThreadPool, wait_for_disconnect
from service.errors import headers_of, problem_from
from service.links.fetch import Fetcher
from service.metrics import Metrics, objects
from service.schemas import BaseRequest as Wanted
from service.translation.memory import TranslationMemory
from summarizer.desk import Desk
from summarizer.errors import Cancelled
from summarizer.watch import Watch

log = structlog.get_logger("lede.work")


@dataclass(frozen=True, slots=True)
class TimedResult:
    """A result, and how it came to be this time."""

    result: Result
    timings_ms: dict[str, float]
    cached: bool = False

    def body(self) -> bytes:
        """The answer as it is sent."""
        return self.result.told(self.timings_ms, cached=self.cached)


@dataclass(frozen=True, slots=True)
class AnswerService:
    """Gives each request the result that there is, or is about to be, and has written what there is not."""

    desk: Desk
    thread_pool: ThreadPool
    fetcher: Fetcher
    cache: ResultCache
    quotas: Quotas
    metrics: Metrics
    flights: SingleFlight[TimedResult]
    memory: TranslationMemory
    engine: dict[str, str]
    """Settings of how models are run, which may change what they write."""

    async def answer(self, request: Request, task: WritingTask[Any, Any], wanted: Wanted) -> Response:
        """The answer as JSON, or as server-sent events that end with it. Raises what the desk raises, and Unchanged."""
        started = time.perf_counter()
        asked = await self._asked(request.state.caller, task, wanted)
        if found := await self._found(asked, started):
            return self._told(request, found, stream=wanted.stream)
        if wanted.stream:
            return EventSourceResponse(self._events(request, asked))
        with self._joined(asked) as flight:
            return self._told(request, await _waited(request, flight), stream=False)

    async def write(self, caller: Caller, task: WritingTask[Any, Any], wanted: Wanted, watch: Watch) -> TimedResult:
        """The result as batch work: what was sent was charged before, and what links lead to is now.

        Raises what the desk raises, and QuotaExceeded.
        """
        started = time.perf_counter()
        asked = await self._asked(caller, task, wanted, batch=True)
        if found := await self._found(asked, started):
            return found
        async with self.quotas.charged(caller.key if asked.fetched else None, asked.fetched):
            return await self._written(asked, watch)

    async def _asked(
        self, caller: Caller, task: WritingTask[Any, Any], wanted: Wanted, *, batch: bool = False
    ) -> PreparedRequest:
        given = await task.source(wanted, self.fetcher)
        depends = self.engine | {"memory": str(await self.memory.revision(caller.owner))}
        return PreparedRequest(self.desk, caller, task, wanted, given, depends, batch)

    async def _found(self, asked: PreparedRequest, started: float) -> TimedResult | None:
        result, where = await self.cache.get(asked.key) if asked.repeatable else (None, "none")
        self.metrics.cache.labels(where).inc()
        total = round((time.perf_counter() - started) * 1000, 1)
        return TimedResult(result, {"total": total}, cached=True) if result else None

    def _joined(self, asked: PreparedRequest) -> Any:
        deadline = asked.wanted.deadline_ms
        # Each deadline began when its own caller came. What is written for several is shared by the model's queue.
        key: Hashable = asked.key if asked.repeatable and deadline is None else object()
        return self.flights.join(key, lambda watch: self._charged(asked, watch), deadline)

    async def _charged(self, asked: PreparedRequest, watch: Watch) -> TimedResult:
        async with self.quotas.charged(asked.caller.key, asked.characters):
            return await self._written(asked, watch)

    async def _written(self, asked: PreparedRequest, watch: Watch) -> TimedResult:
        with scheduling.use_flow(scheduling.Flow(asked.caller.owner, asked.batch)):
            answer = await self.thread_pool.in_thread(asked.write, watch)
        self.metrics.answered(asked.task.kind, answer)
        written = TimedResult(Result.of(answer), answer.timings_ms)
        if asked.repeatable and watch.deadline is None and _lasts(written.result):
            await self.cache.put(asked.key, written.result)
        return written

    def _told(self, request: Request, written: TimedResult, *, stream: bool) -> Response:
        if stream:
            return EventSourceResponse(_once(written))
        return with_etag(request, Response(written.body(), media_type="application/json"), written.result.etag)

    async def _events(self, request: Request, asked: PreparedRequest) -> AsyncIterator[bytes]:
        with self._joined(asked) as flight:
            async for event in flight.events():
                yield _encoded(event.kind, to_json(event.data)) if event else format_sse_event(comment="ping")
            yield _last(request, flight)


def _lasts(result: Result) -> bool:
    """Whether it would be the same again: a language that failed by a fault of ours may not fail the next time."""
    failures = [part["error"]["status"] for part in objects(from_json(result.content)) if "error" in part]
    return all(status < 500 and status != 429 for status in failures)  # noqa: PLR2004 - RFC 9110 and 6585


async def _once(written: TimedResult) -> AsyncIterator[bytes]:
    yield _encoded("result", written.body())


async def _waited(request: Request, flight: Flight[TimedResult]) -> TimedResult:
    """The flight's result. Raises Cancelled when the caller has hung up, whatever becomes of the others."""
    leaving = asyncio.ensure_future(wait_for_disconnect(request))
    try:
        await asyncio.wait({flight.task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not flight.task.done():
            raise Cancelled("The caller went away.")
        return flight.task.result()
    finally:
        leaving.cancel()
        await asyncio.wait({leaving})


def _last(request: Request, flight: Flight[TimedResult]) -> bytes:
    if error := flight.task.exception():
        if not isinstance(error, Exception):
            raise error
        told = problem_from(error, request.state.request_id)
        if told.status == 500:  # noqa: PLR2004 - what the table does not know is ours to mend
            log.error("stream failed", exc_info=error)
        after = headers_of(error).get("Retry-After")  # the stream's own headers went out long ago
        return _encoded("error", to_json(told.model_dump() | ({"retry_after": int(after)} if after else {})))
    return _encoded("result", flight.task.result().body())


def _encoded(name: str, data: bytes) -> bytes:
    return format_sse_event(event=name, data_str=data.decode())
