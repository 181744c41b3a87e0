# The two commands of the README. Each sets up all it needs: Python 3.11 or later and make.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# Byte-code is written even where the environment forbids it: Great Expectations' import alone
# would cost four more seconds on every run.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test slow lint
run: $(VENV)/ready
	$(BIN)/crossfoot run

test: $(VENV)/ready
	$(BIN)/python -m pytest

slow: $(VENV)/ready
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(VENV)/ready: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or later is needed; name it with: make PYTHON=python3" >&2; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)
	@# The lock is complete, so nothing is resolved anew; every file is checked against its hash.
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q $(VENV)/lib >/dev/null || true
	@touch $@
