"""Files of what can be made anew: bounded in bytes and age, whichever process writes."""

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from service.answering.sqlite_results import SqliteResults


def shelf(folder: Path, **changes: Any) -> SqliteResults:
    return SqliteResults(folder, **{"limit": 10_000, "age": 60.0, **changes})


def test_the_shelf_is_bounded(tmp_path: Path):
    kept = shelf(tmp_path)
    for n in range(200):
        kept.put(str(n), b"x" * 1000)
        assert kept.file.size()[1] <= 10_000
    assert kept.get("199")
    assert kept.get("0") is None


def test_several_processes_keep_within_the_limit_together(tmp_path: Path):
    one, other = shelf(tmp_path), shelf(tmp_path)
    for n in range(9):
        one.put(f"a{n}", b"x" * 1000)
        other.put(f"b{n}", b"x" * 1000)
        assert one.file.size()[1] <= 10_000


def at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """So many seconds later, by the wall clock."""
    clock = SimpleNamespace(time=lambda: time.time() + seconds)
    for module in ("bounded", "shelf", "results"):
        monkeypatch.setattr(f"service.{module}.time", clock)


def test_what_is_old_leaves_the_disk_long_before_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    kept = shelf(tmp_path, limit=10**9)
    for n in range(5):
        kept.put(str(n), b"x")
    at(monkeypatch, 61)
    kept.put("new", b"x")
    assert kept.file.size()[0] == 1


def test_what_is_old_or_from_the_future_is_not_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    kept = shelf(tmp_path)
    kept.put("a", b"x")
    for jump in (-3600, 3600):
        monkeypatch.setattr(
            "service.storage.bounded_table.time", SimpleNamespace(time=lambda jump=jump: time.time() + jump)
        )
        assert kept.get("a") is None
    monkeypatch.undo()
    assert kept.get("a") == b"x"


def test_two_processes_share_a_shelf(tmp_path: Path):
    one, other = shelf(tmp_path), shelf(tmp_path)
    one.put("a", b"x")
    assert other.get("a") == b"x"
    other.clear()
    assert one.get("a") is None
    assert one.generation() == "1"
