"""The installer. Each of its errors is one line that says what to do."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scripts import install


def fail(monkeypatch: pytest.MonkeyPatch, stderr: str) -> None:
    monkeypatch.setattr("subprocess.run", lambda *_, **__: SimpleNamespace(returncode=1, stderr=stderr, stdout=""))


@pytest.mark.parametrize(
    ("stderr", "message"),
    [
        ("WARNING: Retrying (Retry(total=4\nERROR: Cannot install pip", "the package index cannot be reached"),
        ("ERROR: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: a wheel is broken\nERROR: more", "pip failed (ERROR: a wheel is broken)"),
    ],
)
def test_pip_errors_become_one_line(monkeypatch: pytest.MonkeyPatch, stderr: str, message: str):
    fail(monkeypatch, stderr)
    with pytest.raises(SystemExit) as exit_:
        install.pip("", "lede")
    assert message in str(exit_.value)
    assert "\n" not in str(exit_.value)


def test_an_older_python_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(install, "OLDEST", (9, 0))
    with pytest.raises(SystemExit, match=r"Python 9\.0 or later is needed.*make run PYTHON="):
        install.main()


def test_a_full_disk_is_reported_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=1_000))
    with pytest.raises(SystemExit, match="free some space"):
        install.check_space()


def test_a_venv_without_its_stamp_is_recreated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    venv, commands = tmp_path / ".venv", []
    venv.mkdir()
    (venv / "half").touch()

    def run(command: list[str], **_: Any) -> SimpleNamespace:
        commands.append(command[1:3])
        venv.mkdir(exist_ok=True)
        return SimpleNamespace(returncode=0, stderr="", stdout="")

    monkeypatch.setattr(install, "VENV", venv)
    monkeypatch.setattr("subprocess.run", run)
    monkeypatch.setattr(sys, "argv", ["install.py"])
    install.main()
    assert not (venv / "half").exists()
    assert (venv / ".run").exists()
    assert commands[0] == ["-m", "venv"]
    commands.clear()
    install.main()
    assert commands == []


@pytest.mark.parametrize(("user", "installs"), [(0, True), (1000, False)])
def test_a_browser_is_installed_only_by_root(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], user: int, *, installs: bool
):
    programs, commands = {"apt-get": "/usr/bin/apt-get"}, []

    def run(command: list[str], **_: Any) -> None:
        commands.append(command)
        if "install" in command:
            programs["chromium"] = "/usr/bin/chromium"

    monkeypatch.setattr("shutil.which", programs.get)
    monkeypatch.setattr("os.geteuid", lambda: user)
    monkeypatch.setattr("subprocess.run", run)
    install.browser()
    assert bool(commands) == installs
    assert ("the tests of the page are skipped" in capsys.readouterr().out) != installs
    commands.clear()
    programs["chromium"] = "/usr/bin/chromium"
    install.browser()
    assert commands == []


def test_it_needs_only_the_standard_library():
    code = (
        "import sys; sys.path.insert(0, 'scripts'); import install; print(sorted(set(sys.modules) & {'pip', 'torch'}))"
    )
    result = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=install.ROOT
    )
    assert result.stdout.strip() == "[]"
