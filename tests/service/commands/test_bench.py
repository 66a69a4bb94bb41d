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


def test_each_piece_of_work_is_timed():
    told = json.loads(run.invoke(app, ["bench", "--runs", "2", "--json"]).stdout)
    assert told["words"] == 37
    runs = {timing["work"]: len(timing["seconds"]) for timing in told["timings"]}
    assert runs == {"loading": 1, "summary": 2, "notification": 2, "translation": 2}
    assert all(timing["best"] == min(timing["seconds"]) for timing in told["timings"])


def test_as_a_table():
    lines = run.invoke(app, ["bench", "--runs", "1"]).stdout.splitlines()
    assert lines[0] == "An article of 37 words, best of 1:"
    assert [line.split()[0] for line in lines[1:]] == ["loading", "summary", "notification", "translation"]
