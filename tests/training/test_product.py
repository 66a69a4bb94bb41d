"""The evaluation set through Lede itself."""

import dataclasses
import sys
from pathlib import Path

import pytest

from tests.training.conftest import french, sentence
from training.evaluate import evaluate, read_translations
from training.export import to_toml
from training.product import evaluation_directions, main
from training.settings import TrainingSettings


def test_what_lede_translates_is_written_for_scoring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, row in {"en-fr": (sentence, french), "fr-en": (french, sentence)}.items():
        lines = [f"{number}\t{row[0](number)}\t{row[1](number)}\n" for number in range(5)]
        (tmp_path / f"flores-dev.{name}.tsv").write_text("id\tsource\treference\n" + "".join(lines), "utf-8")
    assert evaluation_directions(tmp_path) == ["en-fr", "fr-en"]
    made = dataclasses.replace(
        TrainingSettings.read(), data=dataclasses.replace(TrainingSettings.read().data, evaluation=str(tmp_path))
    )
    (tmp_path / "settings.toml").write_text(to_toml(made.to_dict()), "utf-8")
    monkeypatch.setenv("LEDE_ENGINE", "fake")
    monkeypatch.setenv("LEDE_HOME", str(tmp_path / "home"))
    defaults = ["product", str(tmp_path / "out.jsonl"), "--lines", "3", "--settings", str(tmp_path / "settings.toml")]
    monkeypatch.setattr(sys, "argv", defaults)
    main()
    found = read_translations(tmp_path / "out.jsonl")
    rows = found["en-fr", "flores-dev"]
    assert [(row["source"], row["reference"]) for row in rows] == [(sentence(n), french(n)) for n in range(3)]
    assert all(row["hypothesis"] for row in rows)
    assert {scored.direction for scored in evaluate(tmp_path / "out.jsonl", tmp_path / "out.jsonl")} == {
        "en-fr",
        "fr-en",
    }
