"""The manual page, and completion."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import app
from service.commands.man import page

ROOT = Path(__file__).parents[3]
run = CliRunner()


def test_the_installed_page_is_up_to_date():
    """`lede man > docs/lede.1` writes it."""
    assert (ROOT / "docs" / "lede.1").read_text("utf-8") == page()
    assert run.invoke(app, ["man"]).stdout == page()
    assert '"docs/lede.1" = "share/man/man1/lede.1"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_it_contains_every_command_and_option():
    text = page().replace("\\-", "-").replace("\\fR", "").replace("\\fB", "").replace("\\fI", "")
    commands = re.findall(r"^\.SS lede (\w+)", text, re.MULTILINE)
    assert {"summarise", "translate", "blurb", "check", "read", "serve", "doctor", "init", "bench"} <= set(commands)
    assert "summarize" not in commands
    for option in ("--json", "--quiet", "--resume", "--output", "--length"):
        assert option in text
    assert "130" in text


@pytest.mark.skipif(not shutil.which("man"), reason="needs man")
def test_man_renders_it_without_warnings():
    rendered = subprocess.run(
        ["man", "--warnings", "-l", "-"],
        input=page(),
        capture_output=True,
        text=True,
        check=True,
        env={"MANWIDTH": "100"},
    )
    assert rendered.stderr == ""
    assert "lede summarise" in rendered.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion(shell: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shellingham.detect_shell", lambda: (shell, shell))  # a test need not be run from a shell
    answer = run.invoke(app, ["--show-completion"])
    assert (answer.exit_code, "_LEDE_COMPLETE" in answer.stdout) == (0, True)
    words = {"_LEDE_COMPLETE": "complete_bash", "COMP_WORDS": "lede summ", "COMP_CWORD": "1"}
    assert run.invoke(app, [], env=words, prog_name="lede").stdout.split() == ["summarise"]
