"""Creates `.venv` with the locked dependencies: `python3 scripts/install.py [dev]`.

A stamp file marks a complete installation. Without it the venv is created again, because pip takes a half-installed
package for a complete one. Uses only the standard library, because it runs before anything is installed.
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
REQUIRED_SPACE = 3_000_000_000
"""Bytes of the environment with a CPU build of torch. CUDA builds take more; pip reports a full disk itself."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NONINTERACTIVE = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}


def main() -> None:
    """Installs what is missing, or exits with one line that says what to do."""
    dev = "dev" in sys.argv[1:]
    if sys.version_info < OLDEST:
        fail(
            f"Python {'.'.join(map(str, OLDEST))} or later is needed, but this is {sys.version.split()[0]}. "
            "Choose another interpreter: `make run PYTHON=python3.12`."
        )
    if not (VENV / ".run").exists() or is_older(VENV / ".run"):
        check_space()
        create()
        pip("Installing Lede and its dependencies (some 600 MB) ...", "--editable", str(ROOT))
        (VENV / ".run").touch()
    if dev:
        pip("Installing the development tools ...", "--editable", f"{ROOT}[dev]")
        browser()
        (VENV / ".test").touch()


def is_older(stamp: Path) -> bool:
    """Whether the requirements changed after the stamp was written."""
    requirements = [ROOT / "requirements.lock", ROOT / "pyproject.toml"]
    return any(path.stat().st_mtime > stamp.stat().st_mtime for path in requirements)


def check_space() -> None:
    """Exits if there is too little disk space."""
    free = shutil.disk_usage(ROOT).free
    if free < REQUIRED_SPACE:
        fail(
            f"{REQUIRED_SPACE / 1e9:.0f} GB of disk space are needed in {ROOT}, but only {free / 1e9:.1f} GB are free: "
            "free some space."
        )


def create() -> None:
    """Creates an empty venv with the locked pip."""
    print("Creating .venv ...", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    result = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if result.returncode:
        fail(
            "this Python cannot create a venv (on Debian and Ubuntu: apt install python3-venv). "
            + (result.stdout + result.stderr).strip().splitlines()[-1]
        )
    pip("", "pip")


def pip(message: str, *requirements: str) -> None:
    """Runs `pip install`, showing only its progress; exits with its first error if it fails."""
    if message:
        print(message, flush=True)
    run = subprocess.run(
        [*PIP, "--quiet", "--progress-bar", "on", *LOCKED, *requirements],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if "WARNING: Retrying" in run.stderr and run.returncode:
        fail("the package index cannot be reached. Check the network (and pip's settings), then run the command again.")
    if "No space left" in run.stderr:
        fail(f"the disk is full. Free some space under {ROOT}, then run the command again.")
    if run.returncode:
        error = next((line for line in run.stderr.splitlines() if line.startswith("ERROR")), run.stderr.strip())
        fail(f"pip failed ({error}). Fix the cause, then run the command again.")


def browser() -> None:
    """Installs Debian's Chromium for the tests of the page if possible. Without a browser they are skipped."""
    if any(map(shutil.which, BROWSERS)):
        return
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        print("Installing Chromium for the tests of the page ...", flush=True)
        for command in ("update", "install --yes --no-install-recommends chromium"):
            subprocess.run([apt, "--quiet", *command.split()], capture_output=True, check=False, env=NONINTERACTIVE)
    if not any(map(shutil.which, BROWSERS)):
        print("No Chromium: the tests of the page are skipped (on Debian: apt install chromium).", flush=True)


def fail(reason: str) -> None:
    """Exits with one line and a status that stops make."""
    sys.exit(f"lede: {reason}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        fail("stopped. Run the same command again to continue.")
