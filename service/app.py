"""The FastAPI application: the objects it holds, its routes and middleware, and its startup and shutdown."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from importlib.metadata import version

import structlog
from fastapi import Depends, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.cors import CORSMiddleware

from models.errors import ModelError
from models.loading import open_pool
from models.pool import Pool
from service import errors, openapi
from service.access.auth import Authenticator, AuthMiddleware
from service.access.keys import Keys
from service.access.quotas import Quotas
from service.access.rate_limits import RateLimiter
from service.answering.answers import AnswerService
from service.answering.cache import open_cache
from service.answering.single_flight import SingleFlight
from service.answering.thread_pool import ThreadPool
from service.compat.documents import Documents
from service.compat.keep_alive import GRACE
from service.http.lingering import LingeringClose
from service.http.middleware import PROBES, BodyLimits, RequestLog
from service.http.paths import own_path
from service.http.text import check_body
from service.jobs.runner import JobRunner
from service.jobs.store import JobStore
from service.jobs.webhooks import Webhooks
from service.links.fetch import Fetcher
from service.load_progress import LoadProgress
from service.metrics import Metrics
from service.routes import (
    articles,
    blurbs,
    cache,
    checks,
    corrections,
    deepl,
    deepl_documents,
    deepl_glossaries,
    documents,
    editions,
    files,
    health,
    jobs,
    keys,
    language,
    libretranslate,
    memory,
    metrics,
    models,
    page,
    summaries,
    translations,
)
from service.settings import Settings
from service.translation.glossaries import Glossaries
from service.translation.memory import TranslationMemory, open_sentence_store
from summarizer.console import ProgressBars
from summarizer.desk import Desk

log = structlog.get_logger("lede")

TITLE = "Lede"
SUMMARY = "Summaries, translations and push-notification blurbs of news articles, by models on your own machine."

TELEMETRY: TelemetryConfig = {
    "auto_configure": True,
    "operation_spans": False,
    "metrics": False,
    "logs": False,
    "exclude": lambda scope: own_path(scope) in PROBES,
}
"""OpenTelemetry's environment variables enable the export of spans. Logs are not exported: they could quote texts."""

PROBLEMS = errors.responses(400, 408, 412, 413, 415, 422, 429, 500, 502, 503, 504, 507)


def create_app(
    settings: Settings | None = None,
    *,
    pool: Pool | None = None,
    bars: ProgressBars | None = None,
    on_ready: Callable[[], None] = lambda: None,
) -> FastAPI:
    """Creates the service. It loads no model before it starts.

    `pool` replaces the pool that the settings describe. `bars` show the progress of fetching and loading models at
    startup; `on_ready` is called when the default models are warm.
    """
    settings = settings or Settings()
    app = FastAPI(
        title=TITLE,
        summary=SUMMARY,
        version=version("lede"),
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        dependencies=[Depends(check_body)],
        lifespan=_lifespan,
        telemetry=TELEMETRY,
        generate_unique_id_function=openapi.operation_id,
    )
    app.state.settings = settings
    app.state.load_progress = LoadProgress(bars)
    model_pool = pool or open_pool(settings, app.state.load_progress)
    app.state.metrics = Metrics(model_pool)
    app.state.memory = TranslationMemory(open_sentence_store(settings), app.state.metrics)
    app.state.desk = Desk(model_pool, settings, memory=app.state.memory)
    app.state.thread_pool = ThreadPool(settings.workers, settings.waiting)
    app.state.deepl_flights = SingleFlight(GRACE)
    app.state.glossaries = Glossaries(settings.data)
    app.state.fetcher = Fetcher(settings.fetch_rules)
    app.state.bars = bars or nullcontext()
    app.state.on_ready = on_ready
    app.state.authenticator = Authenticator(
        Keys(settings.data), RateLimiter(settings.redis_url), settings.auth, settings.cors_origins
    )
    app.state.quotas = Quotas(app.state.authenticator.keys.database)
    app.state.answers = _answers(app, settings)
    app.state.documents = Documents(app.state.thread_pool, app.state.quotas)
    app.state.runner = _runner(app, settings)
    _routes(app)
    page.install(app)
    errors.install(app)
    openapi.install(app)
    _middleware(app, settings)
    return app


def _routes(app: FastAPI) -> None:
    writing = (summaries, translations, blurbs, editions, corrections)
    for routes in (*writing, articles, checks, documents, files, language):
        app.include_router(routes.router, prefix="/v1", responses=PROBLEMS)
    for routes in (jobs, models, keys, cache, memory):
        app.include_router(routes.router, prefix="/v1")
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(libretranslate.router)
    for routes in (deepl, deepl_documents, deepl_glossaries):
        app.include_router(routes.router)


def _middleware(app: FastAPI, settings: Settings) -> None:
    """Adds the middleware; a request passes the last added first."""
    paths = (documents.PATH, memory.PATH, *files.PATHS, deepl_documents.PATH, libretranslate.FILE)
    app.add_middleware(
        BodyLimits,
        limit=settings.max_body_bytes,
        documents={**dict.fromkeys(paths, settings.max_document_bytes), jobs.PATH: settings.job_bytes},
    )
    app.add_middleware(AuthMiddleware, authenticator=app.state.authenticator)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["ETag", "Location", "Retry-After", "X-Request-ID"],
        )
    app.add_middleware(RequestLog, metrics=app.state.metrics)
    app.add_middleware(LingeringClose)


def _answers(app: FastAPI, settings: Settings) -> AnswerService:
    return AnswerService(
        desk=app.state.desk,
        thread_pool=app.state.thread_pool,
        fetcher=app.state.fetcher,
        cache=open_cache(settings),
        quotas=app.state.quotas,
        metrics=app.state.metrics,
        flights=SingleFlight(),
        memory=app.state.memory,
        engine=settings.model_dump(mode="json", include={"engine", "quantization", "device"}),
    )


def _runner(app: FastAPI, settings: Settings) -> JobRunner:
    kinds = [routes.TASK for routes in (summaries, translations, blurbs, editions, corrections)]
    return JobRunner(
        JobStore(settings.data),
        app.state.answers,
        app.state.authenticator.keys,
        Webhooks(settings.webhook_rules, settings.webhook_secret),
        {task.kind: task for task in kinds},
        workers=settings.job_workers,
        age=settings.job_days * 86_400,
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    desk: Desk = app.state.desk
    if settings.preload:
        # In a thread: while the models load, the service answers /healthz and queues requests.
        arguments = (desk, app.state.bars, app.state.on_ready)
        threading.Thread(target=_warm_up, args=arguments, name="lede-preload", daemon=True).start()
    app.state.runner.start()
    yield
    await app.state.runner.stop()
    if cancelled := app.state.thread_pool.stop():
        log.warning("requests cancelled", requests=cancelled)
    desk.close()
    await app.state.answers.cache.close()
    app.state.memory.close()
    app.state.runner.jobs.close()
    await app.state.authenticator.close()
    app.state.glossaries.close()


def _warm_up(desk: Desk, bars: AbstractContextManager[object], on_ready: Callable[[], None]) -> None:
    for card in desk.defaults():
        try:
            with bars:  # only while loading, so that they do not mix with log lines
                desk.warm(card)
            log.info("model ready", model=card.id)
        except ModelError as error:
            log.error("model not loaded", model=card.id, reason=str(error), hint=error.hint)  # noqa: TRY400 - no traceback needed
            return
    on_ready()
