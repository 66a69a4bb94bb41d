"""GET /healthz and GET /readyz: whether the process lives, and whether it can write."""

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from models.slot import State
from service.dependencies import DeskDep, RunnerDep
from service.schemas import MODEL, example

router = APIRouter(tags=["operation"])


class Health(BaseModel):
    """The process answers."""

    status: str = Field("ok", examples=["ok"])


class Readiness(BaseModel):
    """Whether the default models are loaded."""

    model_config = example(ready=True, models={MODEL: "ready"}, errors={})

    ready: bool
    models: dict[str, State] = Field(description="State of each default model.")
    errors: dict[str, str] = Field(description="Why a model's last load failed, or `jobs` are not worked on.")


@router.get("/healthz")
async def health() -> Health:
    """Whether the process lives. It says nothing about models."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": Readiness, "description": "Not yet, or not any more"}})
async def readiness(desk: DeskDep, runner: RunnerDep, request: Request, response: Response) -> Readiness:
    """Whether the default models are loaded and write: each generates a token, unless it just did. 503 if not.

    503, too, where jobs are taken in and nothing works on them any more.
    """
    found = {card.id: desk.pool.status(card.id) for card in desk.defaults()}
    preloads = request.app.state.settings.preload
    writes = [
        (status.state == "unloaded" and not preloads) or await run_sync(desk.pool.alive, model)
        for model, status in found.items()
    ]
    ready = all(writes) and not runner.fallen
    if not ready:
        response.status_code = 503
    errors = {model: status.error for model, status in found.items() if status.error}
    if runner.fallen:
        errors["jobs"] = "Nothing works on jobs any more: the log says why, and a restart goes on with them."
    return Readiness(ready=ready, models={model: status.state for model, status in found.items()}, errors=errors)
