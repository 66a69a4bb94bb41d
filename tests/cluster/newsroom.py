"""The app of the tests, as each replica makes it for itself."""

import os

from fastapi import FastAPI, Request, Response
from starlette.middleware.base import RequestResponseEndpoint

from service.app import create_app
from service.settings import Settings
from tests.desk import card, pool


def make() -> FastAPI:
    """The service with the fake engine; each answer says which process it comes from."""
    app = create_app(Settings(model=card().id, preload=False), pool=pool())

    @app.middleware("http")
    async def signed(request: Request, call_next: RequestResponseEndpoint) -> Response:
        answer = await call_next(request)
        answer.headers["X-Process"] = str(os.getpid())
        return answer

    return app
