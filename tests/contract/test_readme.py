"""The README says what is."""

import json
import re
import shlex
from pathlib import Path

from typer.testing import CliRunner

from service.cli import SAMPLE, app
from tests.contract import settings_table

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_two_commands_stand_in_the_first_30_lines():
    beginning = "\n".join(README.splitlines()[:30])
    assert "make run" in beginning
    assert "make test" in beginning


def test_the_settings_are_those_of_the_code():
    assert settings_table.current() == settings_table.table()


def test_make_has_every_target_that_is_named():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake (\w+)\b", README)) <= targets


def test_the_line_to_paste_is_the_one_that_is_printed():
    assert SAMPLE.format(address="127.0.0.1:8000") in README.splitlines()
    (body,) = re.findall(r"-d '(.*)'$", README, re.MULTILINE)
    assert json.loads(body).keys() == {"text"}


def test_links_lead_somewhere():
    broken = [link for link in re.findall(r"\]\(([^)#]+)", README) if "://" not in link and not (ROOT / link).exists()]
    assert broken == []


def test_the_files_and_commands_that_are_named_exist():
    for line in re.findall(r"\.venv/bin/lede (.+?)(?:\s+#.*)?$", README, re.MULTILINE):
        words = shlex.split(line)
        command = words[:2] if words[0] == "models" else words[:1]
        assert CliRunner().invoke(app, [*command, "--help"]).exit_code == 0
        options = {word for word in words if word.startswith("--")}
        shown = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"}).output
        assert [option for option in options if option not in shown] == []
    assert [path for path in re.findall(r"examples/\S+\.txt", README) if not (ROOT / path).is_file()] == []


def test_ci_runs_the_readmes_test_command():
    run = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert run[-1] == "exec make test"
    assert Path(ROOT / ".ci" / "run").stat().st_mode & 0o111
