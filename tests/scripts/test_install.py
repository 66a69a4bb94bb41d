"""The installer's faults: each is one line that says what to do."""

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
    ("stderr", "says"),
    [
        ("WARNING: Retrying (Retry(total=4\nERROR: Cannot install pip", "the package index cannot be reached"),
        ("ERROR: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: a wheel is broken\nERROR: more", "pip failed (ERROR: a wheel is broken)"),
    ],
)
def test_what_pip_says_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch, stderr: str, says: str):
    fail(monkeypatch, stderr)
    with pytest.raises(SystemExit) as left:
        install.pip("", "lede")
    assert says in str(left.value)
    assert "\n" not in str(left.value)


def test_an_older_python_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(install, "OLDEST", (9, 0))
    with pytest.raises(SystemExit, match=r"Python 9\.0 or later is needed.*make run PYTHON="):
        install.main()


def test_a_full_disk_is_told_before_anything_is_made(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=1_000))
    with pytest.raises(SystemExit, match="free some space"):
        install.check_space()


def test_a_venv_without_its_stamp_is_made_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    venv, made = tmp_path / ".venv", []
    venv.mkdir()
    (venv / "half").touch()

    def run(command: list[str], **_: Any) -> SimpleNamespace:
        made.append(command[1:3])
        venv.mkdir(exist_ok=True)
        return SimpleNamespace(returncode=0, stderr="", stdout="")

    monkeypatch.setattr(install, "VENV", venv)
    monkeypatch.setattr("subprocess.run", run)
    monkeypatch.setattr(sys, "argv", ["install.py"])
    install.main()
    assert not (venv / "half").exists()
    assert (venv / ".run").exists()
    assert made[0] == ["-m", "venv"]
    made.clear()
    install.main()
    assert made == []


@pytest.mark.parametrize(("user", "installs"), [(0, True), (1000, False)])
def test_a_browser_is_installed_by_root_and_missed_by_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], user: int, *, installs: bool
):
    here, ran = {"apt-get": "/usr/bin/apt-get"}, []

    def run(command: list[str], **_: Any) -> None:
        ran.append(command)
        if "install" in command:
            here["chromium"] = "/usr/bin/chromium"

    monkeypatch.setattr("shutil.which", here.get)
    monkeypatch.setattr("os.geteuid", lambda: user)
    monkeypatch.setattr("subprocess.run", run)
    install.browser()
    assert bool(ran) == installs
    assert ("the tests of the page are skipped" in capsys.readouterr().out) != installs
    ran.clear()
    here["chromium"] = "/usr/bin/chromium"
    install.browser()
    assert ran == []


def test_it_runs_on_the_bare_interpreter():
    code = (
        "import sys; sys.path.insert(0, 'scripts'); import install; print(sorted(set(sys.modules) & {'pip', 'torch'}))"
    )
    found = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=install.ROOT
    )
    assert found.stdout.strip() == "[]"
