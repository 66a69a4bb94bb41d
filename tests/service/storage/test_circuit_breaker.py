"""The circuit breaker: a faulty store is not called for a while, and then again."""

import asyncio

import pytest
import structlog

from service.exceptions import StateUnavailable
from service.storage.circuit_breaker import CircuitBreaker


def test_after_a_fault_the_store_is_not_called_and_one_warning_is_logged():
    calls = []

    def fail() -> str:
        calls.append("sync")
        raise StateUnavailable("It is locked.")

    async def fail_async() -> str:
        return fail()

    breaker = CircuitBreaker("works without it", StateUnavailable)
    with structlog.testing.capture_logs() as logged:
        assert [breaker.call(fail) for _ in range(3)] == [None, None, None]
        assert asyncio.run(breaker.call_async(fail_async)) is None
    assert calls == ["sync"]
    assert [(line["event"], line["reason"]) for line in logged] == [("works without it", "It is locked.")]


def test_the_store_is_called_again_later(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("service.storage.circuit_breaker.OPEN_SECONDS", 0)
    breaker = CircuitBreaker("works without it", ZeroDivisionError)
    assert breaker.call(lambda: 1 / 0) is None
    assert breaker.call(lambda: 1 / 2) == 0.5


def test_other_errors_are_raised():
    with pytest.raises(ZeroDivisionError):
        CircuitBreaker("works without it", StateUnavailable).call(lambda: 1 / 0)
