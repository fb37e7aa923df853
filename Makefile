# Everything on a machine with Python (3.11 or later) and make: `make run`, `make test`.
PYTHON ?= python3
VENV ?= .venv
DEV ?= .venv-dev
BIN := $(VENV)/bin
DEV_BIN := $(DEV)/bin
OUT ?= output/run
JOBS ?= $(shell $(PYTHON) -c "import os; print(os.cpu_count() or 1)")

# Bytecode of what is imported is kept, whatever the environment says: else each process of a run,
# a test or a command compiles half of pandas anew, which takes longer than most of them.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test test-random test-fast mutants fuzz check docs bench wheel lock schema texts clean keys

run: $(VENV)/installed ## simulate the scenarios that ship; table here, report in output/run
	$(BIN)/twentezorg run --out $(OUT)

test: $(DEV)/installed ## run every test
	$(DEV_BIN)/python -m pytest -n $(JOBS) --dist worksteal -p no:randomly

test-random: $(DEV)/installed ## run every test, in random order
	$(DEV_BIN)/python -m pytest -n $(JOBS) --dist worksteal

test-fast: $(DEV)/installed ## run every test but the slow ones
	$(DEV_BIN)/python -m pytest -n $(JOBS) --dist worksteal -p no:randomly -m "not slow"

mutants: $(DEV)/installed ## change a room a little and see which tests notice: make mutants ROOM=kpis
	$(DEV_BIN)/python tests/mutation/mutants.py $(ROOM) --sample $(or $(SAMPLE),30)

fuzz: $(DEV)/installed ## spoil 10,000 files, 500 data sets and maps, and stop 1,000 sweeps: hours; make fuzz SEED=20
	$(DEV_BIN)/python tests/fuzz/long_form.py $(if $(SEED),--seed $(SEED)) $(FUZZ)

check: $(DEV)/installed ## style, types and floors
	$(DEV_BIN)/ruff check
	$(DEV_BIN)/ruff format --check
	$(DEV_BIN)/mypy
	$(DEV_BIN)/lint-imports

docs: $(DEV)/installed ## the site, from docs/ and docstrings, in docs/_build/html; a dead link fails
	$(DEV_BIN)/sphinx-build --fail-on-warning --keep-going --fresh-env --quiet docs docs/_build/html

bench: $(VENV)/installed-bench ## time the simulation as users have it; table and picture in output/bench
	$(BIN)/python benchmarks/bench.py

lock: EXTRAS := --extra build --extra query --extra sweep
lock: $(DEV)/installed ## take the newest versions that pyproject.toml allows
	$(DEV_BIN)/pip install --quiet pip-tools
	$(DEV_BIN)/pip-compile --quiet --upgrade $(EXTRAS) --strip-extras --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host -o requirements.lock pyproject.toml
	$(DEV_BIN)/pip-compile --quiet --upgrade $(EXTRAS) --extra dev --allow-unsafe --strip-extras --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host -c requirements.lock -o requirements-dev.lock pyproject.toml
	sed -i '/^twentezorg @/d' requirements-dev.lock

schema: $(DEV)/installed ## write scenarios/schema.json from the models
	$(DEV_BIN)/python -c "from scenarios.files.loading import schema_text; print(schema_text(), end='')" > scenarios/schema.json

keys: $(DEV)/installed ## write the type of the keys of parameters from their tables
	$(DEV_BIN)/python -m scenarios.parameters.write_keys

texts: $(DEV)/installed ## compile the Dutch of help, progress and errors from terminal.po
	$(DEV_BIN)/pybabel compile --domain terminal --directory results/language/locale

wheel: $(VENV)/wheel ## a wheel in dist/ that machines of this kind install without a compiler
	@mkdir -p dist
	@cp $(VENV)/wheel/*.whl dist/
	@ls dist/*.whl

clean: ## remove the virtual environments and results
	rm -rf $(VENV) $(DEV) output

# What users have: the event loop compiled when there is a C compiler (see hatch_build.py). The wheel
# is built beside the installation of the libraries. Bytecode is left to the first import: most
# modules of the libraries are never imported, and compiling them all takes longer than unpacking.
SOURCES := cli.py hatch_build.py pyproject.toml \
	$(shell find files geodata results scenarios sim -type f ! -name "*.pyc" ! -name "* *")
INSTALL := python -m pip install --quiet --no-compile --disable-pip-version-check

$(VENV)/installed: $(VENV)/bin/python requirements.lock $(SOURCES)
	@echo "Installing into $(VENV), one to two minutes the first time"
	@$(MAKE) --no-print-directory --jobs=2 $(VENV)/libraries $(VENV)/wheel
	$(BIN)/$(INSTALL) --no-deps --force-reinstall $(VENV)/wheel/*.whl
	@$(BIN)/python -I -c "import sys, sim.engine.event_loop as loop; sys.exit(loop.__file__.endswith('.py'))" \
		|| echo "No C compiler, or it failed: the simulation is not compiled, and slower"
	@touch $@

$(VENV)/libraries: $(VENV)/bin/python requirements.lock
	$(BIN)/$(INSTALL) -r requirements.lock
	@touch $@

$(VENV)/wheel: $(VENV)/bin/python $(SOURCES)
	@rm -rf $@
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir $@ .
	@touch $@

$(VENV)/installed-bench: $(VENV)/installed
	$(BIN)/$(INSTALL) "$$(ls $(VENV)/wheel/*.whl)[bench]"
	@touch $@

# What developers have: the source itself.
$(DEV)/installed: $(DEV)/bin/python requirements-dev.lock pyproject.toml
	@echo "Installing into $(DEV), about a minute the first time"
	$(DEV_BIN)/$(INSTALL) -r requirements-dev.lock
	$(DEV_BIN)/$(INSTALL) --no-deps --editable .
	@touch $@

$(VENV)/bin/python $(DEV)/bin/python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" \
		|| { echo "twentezorg needs Python 3.11 or later; set PYTHON=python3.12 for example"; exit 2; }
	$(PYTHON) -m venv $(@D)/..
