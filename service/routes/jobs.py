"""/v1/jobs: many requests at once, kept until each has a result."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, HTTPException, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from service.dependencies import AnswersDep, CallerDep, RunnerDep, SettingsDep
from service.errors import responses
from service.jobs.items import LINES, LIST, Body
from service.jobs.runner import Runner
from service.jobs.store import Job, State
from service.jobs.upload import Reception
from service.schemas import example

router = APIRouter(tags=["jobs"])

PATH = "/v1/jobs"

PAGE = 200
"""Results that are read at once."""

FOLLOW = 0.5
"""Seconds between two looks for further results."""

ITEMS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            LIST: {
                "schema": {
                    "type": "array",
                    "items": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}},
                    "example": [{"kind": "translation", "text": "Good morning.", "target_language": "fr"}],
                }
            },
            **{media: {"schema": {"type": "string", "format": "binary"}} for media in sorted(LINES)},
        },
    }
}

JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="As `POST /v1/jobs` told it.")]


class JobResponse(BaseModel):
    """A job as it stands."""

    model_config = example(
        id="6f2c1d5a8f0e4b7c9d3e2f1a0b9c8d7e",
        state="running",
        total=1200,
        done=340,
        failed=2,
        pending=858,
        seconds_left=512.0,
        created="2026-11-23T06:00:00Z",
        finished=None,
        webhook=None,
    )

    id: str
    state: State
    total: int = Field(description="Items.")
    done: int = Field(description="Items with an answer.")
    failed: int = Field(description="Items with a problem.")
    pending: int = Field(description="Items without a result yet.")
    seconds_left: float | None = Field(description="At the pace of the last results; null while that cannot be told.")
    created: datetime
    finished: datetime | None
    webhook: Literal["waiting", "delivered", "failed"] | None = Field(description="How its call ended.")

    @classmethod
    def of(cls, job: Job, seconds_left: float | None) -> Self:
        """A job as JSON."""
        return cls.model_validate(
            {
                "id": job.id,
                "state": job.state,
                "total": job.total,
                "done": job.done,
                "failed": job.failed,
                "pending": job.pending,
                "seconds_left": seconds_left,
                "created": datetime.fromtimestamp(job.created, UTC),
                "finished": datetime.fromtimestamp(job.finished, UTC) if job.finished else None,
                "webhook": (job.told or "waiting") if job.webhook else None,
            }
        )


class JobsResponse(BaseModel):
    """The caller's jobs, newest first."""

    model_config = example(jobs=[JobResponse.model_config["json_schema_extra"]["example"]])  # type: ignore[index]

    jobs: list[JobResponse]


@router.post("/jobs", status_code=202, openapi_extra=ITEMS, responses=responses(400, 409, 413, 415, 422, 500, 503, 507))
async def create(
    *,
    request: Request,
    response: Response,
    caller: CallerDep,
    answers: AnswersDep,
    runner: RunnerDep,
    settings: SettingsDep,
    webhook: Annotated[str | None, Query(max_length=2000, description="A URL that is told of the end, signed.")] = None,
    repeat: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            description="The same key and body again: the same job.",
        ),
    ] = None,
) -> JobResponse:
    """Takes many requests: a JSON list, or an object a line; each is `{"kind": ..., ...}` and that kind's own fields.

    Kinds: summary, translation, blurb, edition and correction. All items are on disk when 202 is answered. An item that
    does not fit has a problem as its result; the others are not held up.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in {LIST, *LINES}:
        raise HTTPException(415, f"The body's content type is none of {', '.join([LIST, *sorted(LINES)])}.")
    reception = Reception(runner, answers.quotas, settings, caller)
    job = await reception.receive(Body(request.stream()), media, repeat=repeat, webhook=webhook)
    response.headers["Location"] = f"{request.scope.get('root_path', '')}{PATH}/{job.id}"
    return JobResponse.of(job, None)


@router.get("/jobs")
async def jobs(caller: CallerDep, runner: RunnerDep) -> JobsResponse:
    """The caller's jobs, newest first."""
    found = await run_sync(runner.jobs.all, caller.owner)
    return JobsResponse(jobs=[JobResponse.of(job, None) for job in found])


@router.get("/jobs/{job}", responses=responses(404, 422))
async def state(job: JobId, caller: CallerDep, runner: RunnerDep) -> JobResponse:
    """How far a job is, and how long the rest will take."""
    found = await run_sync(runner.jobs.get, job, caller.owner)
    return JobResponse.of(found, await run_sync(runner.jobs.seconds_left, found))


@router.delete("/jobs/{job}", responses=responses(404, 422, 507))
async def cancel(job: JobId, caller: CallerDep, runner: RunnerDep) -> JobResponse:
    """Cancels a job: what has a result keeps it, the rest is not begun. One that is over stays as it is."""
    found = await run_sync(runner.jobs.cancel, job, caller.owner)
    runner.news.set()
    return JobResponse.of(found, None)


@router.get(
    "/jobs/{job}/results",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/jsonl": {"schema": {"type": "string"}}}}, **responses(404, 422)},
)
async def results(
    *,
    job: JobId,
    caller: CallerDep,
    runner: RunnerDep,
    after: Annotated[int, Query(ge=0, le=2**53, description="Leave out so many lines: those read before.")] = 0,
    follow: Annotated[bool, Query(description="Stay until the job is over, and send results as they come.")] = False,
) -> StreamingResponse:
    """The results there are, a line of JSON each, in the order in which they came.

    A line has the item's `index`, from 0 in the order sent, a `status`, and an `answer` or a `problem`.
    """
    await run_sync(runner.jobs.get, job, caller.owner)
    return StreamingResponse(_results(runner, job, caller.owner, after, follow=follow), media_type="application/jsonl")


async def _results(runner: Runner, job: str, owner: str, after: int, *, follow: bool) -> AsyncIterator[bytes]:
    while True:
        over = (await run_sync(runner.jobs.get, job, owner)).over  # before the look: what comes between is not missed
        while found := await run_sync(runner.jobs.results, job, after, PAGE):
            after = found[-1][0]
            yield b"".join(line + b"\n" for _place, line in found)
        if over or not follow:
            return
        await asyncio.sleep(FOLLOW)
