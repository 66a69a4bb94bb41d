"""What routes are given: the desk, the workshop, the fetcher and what is being loaded, of the app that they run in."""

from typing import Annotated

from fastapi import Depends, Request

from service.fetch import Fetcher
from service.loading import Loading
from service.settings import Settings
from service.work import Workshop
from summarizer.desk import Desk


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _workshop(request: Request) -> Workshop:
    workshop: Workshop = request.app.state.workshop
    return workshop


def _fetcher(request: Request) -> Fetcher:
    fetcher: Fetcher = request.app.state.fetcher
    return fetcher


def _loading(request: Request) -> Loading:
    loading: Loading = request.app.state.loading
    return loading


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


DeskHere = Annotated[Desk, Depends(_desk)]
WorkshopHere = Annotated[Workshop, Depends(_workshop)]
FetcherHere = Annotated[Fetcher, Depends(_fetcher)]
LoadingHere = Annotated[Loading, Depends(_loading)]
SettingsHere = Annotated[Settings, Depends(_settings)]
