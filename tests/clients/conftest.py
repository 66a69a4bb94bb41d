"""The service on a socket, for clients of other services."""

from collections.abc import Iterator

import pytest

from models.engines.fake import FakeEngine
from service.app import create_app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import pool
from tests.service.serving import serving


@pytest.fixture
def address(engine: FakeEngine) -> Iterator[str]:
    with serving(create_app(Settings(model=MODEL, preload=False), pool=pool(engine))) as address:
        yield address
