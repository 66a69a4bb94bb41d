"""`lede init`."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import app
from service.settings import Settings

run = CliRunner()


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_setting_is_written_with_its_default(tmp_path: Path):
    assert run.invoke(app, ["init"]).exit_code == 0
    text = (tmp_path / "lede.toml").read_text("utf-8")
    defaults = Settings()
    assert re.findall(r"^#(\w+) = ", text, re.MULTILINE) == list(Settings.model_fields)
    # Uncommented, the file changes nothing.
    (tmp_path / "lede.toml").write_text(re.sub(r'^#(\w+ = (?!"\.\.\."))', r"\1", text, flags=re.MULTILINE), "utf-8")
    assert Settings() == defaults


def test_allowed_values_are_documented():
    text = run.invoke(app, ["init", "-"]).stdout
    assert '# The device that models run on. One of "auto", "cpu", "cuda".\n#device = "auto"' in text
    assert "A number: at least 0 and at most 65535.\n#port = 8000" in text
    assert max(map(len, text.splitlines())) <= 120


def test_an_existing_file_is_not_overwritten(tmp_path: Path):
    (tmp_path / "lede.toml").write_text("port = 1\n", "utf-8")
    refused = run.invoke(app, ["init"])
    assert (refused.exit_code, refused.stderr) == (
        2,
        "lede: lede.toml already exists. Choose another name, or overwrite it with --force.\n",
    )
    assert Settings().port == 1
    assert run.invoke(app, ["init", "--force"]).exit_code == 0
    assert Settings().port == 8000


def test_an_invalid_setting_is_reported_in_one_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LEDE_DEVICE", "tpu")
    refused = run.invoke(app, ["translate", "Hello.", "--to", "fr"])
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert refused.stderr.startswith(
        "lede: LEDE_DEVICE (`device` in lede.toml) cannot be 'tpu': input should be 'auto'"
    )
