"""The README names existing commands, options, files and links."""

import json
import re
import shlex
from pathlib import Path

from typer.testing import CliRunner

from service.cli import SAMPLE, app
from tests.contract import settings_table

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_first_30_lines_name_run_and_test():
    first_lines = "\n".join(README.splitlines()[:30])
    assert "make run" in first_lines
    assert "make test" in first_lines


def test_the_table_of_settings_is_current():
    assert settings_table.current() == settings_table.table()


def test_make_targets_exist():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake (\w+)\b", README)) <= targets


def test_the_command_to_paste_is_the_printed_one():
    assert SAMPLE.format(address="127.0.0.1:8000") in README.splitlines()
    (body,) = re.findall(r"-d '(.*)'$", README, re.MULTILINE)
    assert json.loads(body).keys() == {"text"}


def test_links_are_valid():
    broken = [link for link in re.findall(r"\]\(([^)#]+)", README) if "://" not in link and not (ROOT / link).exists()]
    assert broken == []


def test_files_commands_and_options_exist():
    for line in re.findall(r"\.venv/bin/lede (.+?)(?:\s+#.*)?$", README, re.MULTILINE):
        arguments = shlex.split(line)
        command = arguments[:2] if arguments[0] == "models" else arguments[:1]
        assert CliRunner().invoke(app, [*command, "--help"]).exit_code == 0
        options = {argument for argument in arguments if argument.startswith("--")}
        help_text = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"}).output
        assert [option for option in options if option not in help_text] == []
    assert [path for path in re.findall(r"examples/\S+\.txt", README) if not (ROOT / path).is_file()] == []


def test_ci_runs_make_test():
    run = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert run[-1] == "exec make test"
    assert Path(ROOT / ".ci" / "run").stat().st_mode & 0o111
