"""What several tests of the service ask for."""

from collections.abc import Iterator

import pytest

from tests.service.redis_server import RedisServer


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.stop()
