"""`lede init`."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import app
from service.settings import Settings

run = CliRunner()


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_setting_is_written_explained_and_at_its_default(tmp_path: Path):
    assert run.invoke(app, ["init"]).exit_code == 0
    text = (tmp_path / "lede.toml").read_text("utf-8")
    untouched = Settings()
    assert re.findall(r"^#(\w+) = ", text, re.MULTILINE) == list(Settings.model_fields)
    # With the signs taken away, it says what is so without it.
    (tmp_path / "lede.toml").write_text(re.sub(r'^#(\w+ = (?!"\.\.\."))', r"\1", text, flags=re.MULTILINE), "utf-8")
    assert Settings() == untouched


def test_it_says_what_is_allowed():
    text = run.invoke(app, ["init", "-"]).stdout
    assert '# Where models run. One of "auto", "cpu", "cuda".\n#device = "auto"' in text
    assert "A number: at least 0 and at most 65535.\n#port = 8000" in text
    assert max(map(len, text.splitlines())) <= 120


def test_a_file_that_is_there_stays(tmp_path: Path):
    (tmp_path / "lede.toml").write_text("port = 1\n", "utf-8")
    refused = run.invoke(app, ["init"])
    assert (refused.exit_code, refused.stderr) == (
        2,
        "lede: lede.toml is there already. Choose another name, or write over it with --force.\n",
    )
    assert Settings().port == 1
    assert run.invoke(app, ["init", "--force"]).exit_code == 0
    assert Settings().port == 8000


def test_a_bad_setting_is_one_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LEDE_DEVICE", "tpu")
    refused = run.invoke(app, ["translate", "Hello.", "--to", "fr"])
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert refused.stderr.startswith(
        "lede: LEDE_DEVICE (`device` in lede.toml) cannot be 'tpu': input should be 'auto'"
    )
