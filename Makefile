# Everything on a machine with Python (3.11 or later) and make: `make run`, `make test`.
PYTHON ?= python3
VENV ?= .venv
DEV ?= .venv-dev
BIN := $(VENV)/bin
DEV_BIN := $(DEV)/bin
OUT ?= output/run
JOBS ?= $(shell $(PYTHON) -c "import os; print(os.cpu_count() or 1)")

.PHONY: run test check bench lock schema texts clean

run: $(VENV)/installed ## simulate the scenarios that ship; table here, report in output/run
	$(BIN)/twentezorg run --out $(OUT)

test: $(DEV)/installed ## run every test
	$(DEV_BIN)/python -m pytest -n $(JOBS)

check: $(DEV)/installed ## style, types and floors
	$(DEV_BIN)/ruff check
	$(DEV_BIN)/ruff format --check
	$(DEV_BIN)/mypy
	$(DEV_BIN)/lint-imports

bench: $(VENV)/installed-bench ## time the simulation as users have it; table and picture in output/bench
	$(BIN)/python benchmarks/bench.py

lock: $(DEV)/installed ## take the newest versions that pyproject.toml allows
	$(DEV_BIN)/pip install --quiet pip-tools
	$(DEV_BIN)/pip-compile --quiet --upgrade --strip-extras --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host -o requirements.lock pyproject.toml
	$(DEV_BIN)/pip-compile --quiet --upgrade --extra dev --allow-unsafe --strip-extras --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host -c requirements.lock -o requirements-dev.lock pyproject.toml

schema: $(DEV)/installed ## write scenarios/schema.json from the models
	$(DEV_BIN)/python -c "from scenarios.files import schema_text; print(schema_text(), end='')" > scenarios/schema.json

texts: $(DEV)/installed ## compile the Dutch of help, progress and errors from terminal.po
	$(DEV_BIN)/pybabel compile --domain terminal --directory results/language/locale

clean: ## remove the virtual environments and results
	rm -rf $(VENV) $(DEV) output

# What users have: the event loop compiled when there is a C compiler (see hatch_build.py).
SOURCES := cli.py hatch_build.py pyproject.toml \
	$(shell find geodata results scenarios sim -type f ! -name "*.pyc" ! -name "* *")

$(VENV)/installed: $(VENV)/bin/python $(VENV)/libraries $(SOURCES)
	@echo "Installing twentezorg into $(VENV), about two minutes"
	$(BIN)/python -m pip install --quiet --no-deps --force-reinstall .
	@$(BIN)/python -I -c "import sys, sim.engine.event_loop as loop; sys.exit(loop.__file__.endswith('.py'))" \
		|| echo "No C compiler, or it failed: the simulation is not compiled, and slower"
	@touch $@

$(VENV)/libraries: $(VENV)/bin/python requirements.lock
	@echo "Installing libraries into $(VENV), about a minute the first time"
	$(BIN)/python -m pip install --quiet -r requirements.lock
	@touch $@

$(VENV)/installed-bench: $(VENV)/libraries $(SOURCES)
	$(BIN)/python -m pip install --quiet ".[bench]"
	@touch $@ $(VENV)/installed

# What developers have: the source itself.
$(DEV)/installed: $(DEV)/bin/python requirements-dev.lock pyproject.toml
	@echo "Installing into $(DEV), about a minute the first time"
	$(DEV_BIN)/python -m pip install --quiet -r requirements-dev.lock
	$(DEV_BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/bin/python $(DEV)/bin/python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" \
		|| { echo "twentezorg needs Python 3.11 or later; set PYTHON=python3.12 for example"; exit 2; }
	$(PYTHON) -m venv $(@D)/..
