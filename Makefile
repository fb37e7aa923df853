# Everything on a machine with Python (3.11 or later) and make: `make run`, `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
OUT ?= output/run
JOBS ?= $(shell $(PYTHON) -c "import os; print(os.cpu_count() or 1)")

.PHONY: run test check bench lock schema clean

run: $(VENV)/installed ## simulate the scenarios that ship; table here, report in output/run
	$(BIN)/twentezorg run --out $(OUT)

test: $(VENV)/installed-dev ## run every test
	$(BIN)/python -m pytest -n $(JOBS)

check: $(VENV)/installed-dev ## style, types and floors
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/installed-dev ## time the simulation; table and picture in output/bench
	$(BIN)/pip install --quiet --editable ".[bench]"
	$(BIN)/python benchmarks/bench.py

lock: $(VENV)/installed-dev ## take the newest versions that pyproject.toml allows
	$(BIN)/pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host -o requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade --extra dev --strip-extras --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host -c requirements.lock -o requirements-dev.lock pyproject.toml

schema: $(VENV)/installed ## write scenarios/schema.json from the models
	$(BIN)/python -c "from scenarios.files import schema_text; print(schema_text(), end='')" > scenarios/schema.json

clean: ## remove the virtual environment and results
	rm -rf $(VENV) output

$(VENV)/bin/python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" \
		|| { echo "twentezorg needs Python 3.11 or later; set PYTHON=python3.12 for example"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python requirements.lock pyproject.toml
	@echo "Installing into $(VENV), about a minute the first time"
	$(BIN)/python -m pip install --quiet -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet -r requirements-dev.lock
	@touch $@
