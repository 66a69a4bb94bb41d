"""The commands in the plan of the run exist, and its transfers fit the limits."""

import dataclasses
import re
import sys
import tomllib
from pathlib import Path

import pytest

from models.catalogue import SHIPPED
from tests.training.conftest import pair
from training import parcels, shards, train
from training.export import to_toml
from training.prompts import Prompter
from training.settings import FILE, TrainingSettings

ROOT = Path(__file__).parents[2]
PLAN = (ROOT / "docs" / "training.md").read_text("utf-8")
COMMANDS = sorted(set(re.findall(r"python3? -m training\.(.*)", PLAN)))
CALL, BACK = 64 * 2**20, 16 * 2**20
"""Maximum bytes of a call, and of a file that is transferred back."""


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_and_its_options_exist(command: str) -> None:
    name, *words = command.split("`", maxsplit=1)[0].split()
    path = ROOT / "training" / name.replace(".", "/")
    source = (path / "__main__.py" if path.is_dir() else path.with_suffix(".py")).read_text("utf-8")
    known = set(re.findall(r'"(--\w+)"', source + (ROOT / "training" / "settings.py").read_text("utf-8")))
    assert "def main()" in source
    assert {word for word in words if word.startswith("--")} <= known


def test_the_plan_has_the_right_number_of_parcels() -> None:
    card = tomllib.loads((SHIPPED / "qwen2.5-coder-1.5b-instruct.toml").read_text("utf-8"))
    count = -(-card["download"] // parcels.BYTES)
    assert f"part-01 to part-{count:02}" in PLAN
    assert f"{parcels.BYTES >> 20} MiB each" in PLAN


def test_transfers_fit_the_limits() -> None:
    settings = TrainingSettings.read(FILE)
    tree = sum(path.stat().st_size for path in tracked())
    assert tree + parcels.BYTES < CALL
    assert tree + settings.data.shard_bytes < CALL
    assert settings.shipping.file_bytes + 2**20 < BACK


def tracked() -> list[Path]:
    """Returns approximately the files that are transferred with the tree."""
    kept = ("models", "summarizer", "service", "training", "tests", "docs", "benchmarks", "examples")
    return [
        path
        for name in kept
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "node_modules" not in path.parts
    ]


def test_settings_survive_a_round_trip_through_toml(settings: TrainingSettings, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(to_toml(settings.to_dict()), "utf-8")
    assert TrainingSettings.read(path) == settings


def test_a_command_works_in_the_folder_given_with_work(
    settings: TrainingSettings,
    prompter: Prompter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shards.write(settings.shards, [prompter.translation(pair(number)) for number in range(24)], 10**6)
    path, there = tmp_path / "settings.toml", tmp_path / "there"
    path.write_text(to_toml(dataclasses.replace(settings, work="nowhere").to_dict()), "utf-8")
    Path(settings.work).rename(there)
    monkeypatch.setattr(sys, "argv", ["train", "--settings", str(path), "--work", str(there), "--until", "1"])
    train.main()
    assert re.search(r"^1 of \d+ steps done", capsys.readouterr().out, re.MULTILINE)
    assert (there / "checkpoint" / "state.json").is_file()
