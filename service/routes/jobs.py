"""/v1/jobs: batches of requests that run in the background."""

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
from service.jobs.items import JSON_LINES_TYPES, JSON_TYPE, UploadBody
from service.jobs.runner import JobRunner
from service.jobs.store import Job, JobState
from service.jobs.upload import JobUpload
from service.schemas import example

router = APIRouter(tags=["jobs"])

PATH = "/v1/jobs"

PAGE_RESULTS = 200
"""Results read at a time."""

POLL_SECONDS = 0.5
"""Seconds between two polls for further results."""

REQUEST_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            JSON_TYPE: {
                "schema": {
                    "type": "array",
                    "items": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}},
                    "example": [{"kind": "translation", "text": "Good morning.", "target_language": "fr"}],
                }
            },
            **{media: {"schema": {"type": "string", "format": "binary"}} for media in sorted(JSON_LINES_TYPES)},
        },
    }
}

JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="The id of the job, from `POST /v1/jobs`.")]


class JobResponse(BaseModel):
    """A job and its progress."""

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
        reason=None,
    )

    id: str
    state: JobState
    total: int = Field(description="The number of items.")
    done: int = Field(description="Items that succeeded.")
    failed: int = Field(description="Items that failed.")
    pending: int = Field(description="Items without a result.")
    seconds_left: float | None = Field(description="Estimated from the pace of the last results; null if unknown.")
    created: datetime
    finished: datetime | None
    webhook: Literal["waiting", "delivered", "failed"] | None = Field(
        description="The state of the webhook's delivery; null without a webhook."
    )
    reason: str | None = Field(description="Why the service cancelled the job; null if it did not.")

    @classmethod
    def of(cls, job: Job, seconds_left: float | None) -> Self:
        """Converts a job."""
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
                "webhook": (job.webhook_state or "waiting") if job.webhook else None,
                "reason": job.reason,
            }
        )


class JobsResponse(BaseModel):
    """The jobs of the caller, newest first."""

    model_config = example(jobs=[JobResponse.model_config["json_schema_extra"]["example"]])  # type: ignore[index]

    jobs: list[JobResponse]


@router.post(
    "/jobs", status_code=202, openapi_extra=REQUEST_BODY, responses=responses(400, 409, 413, 415, 422, 500, 503, 507)
)
async def create_job(
    *,
    request: Request,
    response: Response,
    caller: CallerDep,
    answers: AnswersDep,
    runner: RunnerDep,
    settings: SettingsDep,
    webhook: Annotated[
        str | None, Query(max_length=2000, description="A URL that receives a signed request when the job ends.")
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            description="A retry with the same key and body returns the same job.",
        ),
    ] = None,
) -> JobResponse:
    """Accepts a batch of requests, as a JSON list or as JSON Lines.

    Each item is an object with its `kind` (summary, translation, blurb, edition or correction) and the fields of that
    request. When the service responds with 202, all items are on disk. The result of an invalid item is a problem; the
    other items are not affected.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in {JSON_TYPE, *JSON_LINES_TYPES}:
        raise HTTPException(415, f"Send the body as one of {', '.join([JSON_TYPE, *sorted(JSON_LINES_TYPES)])}.")
    upload = JobUpload(runner, answers.quotas, settings, caller)
    job = await upload.receive(
        UploadBody(request.stream()), media_type, idempotency_key=idempotency_key, webhook=webhook
    )
    response.headers["Location"] = f"{request.scope.get('root_path', '')}{PATH}/{job.id}"
    return JobResponse.of(job, None)


@router.get("/jobs")
async def list_jobs(caller: CallerDep, runner: RunnerDep) -> JobsResponse:
    """Lists the caller's jobs, newest first."""
    stored = await run_sync(runner.jobs.all, caller.owner)
    return JobsResponse(jobs=[JobResponse.of(job, None) for job in stored])


@router.get("/jobs/{job}", responses=responses(404, 422))
async def get_job(job: JobId, caller: CallerDep, runner: RunnerDep) -> JobResponse:
    """Returns the progress of a job and the estimated time left."""
    stored = await run_sync(runner.jobs.get, job, caller.owner)
    return JobResponse.of(stored, await run_sync(runner.jobs.seconds_left, stored))


@router.delete("/jobs/{job}", responses=responses(404, 422, 507))
async def cancel_job(job: JobId, caller: CallerDep, runner: RunnerDep) -> JobResponse:
    """Cancels a job; existing results remain available. A finished job does not change."""
    cancelled = await run_sync(runner.jobs.cancel, job, caller.owner)
    runner.wake_up.set()
    return JobResponse.of(cancelled, None)


@router.get(
    "/jobs/{job}/results",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/jsonl": {"schema": {"type": "string"}}}}, **responses(404, 422)},
)
async def stream_results(
    *,
    job: JobId,
    caller: CallerDep,
    runner: RunnerDep,
    after: Annotated[
        int, Query(ge=0, le=2**53, description="The number of lines to skip, usually those already read.")
    ] = 0,
    follow: Annotated[
        bool, Query(description="Keep the connection open until the job ends, and send results as they arrive.")
    ] = False,
) -> StreamingResponse:
    """Returns the available results as JSON Lines, in the order in which they were produced.

    A line has the `index` of the item (from 0, in the order sent), a `status`, and an `answer` or a `problem`.
    """
    await run_sync(runner.jobs.get, job, caller.owner)
    return StreamingResponse(_results(runner, job, caller.owner, after, follow=follow), media_type="application/jsonl")


async def _results(runner: JobRunner, job: str, owner: str, after: int, *, follow: bool) -> AsyncIterator[bytes]:
    while True:
        ended = (
            await run_sync(runner.jobs.get, job, owner)
        ).has_ended  # checked before reading, so that no result is missed
        while lines := await run_sync(runner.jobs.results, job, after, PAGE_RESULTS):
            after = lines[-1][0]
            yield b"".join(line + b"\n" for _place, line in lines)
        if ended or not follow:
            return
        await asyncio.sleep(POLL_SECONDS)
