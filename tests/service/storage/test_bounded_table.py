"""Bounded tables: limited in bytes and age across all processes that share them."""

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from service.answering.sqlite_results import SqliteResults


def open_results(folder: Path, **changes: Any) -> SqliteResults:
    return SqliteResults(folder, **{"limit": 10_000, "age": 60.0, **changes})


def advance_clock(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Moves the wall clock forward."""
    clock = SimpleNamespace(time=lambda: time.time() + seconds)
    for module in ("storage.bounded_table", "answering.sqlite_results", "answering.results"):
        monkeypatch.setattr(f"service.{module}.time", clock)


def test_the_size_is_bounded(tmp_path: Path):
    results = open_results(tmp_path)
    for n in range(200):
        results.put(str(n), b"x" * 1000)
        assert results.table.size()[1] <= 10_000
    assert results.get("199")
    assert results.get("0") is None


def test_several_processes_share_the_limit(tmp_path: Path):
    one, other = open_results(tmp_path), open_results(tmp_path)
    for n in range(9):
        one.put(f"a{n}", b"x" * 1000)
        other.put(f"b{n}", b"x" * 1000)
        assert one.table.size()[1] <= 10_000


def test_expired_rows_are_deleted_before_the_table_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    results = open_results(tmp_path, limit=10**9)
    for n in range(5):
        results.put(str(n), b"x")
    advance_clock(monkeypatch, 61)
    results.put("new", b"x")
    assert results.table.size()[0] == 1


@pytest.mark.parametrize("jump", [-3600, 3600])
def test_expired_rows_and_rows_from_the_future_are_not_returned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: float
):
    results = open_results(tmp_path)
    results.put("a", b"x")
    advance_clock(monkeypatch, jump)
    assert results.get("a") is None
    monkeypatch.undo()
    assert results.get("a") == b"x"


def test_two_processes_share_the_results(tmp_path: Path):
    one, other = open_results(tmp_path), open_results(tmp_path)
    one.put("a", b"x")
    assert other.get("a") == b"x"
    other.clear()
    assert one.get("a") is None
    assert one.generation() == "1"
