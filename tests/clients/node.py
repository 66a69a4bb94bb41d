"""Runs scripts of this folder under Node.js, with the clients of package.json."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


def node(script: str, *arguments: str) -> Any:
    """Returns the JSON that the script prints. Skips the test if Node.js or the clients are not installed."""
    if not (shutil.which("node") and (HERE / "node_modules").is_dir()):
        pytest.skip("needs Node.js, and the clients that `make test` installs if npm is available")
    completed = subprocess.run(
        ["node", HERE / script, *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    assert completed.returncode == 0, completed.stderr
    return json.loads(completed.stdout)
