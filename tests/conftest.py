"""Fixtures for the tests of all layers."""

import signal
from collections.abc import Iterator
from functools import partialmethod
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
from tests.desk import answer_prompt, pool

MODEL = "test/desk"

# No deadline: the time of an example depends on the machine, and on whether a language's tables are loaded.
# Derandomized: a failure then comes from the change. `--hypothesis-profile default` generates random examples.
hypothesis.settings.register_profile("lede", deadline=None, derandomize=True)
hypothesis.settings.load_profile("lede")

# Plain tracebacks: formatting one with all variables takes seconds.
structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """Restores Ctrl-C, which jobs started in a shell's background ignore."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _loopback_clients() -> Iterator[None]:
    """Lets test clients call 127.0.0.1: without keys, the service does not answer to their default, `testserver`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "__init__", partialmethod(TestClient.__init__, base_url="http://127.0.0.1"))
        yield


@pytest.fixture(scope="session", autouse=True)
def _session_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keeps fixtures of any scope from writing to the user's data folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEDE_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(autouse=True)
def _isolated_data(_session_data: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives each test its own data folder."""
    monkeypatch.setenv("LEDE_DATA", str(tmp_path / "lede-data"))


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(answer=answer_prompt, window=2048)


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
