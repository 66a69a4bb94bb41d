# make run    gets everything, loads the model and serves on 127.0.0.1:8000
# make test   every check and test
# make demo   a summary, a translation and two blurbs of the sample article
# make cluster  the tests that need Ray, on a cluster of this machine
#
# PYTHON chooses the interpreter: make run PYTHON=python3.12

PYTHON ?= python3
BIN := .venv/bin

.PHONY: run demo test check cluster lock clean

run: .venv/.run
	@exec $(BIN)/lede serve

demo: .venv/.run
	@exec $(BIN)/python examples/demo.py

test: check tests/clients/node_modules
	$(BIN)/lede models pull
	$(BIN)/python -m pytest

check: .venv/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

cluster: .venv/.test
	$(BIN)/pip install --quiet --constraint requirements.lock --editable '.[cluster]' pyyaml
	$(BIN)/python -m pytest -m cluster tests/cluster

# A venv that was not finished (no stamp: a killed install, or an older lock) is made anew from pip's cache: half a
# package looks installed to pip.
.venv/.run: requirements.lock pyproject.toml
	@$(PYTHON) scripts/install.py

.venv/.test: .venv/.run
	@$(PYTHON) scripts/install.py dev

# Clients in JavaScript; where there is no npm, their tests are skipped.
tests/clients/node_modules: tests/clients/package-lock.json
	@if command -v npm >/dev/null; then npm ci --prefix tests/clients --ignore-scripts --no-audit --no-fund || \
	echo "npm gave no clients: their tests are skipped."; fi

# The newest versions that fit pyproject.toml, for every platform.
lock: .venv/.test
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --extra dev --extra bundled pyproject.toml --output-file requirements.lock

clean:
	rm -rf .venv
