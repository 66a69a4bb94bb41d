"""The app of the tests, as each replica makes it for itself."""

import os

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.app import create_app
from service.settings import Settings
from tests.desk import card, pool


class Signed:
    """Each answer says which process it comes from."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def signed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-process", str(os.getpid()).encode())]
            await send(message)

        await self._app(scope, receive, signed)


def make() -> FastAPI:
    app = create_app(Settings(model=card().id, preload=False), pool=pool())
    app.add_middleware(Signed)
    return app
