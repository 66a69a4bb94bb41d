"""How long the threads of models spin."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(("own", "found"), [(None, "10000"), ("7", "7")])
def test_the_spin_count_is_set_unless_the_environment_has_one(own: str | None, found: str) -> None:
    rest = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    environment = rest | ({"GOMP_SPINCOUNT": own} if own else {}) | {"OMP_DISPLAY_ENV": "verbose"}
    command = [sys.executable, "-c", "import models.loading, torch; torch.ones(1)"]
    output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stderr
    assert f"GOMP_SPINCOUNT = '{found}'" in output
