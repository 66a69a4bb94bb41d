"""The app of the tests, created by each replica."""

import os

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.app import create_app
from service.settings import Settings
from tests.desk import card, pool


class ProcessHeader:
    """Middleware that adds the process id to each response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-process", str(os.getpid()).encode())]
            await send(message)

        await self._app(scope, receive, send_with_header)


def make() -> FastAPI:
    app = create_app(Settings(model=card().id, preload=False), pool=pool())
    app.add_middleware(ProcessHeader)
    return app
