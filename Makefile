# make run      installs Lede, downloads and loads the model, and serves on 127.0.0.1:8000
# make test     runs every check and test
# make demo     prints a summary, two push notifications and a translation of the sample article
# make check    runs the formatter, linter, type checker and import contracts
# make cluster  runs the tests that need Ray, on a local cluster
# make lock     updates requirements.lock
#
# PYTHON selects the interpreter: make run PYTHON=python3.12

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

# A venv without a current stamp (after an interrupted installation, or with an older lock) is created again from pip's
# cache, because pip takes a half-installed package for a complete one.
.venv/.run: requirements.lock pyproject.toml
	@$(PYTHON) scripts/install.py

.venv/.test: .venv/.run
	@$(PYTHON) scripts/install.py dev

# JavaScript clients. Without npm their tests are skipped.
tests/clients/node_modules: tests/clients/package-lock.json
	@if command -v npm >/dev/null; then npm ci --prefix tests/clients --ignore-scripts --no-audit --no-fund || \
	echo "npm failed: the tests of the JavaScript clients are skipped."; fi

# The newest versions that pyproject.toml allows, for every platform.
lock: .venv/.test
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --extra dev --extra bundled pyproject.toml --output-file requirements.lock

clean:
	rm -rf .venv
