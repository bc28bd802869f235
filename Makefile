# What a person types. `make run` and `make test` work on a fresh clone and install what they need.
PYTHON ?= python3
BIN := .venv/bin
UV := uv==0.13.8

.PHONY: run test check format schema bench soak clean
.DELETE_ON_ERROR:

run: .venv/.run
	@exec $(BIN)/modelhub up

test: .venv/.dev
	$(BIN)/python -m pytest -q

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/python -m app.schema | diff - schema.graphql

format: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: .venv/.dev
	$(BIN)/python -m app.schema > schema.graphql

lock: .venv/bin/uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Model Hub needs Python 3.11 or newer; try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "Python lacks venv. On Debian: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/bin/uv: .venv/bin/pip
	-@$(BIN)/pip install -q --disable-pip-version-check $(UV) || echo "uv is not to be had; going on with pip, which takes longer."

.venv/.run: requirements.lock pyproject.toml | .venv/bin/uv
	$(call install,requirements.lock)
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	$(call install,requirements-dev.lock)
	@touch $@

define install
	@echo "Installing $(1) …"
	@if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r $(1); \
	 else $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r $(1); fi
	@if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	 else $(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .; fi
endef
