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
def _temporary_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEDE_HOME", str(tmp_path / "home"))


def check_results(*options: str) -> dict[str, Any]:
    result = run.invoke(app, ["doctor", "--json", *options])
    return {result["check"]: result for result in json.loads(result.stdout)}


def test_a_working_machine(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LEDE_ENGINE", "fake")
    result = run.invoke(app, ["doctor"])
    assert result.exit_code == 0, result.output
    assert "a summary of 37 words took" in result.stdout
    assert "\x1b" not in result.stdout


def test_a_missing_model():
    result = run.invoke(app, ["doctor", "--quick"])
    assert result.exit_code == 1
    assert "error: Model: Qwen/Qwen2.5-Coder-1.5B-Instruct is not installed\n  Download it (1.1 GB)" in result.stdout
    assert "models to download and convert need 2.7 GB" in check_results("--quick")["Disk"]["message"]


def test_an_invalid_setting_ends_the_checks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LEDE_DEVICE", "tpu")
    results = check_results()
    assert list(results) == ["Python", "Settings"]
    assert results["Settings"]["status"] == "error"


def test_an_unknown_variable_is_a_warning(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LEDE_POTR", "1")
    assert check_results("--quick")["Settings"]["message"] == "LEDE_POTR is set, but is not a setting"


def test_too_little_memory_and_disk(monkeypatch: pytest.MonkeyPatch):
    memory = psutil.virtual_memory()._replace(available=10**9, total=10**9)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: memory._replace(free=10**9))
    results = check_results("--quick")
    assert (results["Memory"]["status"], results["Disk"]["status"]) == ("error", "error")
    assert "choose smaller models" in results["Memory"]["hint"]


def test_a_processor_without_int8(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checkup, "instruction_sets", lambda: {"avx2"})
    assert check_results("--quick")["Processor"]["status"] == "warning"


def test_a_home_that_is_not_writable(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "is not writable" in check_results("--quick")["Disk"]["message"]


def test_a_model_that_does_not_load(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LEDE_OFFLINE", "1")
    results = check_results()["Writing"]
    assert (results["status"], results["hint"]) == ("error", "Fetch it once with `lede models pull`.")
