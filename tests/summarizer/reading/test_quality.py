"""The measured quality of reading and its floors; the evaluation sets are not distributed."""

from pathlib import Path

import pytest

from benchmarks import reading

needs_sets = pytest.mark.skipif(not reading.EVAL.is_dir(), reason=f"the evaluation sets are not at {reading.EVAL}")


@needs_sets
def test_no_figure_falls_below_its_floor() -> None:
    assert list(reading.missed_floors(reading.quality())) == []


def test_a_figure_below_its_floor_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    floors = tmp_path / "floors.json"
    floors.write_text('{"pages.mean": 0.9, "seconds.page_1mb": 2.0}')
    monkeypatch.setattr(reading, "FLOORS", floors)
    assert list(reading.missed_floors({"pages.mean": 0.9, "seconds.page_1mb": 2.0})) == []
    assert list(reading.missed_floors({"pages.mean": 0.8, "seconds.page_1mb": 2.1})) == [
        "pages.mean is 0.8000; its floor is 0.9",
        "seconds.page_1mb is 2.1000; its floor is 2.0",
    ]
    reading.update({"pages.mean": 0.95, "seconds.page_1mb": 0.1})
    assert '"pages.mean": 0.95' in floors.read_text()
    assert '"seconds.page_1mb": 2.0' in floors.read_text()


def test_f1_counts_tokens_of_every_script() -> None:
    assert reading.f1("The bridge", "the BRIDGE") == 1
    assert reading.f1("桥开", "桥开了吗") == pytest.approx(2 / 3)
    assert reading.f1("a", "b") == 0
