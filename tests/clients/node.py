"""Runs a script of this folder under node, with the clients of package.json."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


def node(script: str, *arguments: str) -> Any:
    """What the script printed, as JSON. Skips where node or the clients are not installed."""
    if not (shutil.which("node") and (HERE / "node_modules").is_dir()):
        pytest.skip("needs node, and the clients that `make test` installs where npm is")
    ran = subprocess.run(["node", HERE / script, *arguments], capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)
