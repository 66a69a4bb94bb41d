"""`lede doctor`."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import psutil
import pytest
from typer.testing import CliRunner

from service.cli import app
from service.commands import checkup

run = CliRunner()


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEDE_HOME", str(tmp_path / "home"))


def findings(*options: str) -> dict[str, Any]:
    answer = run.invoke(app, ["doctor", "--json", *options])
    return {finding["what"]: finding for finding in json.loads(answer.stdout)}


def test_a_machine_that_can_write(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LEDE_ENGINE", "fake")
    answer = run.invoke(app, ["doctor"])
    assert answer.exit_code == 0, answer.output
    assert "a summary of 37 words took" in answer.stdout
    assert "\x1b" not in answer.stdout


def test_a_model_that_is_not_here():
    answer = run.invoke(app, ["doctor", "--quick"])
    assert answer.exit_code == 1
    assert "fault: Model: Qwen/Qwen2.5-Coder-1.5B-Instruct is not here\n  Fetch it (1.1 GB)" in answer.stdout
    assert "models to fetch and convert need 2.7 GB" in findings("--quick")["Disk"]["told"]


def test_a_bad_setting_ends_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LEDE_DEVICE", "tpu")
    found = findings()
    assert list(found) == ["Python", "Settings"]
    assert found["Settings"]["state"] == "bad"


def test_an_unknown_variable_is_noted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LEDE_POTR", "1")
    assert findings("--quick")["Settings"]["told"] == "LEDE_POTR is set, and no setting"


def test_too_little_memory_and_disk(monkeypatch: pytest.MonkeyPatch):
    memory = psutil.virtual_memory()._replace(available=10**9, total=10**9)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: memory._replace(free=10**9))
    found = findings("--quick")
    assert (found["Memory"]["state"], found["Disk"]["state"]) == ("bad", "bad")
    assert "choose smaller models" in found["Memory"]["remedy"]


def test_a_processor_without_int8(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checkup, "instructions", lambda: {"avx2"})
    assert findings("--quick")["Processor"]["state"] == "note"


def test_a_home_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "cannot be written" in findings("--quick")["Disk"]["told"]


def test_a_model_that_does_not_load(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LEDE_OFFLINE", "1")
    found = findings()["Writing"]
    assert (found["state"], found["remedy"]) == ("bad", "Fetch it once with `lede models pull`.")
