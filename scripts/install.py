"""Makes `.venv` with the locked dependencies: `python3 scripts/install.py [dev]`.

A stamp is written when all is done; without it the venv is made anew, since pip takes a half-installed package for a
whole one. Runs on the bare interpreter, so it uses nothing but the standard library.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PIP = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check"]
LOCKED = ["--constraint", str(ROOT / "requirements.lock")]
OLDEST = (3, 11)
SPACE = 3_000_000_000
"""Bytes that the environment takes with a CPU build of torch; CUDA builds take more, and pip says so itself."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
UNASKED = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}


def main() -> None:
    """Installs what is missing, or leaves with one line that says what to do."""
    dev = "dev" in sys.argv[1:]
    if sys.version_info < OLDEST:
        leave(
            f"Python {'.'.join(map(str, OLDEST))} or later is needed, and this is {sys.version.split()[0]}: "
            "`make run PYTHON=python3.12` names another."
        )
    if not (VENV / ".run").exists() or is_older(VENV / ".run"):
        check_space()
        create()
        pip("Installing Lede and its dependencies (some 600 MB) ...", "--editable", str(ROOT))
        (VENV / ".run").touch()
    if dev:
        pip("Installing the tools of the checks ...", "--editable", f"{ROOT}[dev]")
        browser()
        (VENV / ".test").touch()


def is_older(stamp: Path) -> bool:
    """Whether what is to be installed changed after the stamp was set."""
    wanted = [ROOT / "requirements.lock", ROOT / "pyproject.toml"]
    return any(path.stat().st_mtime > stamp.stat().st_mtime for path in wanted)


def check_space() -> None:
    """Leaves when the disk is too full to begin."""
    free = shutil.disk_usage(ROOT).free
    if free < SPACE:
        leave(f"{SPACE / 1e9:.0f} GB are needed under {ROOT}, and {free / 1e9:.1f} GB are free: free some space.")


def create() -> None:
    """A new, empty venv with the locked pip."""
    print("Making .venv ...", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode:
        leave(
            "This Python cannot make a venv (on Debian and Ubuntu: apt install python3-venv). "
            + (made.stdout + made.stderr).strip().splitlines()[-1]
        )
    pip("", "pip")


def pip(message: str, *wanted: str) -> None:
    """Runs pip, quietly but for its progress; leaves with its first complaint if it fails."""
    if message:
        print(message, flush=True)
    run = subprocess.run(
        [*PIP, "--quiet", "--progress-bar", "on", *LOCKED, *wanted], stderr=subprocess.PIPE, text=True, check=False
    )
    if "WARNING: Retrying" in run.stderr and run.returncode:
        leave(
            "the package index cannot be reached. Check the network (and pip's settings), then run the command again."
        )
    if "No space left" in run.stderr:
        leave(f"the disk is full. Free some space under {ROOT}, then run the command again.")
    if run.returncode:
        complaint = next((line for line in run.stderr.splitlines() if line.startswith("ERROR")), run.stderr.strip())
        leave(f"pip failed ({complaint}). Mend that, then run the command again.")


def browser() -> None:
    """Debian's Chromium for the tests of the page, where that can be had; without one they are skipped."""
    if any(map(shutil.which, BROWSERS)):
        return
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        print("Installing Chromium for the tests of the page ...", flush=True)
        for command in ("update", "install --yes --no-install-recommends chromium"):
            subprocess.run([apt, "--quiet", *command.split()], capture_output=True, check=False, env=UNASKED)
    if not any(map(shutil.which, BROWSERS)):
        print("No Chromium: the tests of the page are skipped (on Debian: apt install chromium).", flush=True)


def leave(reason: str) -> None:
    """One line, and a code that stops make."""
    sys.exit(f"lede: {reason}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        leave("stopped; run the same command again to go on.")
