"""GET /healthz and GET /readyz: liveness and readiness."""

from collections.abc import Callable

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from models.slot import State
from service.dependencies import AuthenticatorDep, DeskDep, RunnerDep
from service.exceptions import ServiceError
from service.schemas import MODEL, example

router = APIRouter(tags=["operation"])


class Health(BaseModel):
    """The process is alive."""

    status: str = Field("ok", examples=["ok"])


class Readiness(BaseModel):
    """Whether the service is ready."""

    model_config = example(ready=True, models={MODEL: "ready"}, errors={})

    ready: bool
    models: dict[str, State] = Field(description="The state of each default model.")
    errors: dict[str, str] = Field(
        description="Why the last load of a model failed, why `jobs` are not processed, or why `keys` cannot be read, "
        "and what to do."
    )


@router.get("/healthz")
async def health() -> Health:
    """Reports whether the process is alive, regardless of models."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": Readiness, "description": "Not ready"}})
async def readiness(
    desk: DeskDep, runner: RunnerDep, authenticator: AuthenticatorDep, request: Request, response: Response
) -> Readiness:
    """Reports whether the default models are loaded and generate text; returns 503 if not.

    Each model generates one token, unless it just generated some. Also returns 503 if the job runner stopped, or if the
    databases of keys and jobs cannot be read.
    """
    statuses = {card.id: desk.pool.status(card.id) for card in desk.defaults()}
    preloads = request.app.state.settings.preload
    alive = [
        (status.state == "unloaded" and not preloads) or await run_sync(desk.pool.alive, model)
        for model, status in statuses.items()
    ]
    errors = {model: status.error for model, status in statuses.items() if status.error}
    if runner.has_failed:
        errors["jobs"] = (
            "The job runner stopped: see the log for the reason, and restart the service to resume the jobs."
        )
    for name, check in (("keys", authenticator.keys.check), ("jobs", runner.jobs.check)):
        if error := await run_sync(_state_error, check):
            errors[name] = error
    ready = all(alive) and not errors.keys() & {"keys", "jobs"}
    if not ready:
        response.status_code = 503
    return Readiness(ready=ready, models={model: status.state for model, status in statuses.items()}, errors=errors)


def _state_error(check: Callable[[], None]) -> str | None:
    try:
        check()
    except ServiceError as error:
        return f"{error} {error.hint}"
    return None
