"""`lede bench`."""

import json

import pytest
from typer.testing import CliRunner

from models.settings import ModelSettings
from service.cli import app
from summarizer import cli
from summarizer.desk import Desk
from tests.conftest import MODEL
from tests.desk import pool

run = CliRunner()


@pytest.fixture(autouse=True)
def newsroom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "Desk", lambda **_: Desk(pool(), ModelSettings(model=MODEL)))


def test_every_task_is_timed():
    output = json.loads(run.invoke(app, ["bench", "--runs", "2", "--json"]).stdout)
    assert output["words"] == 37
    runs = {timing["task"]: len(timing["seconds"]) for timing in output["timings"]}
    assert runs == {"loading": 1, "summary": 2, "notification": 2, "translation": 2}
    assert all(timing["best"] == min(timing["seconds"]) for timing in output["timings"])


def test_output_as_a_table():
    lines = run.invoke(app, ["bench", "--runs", "1"]).stdout.splitlines()
    assert lines[0] == "An article of 37 words, best of 1:"
    assert [line.split()[0] for line in lines[1:]] == ["loading", "summary", "notification", "translation"]
