"""Responses to writing requests: cached, shared with identical requests, or new; as JSON or as an event stream."""

import asyncio
import time
from collections.abc import AsyncIterator, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import Request
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic_core import from_json, to_json
from starlette.responses import Response

from models.scheduling.caller import Flow, use_flow
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
from service.schemas import BaseRequest
from service.translation.memory import TranslationMemory
from summarizer.desk import Desk
from summarizer.errors import Cancelled
from summarizer.watch import Watch

log = structlog.get_logger("lede.work")


@dataclass(frozen=True, slots=True)
class TimedResult:
    """A result with the timings of this request, and whether it came from the cache."""

    result: Result
    timings_ms: dict[str, float]
    cached: bool = False

    def to_json(self) -> bytes:
        """Returns the response body."""
        return self.result.to_json(self.timings_ms, cached=self.cached)


@dataclass(frozen=True, slots=True)
class AnswerService:
    """Answers requests: from the cache, from identical work under way, or by new work in the thread pool."""

    desk: Desk
    thread_pool: ThreadPool
    fetcher: Fetcher
    cache: ResultCache
    quotas: Quotas
    metrics: Metrics
    flights: SingleFlight[TimedResult]
    memory: TranslationMemory
    engine: dict[str, str]
    """Settings of the engines that can change what models write."""

    async def answer(self, request: Request, task: WritingTask[Any, Any], body: BaseRequest) -> Response:
        """Returns a JSON response, or an event stream that ends with it. Raises what the desk raises, and Unchanged."""
        started = time.perf_counter()
        prepared = await self._prepare(request.state.caller, task, body)
        if cached := await self._look_up(prepared, started):
            return self._response(request, cached, stream=body.stream)
        if body.stream:
            return EventSourceResponse(self._events(request, prepared))
        with self._join(prepared) as flight:
            return self._response(request, await _result(request, flight), stream=False)

    async def write(self, caller: Caller, task: WritingTask[Any, Any], body: BaseRequest, watch: Watch) -> TimedResult:
        """Returns the result of batch work, and charges only fetched pages: its text has already been charged.

        Raises what the desk raises, and QuotaExceeded.
        """
        started = time.perf_counter()
        prepared = await self._prepare(caller, task, body, batch=True)
        if cached := await self._look_up(prepared, started):
            return cached
        characters = prepared.fetched_characters
        async with self.quotas.charged(caller.key if characters else None, characters):
            return await self._write(prepared, watch)

    async def _prepare(
        self, caller: Caller, task: WritingTask[Any, Any], body: BaseRequest, *, batch: bool = False
    ) -> PreparedRequest:
        sources = await task.source(body, self.fetcher)
        dependencies = self.engine | {"memory": str(await self.memory.revision(caller.owner))}
        return PreparedRequest(self.desk, caller, task, body, sources, dependencies, batch)

    async def _look_up(self, prepared: PreparedRequest, started: float) -> TimedResult | None:
        result, level = await self.cache.get(prepared.key) if prepared.repeatable else (None, "none")
        self.metrics.cache.labels(level).inc()
        total = round((time.perf_counter() - started) * 1000, 1)
        return TimedResult(result, {"total": total}, cached=True) if result else None

    def _join(self, prepared: PreparedRequest) -> AbstractContextManager[Flight[TimedResult]]:
        deadline = prepared.body.deadline_ms
        # Deadlines start with their own requests, so these do not share a flight; the model's queue shares their work.
        key: Hashable = prepared.key if prepared.repeatable and deadline is None else object()
        return self.flights.join(key, lambda watch: self._charge_and_write(prepared, watch), deadline)

    async def _charge_and_write(self, prepared: PreparedRequest, watch: Watch) -> TimedResult:
        async with self.quotas.charged(prepared.caller.key, prepared.characters):
            return await self._write(prepared, watch)

    async def _write(self, prepared: PreparedRequest, watch: Watch) -> TimedResult:
        with use_flow(Flow(prepared.caller.owner, prepared.batch)):
            answer = await self.thread_pool.in_thread(prepared.write, watch)
        self.metrics.answered(prepared.task.kind, answer)
        timed = TimedResult(Result.of(answer), answer.timings_ms)
        if prepared.repeatable and watch.deadline is None and _is_cacheable(timed.result):
            await self.cache.put(prepared.key, timed.result)
        return timed

    def _response(self, request: Request, timed: TimedResult, *, stream: bool) -> Response:
        if stream:
            return EventSourceResponse(_single_event(timed))
        return with_etag(request, Response(timed.to_json(), media_type="application/json"), timed.result.etag)

    async def _events(self, request: Request, prepared: PreparedRequest) -> AsyncIterator[bytes]:
        with self._join(prepared) as flight:
            async for event in flight.events():
                yield _encode(event.kind, to_json(event.data)) if event else format_sse_event(comment="ping")
            yield _last_event(request, flight)


def _is_cacheable(result: Result) -> bool:
    """Whether no language failed with an error that a retry may solve."""
    failures = [part["error"]["status"] for part in objects(from_json(result.content)) if "error" in part]
    return all(status < 500 and status != 429 for status in failures)  # noqa: PLR2004 - RFC 9110 and 6585


async def _single_event(timed: TimedResult) -> AsyncIterator[bytes]:
    yield _encode("result", timed.to_json())


async def _result(request: Request, flight: Flight[TimedResult]) -> TimedResult:
    """Waits for the flight. Raises Cancelled if the client disconnects; other callers of the flight are unaffected."""
    disconnected = asyncio.ensure_future(wait_for_disconnect(request))
    try:
        await asyncio.wait({flight.task, disconnected}, return_when=asyncio.FIRST_COMPLETED)
        if not flight.task.done():
            raise Cancelled("The client disconnected.")
        return flight.task.result()
    finally:
        disconnected.cancel()
        await asyncio.wait({disconnected})


def _last_event(request: Request, flight: Flight[TimedResult]) -> bytes:
    if error := flight.task.exception():
        if not isinstance(error, Exception):
            raise error
        problem = problem_from(error, request.state.request_id)
        if problem.status == 500:  # noqa: PLR2004 - an internal error: the log needs its traceback
            log.error("stream failed", exc_info=error)
        after = headers_of(error).get("Retry-After")  # in the event: the response's headers have already been sent
        return _encode("error", to_json(problem.model_dump() | ({"retry_after": int(after)} if after else {})))
    return _encode("result", flight.task.result().to_json())


def _encode(name: str, data: bytes) -> bytes:
    return format_sse_event(event=name, data_str=data.decode())
