"""The measured quality of the checker on some of the evaluation articles, which are not distributed."""

from pathlib import Path

import pytest

from benchmarks import cases, checker, references

PART = (
    "cnndm-000cd1ee00",
    "cnndm-00142065a6",
    "mlsum-de-5060fb75",
    "mlsum-es-5ddccc72",
    "orangesum-2722",
    "orangesum-14975",
    "standfirst-pt-ae25ac24",
    "standfirst-ru-7acb8f34",
    "vietnews-test-001005",
)
"""Articles in seven languages. Run `python -m benchmarks.checker` to measure the whole set."""

needs_sets = pytest.mark.skipif(not cases.EVAL.is_file(), reason=f"the evaluation sets are not at {cases.EVAL}")


@needs_sets
def test_no_figure_falls_below_its_floor():
    figures = {**checker.recall(PART), **checker.alarms(PART)}
    assert list(checker.below_floor(figures)) == []
    assert sum(count for name, count in figures.items() if name.startswith("changes.")) > 150


@pytest.mark.skipif(not references.DATA.is_dir(), reason="the evaluation sets are not here")
def test_the_table_of_translations_is_printed_by_the_same_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("sys.argv", ["checker", "--translations", "en-zh"])
    assert checker.main() == 0
    head, row = capsys.readouterr().out.splitlines()
    assert len(head.split("|")) == len(row.split("|"))
    assert row.startswith("en-zh")


def test_a_figure_below_its_floor_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    floors = tmp_path / "floors.json"
    floors.write_text('{"recall.number": 0.9}')
    monkeypatch.setattr(checker, "FLOORS", floors)
    assert list(checker.below_floor({"recall.number": 0.8})) == ["recall.number is 0.8000; its floor is 0.9"]
    assert list(checker.below_floor({"recall.number": 0.9})) == []
