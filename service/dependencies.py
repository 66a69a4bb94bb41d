"""FastAPI dependencies of the routes: the objects that the app holds, and the caller."""

from typing import Annotated, Any

from fastapi import Depends, Request

from service.access.auth import Authenticator, Caller
from service.access.quotas import Quotas
from service.answering.answers import AnswerService
from service.answering.single_flight import SingleFlight
from service.answering.thread_pool import ThreadPool
from service.jobs.runner import JobRunner
from service.links.fetch import Fetcher
from service.load_progress import LoadProgress
from service.settings import Settings
from service.translation.memory import TranslationMemory
from summarizer.desk import Desk


def _from_app(name: str) -> Any:
    """Returns a dependency on an attribute of the app's state."""

    async def get(request: Request) -> Any:  # a coroutine: FastAPI runs plain functions in threads, which costs more
        return getattr(request.app.state, name)

    return Depends(get)


async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


AnswersDep = Annotated[AnswerService, _from_app("answers")]
AuthenticatorDep = Annotated[Authenticator, _from_app("authenticator")]
CallerDep = Annotated[Caller, Depends(_caller)]
DeeplFlightsDep = Annotated[SingleFlight[Any], _from_app("deepl_flights")]
DeskDep = Annotated[Desk, _from_app("desk")]
FetcherDep = Annotated[Fetcher, _from_app("fetcher")]
LoadProgressDep = Annotated[LoadProgress, _from_app("load_progress")]
MemoryDep = Annotated[TranslationMemory, _from_app("memory")]
QuotasDep = Annotated[Quotas, _from_app("quotas")]
RunnerDep = Annotated[JobRunner, _from_app("runner")]
SettingsDep = Annotated[Settings, _from_app("settings")]
ThreadPoolDep = Annotated[ThreadPool, _from_app("thread_pool")]
