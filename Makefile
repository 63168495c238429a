# Every command once. `make` alone prints them.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup dev run test test-postgresql check lint types contracts migrations format translations coverage demo bench lock clean

help:  ## Print this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 18

setup: .venv/.installed  ## Make .venv with the `verifier` command
dev: .venv/.developed

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Verifier needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.developed: requirements-dev.lock .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

run: setup  ## Create the database, fill the demo on first start, serve http://127.0.0.1:8000
	@$(BIN)/verifier serve --demo

test: dev  ## Run every test on SQLite and on PostgreSQL
	$(BIN)/python -m pytest -n 2

check: dev lint types contracts migrations  ## The whole law: style, types, floors, migrations, architecture
	$(BIN)/python -m pytest tests/architecture -q

lint: dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: dev
	$(BIN)/mypy verifier scheduler api tests benchmarks examples

contracts: dev
	$(BIN)/lint-imports

migrations: dev
	$(BIN)/python -m pytest tests/migrations -q

format: dev  ## Put every file into the one layout
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

translations: dev  ## Bring the catalogue of sentences up to date; then translate what is new in it
	$(BIN)/pybabel -q extract --mapping pyproject.toml --keywords mark --no-location --sort-output --output .venv/verifier.pot verifier scheduler api templates
	$(BIN)/pybabel -q update --domain verifier --input-file .venv/verifier.pot --output-dir locales --width 110 --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

coverage: dev  ## Which lines no test reaches
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term-missing

bench: dev  ## What the product is for, measured against a bare limit in the same run
	$(BIN)/python -m benchmarks

lock:  ## Pin every need again, with hashes and without addresses
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --group build pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --group build --group dev pyproject.toml -o requirements-dev.lock

clean:  ## Remove what setting up made (never a database)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
