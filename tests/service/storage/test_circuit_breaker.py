"""Stores at fault are left alone for a while, and asked again after it."""

import asyncio

import pytest
import structlog

from service.exceptions import StateUnavailable
from service.storage.circuit_breaker import CircuitBreaker


def test_a_fault_costs_time_once_and_is_told_once():
    asked = []

    def ask() -> str:
        asked.append("sync")
        raise StateUnavailable("It is locked.")

    async def ask_later() -> str:
        return ask()

    resting = CircuitBreaker("done without", StateUnavailable)
    with structlog.testing.capture_logs() as logged:
        assert [resting.call(ask) for _ in range(3)] == [None, None, None]
        assert asyncio.run(resting.call_async(ask_later)) is None
    assert asked == ["sync"]
    assert [(line["event"], line["reason"]) for line in logged] == [("done without", "It is locked.")]


def test_it_is_asked_again_after_its_rest(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("service.storage.circuit_breaker.REST", 0)
    resting = CircuitBreaker("done without", ZeroDivisionError)
    assert resting.call(lambda: 1 / 0) is None
    assert resting.call(lambda: 1 / 2) == 0.5


def test_what_is_no_fault_of_the_store_is_raised():
    with pytest.raises(ZeroDivisionError):
        CircuitBreaker("done without", StateUnavailable).call(lambda: 1 / 0)
