"""What routes are given: what the app holds that they run in, and who asks.

All are coroutines: FastAPI asks others in threads, which takes longer than they do.
"""

from typing import Annotated

from fastapi import Depends, Request

from service.access.auth import Caller, Door
from service.access.quotas import Quotas
from service.answering.answers import Answers
from service.answering.thread_pool import Workshop
from service.jobs.runner import Runner
from service.links.fetch import Fetcher
from service.load_progress import Loading
from service.settings import Settings
from service.translation.memory import TranslationMemory
from summarizer.desk import Desk


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def _workshop(request: Request) -> Workshop:
    workshop: Workshop = request.app.state.workshop
    return workshop


async def _fetcher(request: Request) -> Fetcher:
    fetcher: Fetcher = request.app.state.fetcher
    return fetcher


async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


async def _door(request: Request) -> Door:
    door: Door = request.app.state.door
    return door


async def _loading(request: Request) -> Loading:
    loading: Loading = request.app.state.loading
    return loading


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def _answers(request: Request) -> Answers:
    answers: Answers = request.app.state.answers
    return answers


async def _runner(request: Request) -> Runner:
    runner: Runner = request.app.state.runner
    return runner


async def _memory(request: Request) -> TranslationMemory:
    memory: TranslationMemory = request.app.state.memory
    return memory


async def _quotas(request: Request) -> Quotas:
    quotas: Quotas = request.app.state.answers.quotas
    return quotas


QuotasHere = Annotated[Quotas, Depends(_quotas)]
MemoryHere = Annotated[TranslationMemory, Depends(_memory)]
RunnerHere = Annotated[Runner, Depends(_runner)]
AnswersHere = Annotated[Answers, Depends(_answers)]
CallerHere = Annotated[Caller, Depends(_caller)]
DoorHere = Annotated[Door, Depends(_door)]
DeskHere = Annotated[Desk, Depends(_desk)]
WorkshopHere = Annotated[Workshop, Depends(_workshop)]
FetcherHere = Annotated[Fetcher, Depends(_fetcher)]
LoadingHere = Annotated[Loading, Depends(_loading)]
SettingsHere = Annotated[Settings, Depends(_settings)]
