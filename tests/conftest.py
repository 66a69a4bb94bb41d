"""What tests of all floors are given."""

from collections.abc import Iterator

import pytest
import structlog
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from models.settings import ModelSettings
from service.app import create_app
from service.settings import Settings
from summarizer.desk import Desk
from tests.desk import newsroom, pool

MODEL = "test/desk"

# Traces are plain: drawn with every variable, one takes seconds.
structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(answer=newsroom, window=2048)


@pytest.fixture
def desk(engine: FakeEngine) -> Iterator[Desk]:
    desk = Desk(pool(engine), ModelSettings(model=MODEL, preload=False))
    yield desk
    desk.close()


@pytest.fixture
def client(engine: FakeEngine) -> Iterator[TestClient]:
    app = create_app(Settings(model=MODEL, preload=False), pool=pool(engine))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
