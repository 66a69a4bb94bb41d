"""The app on Ray Serve, with replicas that scale with the load and models spread over them.

    pip install 'lede[cluster]'
    LEDE_AUTH=open serve run service.cluster:application        # on this machine
    kubectl apply -f deploy/rayservice.yaml                     # on a cluster, with KubeRay

A model that needs its own replicas is deployed as a separate application, with its own route prefix and `settings`.
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
    """The setting `auth` must be explicit on a cluster."""

    hint = (
        "Set LEDE_AUTH=open behind a gateway that authenticates, or LEDE_AUTH=keys with LEDE_DATA on a shared volume."
    )


class Options(BaseModel):
    """The `args` of an application in the Serve configuration."""

    model_config = ConfigDict(extra="forbid")

    settings: dict[str, Any] = Field({}, description="Settings of Lede that differ from the environment's, by name.")
    min_replicas: int = Field(
        1, ge=0, description="Minimum number of replicas; with 0 the first request starts the first one."
    )
    max_replicas: int = Field(4, ge=1, description="Maximum number of replicas.")
    target_ongoing_requests: float = Field(
        16, gt=0, description="Requests, running or queued, per replica, above which Ray adds a replica."
    )
    models_per_replica: int = Field(
        2, ge=1, description="Models that a replica keeps loaded for requests that name one in their header."
    )
    cpus: float = Field(1, ge=0, description="CPUs per replica.")
    gpus: float = Field(0, ge=0, description="GPUs per replica.")


def application(options: Options) -> serve.Application:
    """Returns the application for `serve run` and for manifests."""
    built: serve.Application = deployment(partial(_app, options.settings), options).bind()
    return built


def _app(overrides: dict[str, Any]) -> FastAPI:
    """Creates the app with the environment of the replica's machine, not of the one that builds the application.

    Raises AuthNotConfigured.
    """
    settings = Settings(**overrides)
    if settings.auth == "auto":  # safe only on a machine that listens on loopback
        raise AuthNotConfigured("Ray's proxy listens on all interfaces, so LEDE_AUTH=auto is not safe.")
    return create_app(settings)


def deployment(create: Callable[[], FastAPI], options: Options) -> Any:
    """Returns a deployment; each replica calls `create` for its own app."""

    def create_replica() -> FastAPI:  # Ray only accepts a plain function as an app factory
        app = create()
        set_up(app.state.settings)  # a replica is a separate process
        app.add_middleware(ModelMultiplexing, pool=app.state.desk.pool, max_models=options.models_per_replica)
        app.add_middleware(RequestIdMiddleware)
        return app

    decorate = serve.deployment(
        name="lede",
        max_ongoing_requests=int(options.target_ongoing_requests * 2) + 1,
        autoscaling_config=AutoscalingConfig(
            min_replicas=options.min_replicas,
            max_replicas=options.max_replicas,
            target_ongoing_requests=options.target_ongoing_requests,
        ),
        ray_actor_options={"num_cpus": options.cpus, "num_gpus": options.gpus},
        graceful_shutdown_timeout_s=30,
    )
    return decorate(serve.ingress(create_replica)())


REQUEST_ID_PATTERN = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""Request ids accepted from clients: Ray's proxy passes any value on."""


class RequestIdMiddleware:
    """Uses the request id of Ray's proxy, which also adds the response header itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with its id."""

        async def send_without_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                del MutableHeaders(scope=message)[REQUEST_ID]
            await send(message)

        request_id = Headers(scope=scope).get(REQUEST_ID) if scope["type"] == "http" else None
        if request_id and REQUEST_ID_PATTERN.fullmatch(request_id):
            scope.setdefault("state", {})["request_id"] = request_id
        await self._app(scope, receive, send_without_id if request_id else send)


class ModelMultiplexing:
    """Loads the model that a request's header names, which also reports it to Ray's router."""

    def __init__(self, app: ASGIApp, pool: Pool, max_models: int) -> None:
        self._app = app
        self._load = _multiplexed_loader(pool, max_models)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on once the model is loaded; the route reports an unknown model."""
        if scope["type"] == "http" and (model := serve.get_multiplexed_model_id()):
            try:
                await self._load(model)
            except ModelError as error:
                log.warning("model not loaded", model=model, reason=str(error))
        await self._app(scope, receive, send)


def _multiplexed_loader(pool: Pool, max_models: int) -> Callable[[str], Awaitable["_LoadedModel"]]:
    """Returns a function that loads a model by its id; Ray keeps at most `max_models` of them."""

    async def load(model_id: str) -> _LoadedModel:
        return await run_sync(_LoadedModel, pool, model_id)

    multiplexed: Callable[[str], Awaitable[_LoadedModel]] = serve.multiplexed(max_num_models_per_replica=max_models)(
        load
    )
    return multiplexed


class _LoadedModel:
    """A model that stays loaded until Ray evicts it."""

    def __init__(self, pool: Pool, model_id: str) -> None:
        self._stack = ExitStack()
        self._stack.enter_context(pool.use(model_id))

    def __del__(self) -> None:
        """Called by Ray on eviction."""
        self._stack.close()
