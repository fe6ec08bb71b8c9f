# Everything that one does to this checkout. `make help` lists it.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
STAMP := .venv/.stamp
unexport PYTHONDONTWRITEBYTECODE  # many processes are started: compiled once, not by each

.DEFAULT_GOAL := help
.PHONY: help setup demo serve quick test long slow check oracle differential fuzz bench format clean

help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(STAMP) ## virtual environment, locked dependencies, browser bundles

$(STAMP): pyproject.toml requirements.lock hatch_build.py package.json package-lock.json $(wildcard web/browser/* web/*/*.css web/*/*.js web/*/styles/* web/*/scripts/*)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what Bihuan needs (a minute or two the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: setup ## a demo company with a clock that can be turned, on http://127.0.0.1:8000 (PORT= changes it)
	@BIHUAN_DEMO=true BIHUAN_HOME=var/demo $(BIN)/bihuan demo
	@BIHUAN_DEMO=true BIHUAN_HOME=var/demo BIHUAN_PORT=$(PORT) $(BIN)/bihuan serve

serve: setup ## the product for a company of your own, empty at first (var/)
	@$(BIN)/bihuan migrate
	@BIHUAN_PORT=$(PORT) $(BIN)/bihuan serve

test: setup ## what has to hold before a commit, with its own PostgreSQL; browser tests where there is Chromium
	@$(MAKE) --no-print-directory check
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not long"

long: setup ## what takes long: whole days in a browser, 3,000 rows, servers under load and killed, our own tools (after make test)
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m long

quick: setup ## for use while working: no browser, and not the files that take long
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not browser and not slow and not long"

slow: setup ## every command in the documents at its full size, the tests of this checkout among them (half an hour or more)
	@$(BIN)/python -m pytest -q tests/full_size.py

check: setup ## ruff, mypy, import order, translations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m web.shell.texts check

oracle: setup ## 1,200 random diagrams against an independent simulation of tokens
	@$(BIN)/python -m tests.oracle --count 1200

differential: setup ## 10,000 expressions of FEEL beside feelin's answers
	@$(BIN)/python -m tests.differential --count 10000

fuzz: setup ## 10,000 broken diagrams, tables and expressions, and the bombs
	@$(BIN)/python -m tests.fuzz --count 10000

bench: setup ## the figures of benchmarks/steps.py and benchmarks/feel.py
	@$(BIN)/python -m benchmarks.steps
	@$(BIN)/python -m benchmarks.feel

format: setup ## let ruff put the code in order
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

clean: ## remove what was built (not var/, where the companies are)
	@rm -rf .venv node_modules web/static/dist dist .pytest_cache .mypy_cache .ruff_cache
