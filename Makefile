# One word a task. Everything that is needed is installed into .venv first.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
HOST   ?= 127.0.0.1
PORT   ?= 8080
DATA   ?= var
TESTS  ?=

.DEFAULT_GOAL := help
.PHONY: help run test check lint types contracts fmt bench docs clean

help: ## print this list
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Baton needs Python 3.11 or later; try make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"

$(VENV)/.installed: pyproject.toml designer/package-lock.json designer/build.mjs designer/build_hook.py | $(VENV)/bin/python
	@echo "Installing Baton and building its pages (a minute or two, the first time) …"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml $(VENV)/.installed
	@echo "Installing what the tests and checks need …"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

run: $(VENV)/.installed ## install, build and start everything on http://127.0.0.1:8080
	@$(BIN)/baton assets
	$(BIN)/baton serve --host $(HOST) --port $(PORT) --data-dir $(DATA)

test: $(VENV)/.installed-dev ## install what the tests need and run all of them
	@$(BIN)/baton assets
	$(BIN)/python -m pytest -n auto --dist loadgroup -m "not browser" $(TESTS)
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m browser $(TESTS)

check: lint types contracts ## lint, types and import contracts: before you push

lint: $(VENV)/.installed-dev ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev ## mypy, strict
	$(BIN)/mypy

contracts: $(VENV)/.installed-dev ## who may import whom
	$(BIN)/lint-imports

fmt: $(VENV)/.installed-dev ## put every file in order
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev ## benchmarks, as ratios to what the database itself can do
	$(BIN)/python -m benchmarks

docs: $(VENV)/.installed-dev ## the handbook, as HTML below docs/_build
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs docs/_build/html
	@echo "docs/_build/html/index.html"

clean: ## remove what can be made again (not your data below var/)
	rm -rf $(VENV) designer/node_modules static/dist docs/_build build dist .mypy_cache .ruff_cache .pytest_cache
