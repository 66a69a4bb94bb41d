"""Watches: cancellation, deadlines and events."""

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


def test_a_cancellation_callback_is_called_even_if_registered_later():
    calls: list[str] = []
    watch = Watch()
    watch.on_cancel(lambda: calls.append("on cancel"))
    assert not calls
    watch.cancel()
    watch.on_cancel(lambda: calls.append("immediately"))
    assert calls == ["on cancel", "immediately"]


def test_work_stops_after_its_deadline(monkeypatch: pytest.MonkeyPatch):
    now = 100.0
    monkeypatch.setattr("summarizer.watch.time.monotonic", lambda: now)
    watch = Watch(deadline_ms=500)
    watch.check()
    now = 100.6
    with pytest.raises(DeadlineExceeded) as late:
        watch.check()
    assert "deadline_ms" in late.value.hint


def test_events_are_emitted_in_order():
    events: list[Event] = []
    watch = Watch(events.append)
    watch.progress("reading")
    watch.delta("A sentence.", index=2)
    assert events == [
        Event("progress", {"step": "reading", "done": 0, "total": 1}),
        Event("delta", {"index": 2, "text": "A sentence."}),
    ]
