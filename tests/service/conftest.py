"""Fixtures of several tests of the service."""

from collections.abc import Iterator

import pytest

from service.links.fetch import FetchRules
from service.settings import Settings
from tests.service.redis_server import RedisServer


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def _loopback_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets links and webhooks lead to servers on loopback, on any port."""

    def permissive(hosts: str) -> property:
        return property(lambda settings: FetchRules(getattr(settings, hosts), loopback=True))

    monkeypatch.setattr(Settings, "fetch_rules", permissive("fetch_hosts"))
    monkeypatch.setattr(Settings, "webhook_rules", permissive("webhook_hosts"))
