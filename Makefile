# Huzhou Targets. `make demo` shows it, `make test` checks it; `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
PYTHON := $(VENV)/bin/python
# The newest suitable Python on PATH; `make setup PYTHON3=/path/to/python3.12` names another.
PYTHON3 ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && { echo $$p; break; }; done)
PIP := $(PYTHON) -m pip --disable-pip-version-check --no-input

WITH_NODE := PATH="$(abspath $(VENV))/bin:$$PATH"

ENVIRONMENT := $(VENV)/.environment-installed
BENCH := $(VENV)/.bench-installed
FRONTEND := frontend/dist/.built
FRONTEND_SOURCES := $(shell find frontend -type f -not -path 'frontend/dist/*' 2>/dev/null)

.PHONY: help setup demo serve test lint form types pytest bench requirements shots manual clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 24

setup: $(ENVIRONMENT) $(FRONTEND) ## environment in .venv, dependencies, front-end files
	@:

$(PYTHON):
	@if [ -z "$(PYTHON3)" ]; then \
		echo "Python 3.11 or newer with venv and ensurepip is needed (Debian: apt-get install python3 python3-venv)." >&2; \
		exit 1; fi
	$(PYTHON3) -m venv $(VENV)

$(ENVIRONMENT): requirements/dev.txt | $(PYTHON)
	$(PIP) install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json requirements/node.txt | $(ENVIRONMENT)
	@if ! $(WITH_NODE) npm --version >/dev/null 2>&1 || ! $(WITH_NODE) node -e \
		'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null; then \
		echo "No npm with Node 20 or newer here: installing it into $(VENV)."; \
		$(PIP) install --quiet --require-hashes -r requirements/node.txt; fi
	$(WITH_NODE) npm ci --silent
	@touch $@

$(FRONTEND): node_modules/.package-lock.json $(FRONTEND_SOURCES)
	$(WITH_NODE) npm run --silent build
	@touch $@

demo: ## demo data, rankings by the worker, the board, and the site on 127.0.0.1:8000
	@started=$$(date +%s); $(MAKE) setup; exec $(PYTHON) manage.py run_demo --started-at $$started

serve: setup ## the site again, without importing
	@exec $(PYTHON) manage.py serve

lint: form types ## linter, formatter, types, migrations

form: setup
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	DJANGO_SETTINGS_MODULE=huzhou_targets.settings_test $(PYTHON) manage.py makemigrations --check --dry-run

types: setup
	$(PYTHON) -m mypy

pytest: setup
	$(PYTHON) -m pytest -n 3 --dist loadscope --no-loadscope-reorder

# The types are checked beside the tests: one after the other would leave a core idle for most of a minute.
test: form ## everything that must hold before a change is handed on
	@$(MAKE) -j 2 types pytest

bench: setup $(BENCH) ## speed of imports and recomputing beside their floors, on PostgreSQL and SQLite
	$(PYTHON) -m bench $(BENCH_OPTIONS)

$(BENCH): requirements/bench.txt | $(ENVIRONMENT)
	$(PIP) install --quiet --require-hashes -r requirements/bench.txt
	@touch $@

shots: setup ## screenshots of all pages at three sizes, into the data folder
	$(PYTHON) manage.py shots

manual: setup ## the pictures of docs/使用手册.md anew, from the demo data
	$(PYTHON) manage.py shots --manual

COMPILE := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate
requirements: $(ENVIRONMENT) ## recompile the pinned dependencies from pyproject.toml
	$(COMPILE) pyproject.toml -o requirements/base.txt
	$(COMPILE) pyproject.toml --extra dev -c requirements/base.txt -o requirements/dev.txt
	$(COMPILE) pyproject.toml --extra dev --extra bench -c requirements/dev.txt -o requirements/bench.txt
	$(COMPILE) requirements/node.in -o requirements/node.txt

clean: ## remove what was installed and built; var/ with the data stays
	rm -rf $(VENV) node_modules frontend/dist .mypy_cache .ruff_cache .pytest_cache
