"""The same app on Ray Serve: replicas that come and go with the queue, and models spread over them.

    pip install 'lede[cluster]'
    LEDE_AUTH=open serve run service.cluster:application        # this machine
    kubectl apply -f deploy/rayservice.yaml                     # a cluster, by KubeRay

A model that needs replicas of its own is an application of its own, with a route prefix and `settings` of its own.
Within an application, requests with the header `serve_multiplexed_model_id` go to a replica that has that model loaded.
"""

import re
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import structlog
from anyio.to_thread import run_sync
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from ray import serve
from ray.serve.config import AutoscalingConfig
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.errors import ModelError
from models.pool import Pool
from service.app import create_app
from service.http.middleware import REQUEST_ID
from service.logging import set_up
from service.settings import Settings
from summarizer.errors import LedeError

log = structlog.get_logger("lede.cluster")


class AuthNotConfigured(LedeError):
    """Nobody said who may ask."""

    hint = (
        "Set LEDE_AUTH=open where a gateway sees to it, or LEDE_AUTH=keys with LEDE_DATA on a volume of all replicas."
    )


class Options(BaseModel):
    """What an application of the cluster is told under `args`."""

    model_config = ConfigDict(extra="forbid")

    settings: dict[str, Any] = Field({}, description="Settings of Lede that differ from the environment's, by name.")
    least: int = Field(
        1, ge=0, description="Replicas that are always there; 0 starts the first with the first request."
    )
    most: int = Field(4, ge=1, description="Replicas at most.")
    queue: float = Field(
        16, gt=0, description="Requests under way or waiting for each replica; above it, one more starts."
    )
    models: int = Field(2, ge=1, description="Models that one replica keeps for requests that name one.")
    cpus: float = Field(1, ge=0, description="CPUs of a replica.")
    gpus: float = Field(0, ge=0, description="GPUs of a replica.")


def application(options: Options) -> serve.Application:
    """The application for `serve run` and for the manifests."""
    built: serve.Application = deployment(partial(_app, options.settings), options).bind()
    return built


def _app(given: dict[str, Any]) -> FastAPI:
    """The app by the environment of the replica's own machine, not of the one that Ray builds the application on.

    Raises MustChoose where nobody said who may ask.
    """
    settings = Settings(**given)
    if settings.auth == "auto":  # what is right on one machine that listens to itself alone
        raise AuthNotConfigured("Ray's proxy listens for all who reach it.")
    return create_app(settings)


def deployment(make: Callable[[], FastAPI], options: Options) -> Any:
    """The app that `make` makes, in each replica anew, as a deployment."""

    def made() -> FastAPI:  # Ray takes a plain function alone for one that makes an app
        app = make()
        set_up(app.state.settings)  # a replica is a process of its own
        app.add_middleware(ModelMultiplexing, pool=app.state.desk.pool, most=options.models)
        app.add_middleware(RequestIdMiddleware)
        return app

    served = serve.deployment(
        name="lede",
        max_ongoing_requests=int(options.queue * 2) + 1,
        autoscaling_config=AutoscalingConfig(
            min_replicas=options.least, max_replicas=options.most, target_ongoing_requests=options.queue
        ),
        ray_actor_options={"num_cpus": options.cpus, "num_gpus": options.gpus},
        graceful_shutdown_timeout_s=30,
    )
    return served(serve.ingress(made)())


REQUEST_ID_PATTERN = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""What a request may be called in the logs: Ray's proxy takes any name that a caller gives."""


class RequestIdMiddleware:
    """Requests keep the name that Ray's proxy gave them, which tells it in the answer's header itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with its name."""

        async def unnamed(message: Message) -> None:
            if message["type"] == "http.response.start":
                del MutableHeaders(scope=message)[REQUEST_ID]
            await send(message)

        name = Headers(scope=scope).get(REQUEST_ID) if scope["type"] == "http" else None
        if name and REQUEST_ID_PATTERN.fullmatch(name):
            scope.setdefault("state", {})["request_id"] = name
        await self._app(scope, receive, unnamed if name else send)


class ModelMultiplexing:
    """Loads the model that a request's header names, and so tells Ray which replica has it."""

    def __init__(self, app: ASGIApp, pool: Pool, most: int) -> None:
        self._app = app
        self._load = _keeping(pool, most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on once its model is there. A name that is none is the route's to tell."""
        if scope["type"] == "http" and (model := serve.get_multiplexed_model_id()):
            try:
                await self._load(model)
            except ModelError as error:
                log.warning("not loaded", model=model, reason=str(error))
        await self._app(scope, receive, send)


def _keeping(pool: Pool, most: int) -> Callable[[str], Awaitable["_Held"]]:
    """Loads a model by its id, and keeps so many loaded."""

    async def load(model_id: str) -> _Held:
        return await run_sync(_Held, pool, model_id)

    kept: Callable[[str], Awaitable[_Held]] = serve.multiplexed(max_num_models_per_replica=most)(load)
    return kept


class _Held:
    """A model that stays loaded until Ray drops it for another."""

    def __init__(self, pool: Pool, model_id: str) -> None:
        self._stack = ExitStack()
        self._stack.enter_context(pool.use(model_id))

    def __del__(self) -> None:
        """Ray's own way to say that it is not wanted here any more."""
        self._stack.close()
