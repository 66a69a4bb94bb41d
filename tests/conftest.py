"""What tests of all floors are given."""

import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
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

# How long an example takes depends on the machine, and on whether a language's tables were read before. The examples
# are the same for the same code: what fails has to do with the change. `--hypothesis-profile default` draws others.
hypothesis.settings.register_profile("lede", deadline=None, derandomize=True)
hypothesis.settings.load_profile("lede")

# Traces are plain: drawn with every variable, one takes seconds.
structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """Ctrl-C means what it does at a terminal: a job that a shell starts in the background ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _away_from_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What a test keeps is kept away from the user's own folder, whatever the scope of its fixtures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEDE_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(autouse=True)
def _apart(_away_from_home: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test finds what another one left."""
    monkeypatch.setenv("LEDE_DATA", str(tmp_path / "lede-data"))


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
