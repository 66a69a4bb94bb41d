"""Watches: what stops work, and what is told of it."""

import pytest

from summarizer.errors import Cancelled, DeadlineExceeded
from summarizer.watch import Event, Watch


def test_cancelled_work_stops():
    watch = Watch()
    assert not watch.should_stop()
    watch.cancel()
    assert watch.should_stop()
    with pytest.raises(Cancelled):
        watch.check()


def test_who_waits_is_told_of_a_cancellation_even_if_it_came_before():
    told: list[str] = []
    watch = Watch()
    watch.on_cancel(lambda: told.append("then"))
    assert not told
    watch.cancel()
    watch.on_cancel(lambda: told.append("before"))
    assert told == ["then", "before"]


def test_work_over_its_deadline_stops(monkeypatch: pytest.MonkeyPatch):
    now = 100.0
    monkeypatch.setattr("summarizer.watch.time.monotonic", lambda: now)
    watch = Watch(deadline_ms=500)
    watch.check()
    now = 100.6
    with pytest.raises(DeadlineExceeded) as late:
        watch.check()
    assert "deadline_ms" in late.value.hint


def test_events_are_told_in_order():
    told: list[Event] = []
    watch = Watch(told.append)
    watch.progress("reading")
    watch.delta("A sentence.", index=2)
    assert told == [
        Event("progress", {"step": "reading", "done": 0, "total": 1}),
        Event("delta", {"index": 2, "text": "A sentence."}),
    ]
