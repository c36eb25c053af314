# `make` lists what there is to do.

PYTHON ?= python3
BIN := .venv/bin
DEMO ?= demo
PARALLEL := --numprocesses 2 --dist loadgroup --no-loadscope-reorder
RANDOM := --hypothesis-profile=default

.DEFAULT_GOAL := help
SUDO := $(if $(filter-out 0,$(shell id -u)),sudo)

.PHONY: help setup setup-system demo test fast test-preset test-ring nightly presets check format contracts bench pins lock dist release clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.complete ## Make everything ready

setup-system: ## Install what tests of images and of RabbitMQ need, on Debian, as root or by sudo
	@{ command -v buildah && command -v mmdebstrap && test -d /usr/lib/rabbitmq; } > /dev/null || { \
		$(SUDO) apt-get update --quiet --quiet && \
		$(SUDO) apt-get install --quiet --quiet --yes --no-install-recommends \
			buildah mmdebstrap rabbitmq-server > /dev/null; }

demo: setup ## Generate the sample shop into ./demo and start it: DEMO=folder
	@test -e $(DEMO) || $(BIN)/groundplan new $(DEMO) --preset starter --set project_name=Shop --no-input
	@$(BIN)/groundplan run $(DEMO)

test: setup setup-system ## Run all tests: rules, rendering, and every preset installed, booted and checked
	$(BIN)/pytest $(PARALLEL)

fast: setup ## Run the tests that install nothing
	$(BIN)/pytest -m "not slow" $(PARALLEL)

test-preset: setup setup-system ## Install, boot and check one preset: PRESET=starter
	$(BIN)/pytest tests/run $(PARALLEL) -m preset -k "[$(PRESET)] or [$(PRESET)- or -$(PRESET)]"

test-ring: setup setup-system ## Run the tests of one folder, but for the presets: RING=render
	$(BIN)/pytest tests/$(RING) $(PARALLEL) -m "slow and not preset"

nightly: setup setup-system ## Run what takes too long for every change: many requests, many edits through updates, every kill
	CONTRACT_SEED= CONTRACT_EXAMPLES=200 $(BIN)/pytest tests/run $(PARALLEL) -m preset
	EDIT_SETS=400 KILLS=all $(BIN)/pytest tests/unit $(PARALLEL) $(RANDOM) -m "nightly or hypothesis"
	LONG_WALKS=1 $(BIN)/pytest tests/update $(PARALLEL) -m nightly

presets: setup ## Print the names of the presets as JSON, for a job each
	@$(BIN)/groundplan presets --json | \
		$(BIN)/python -c 'import json, sys; print(json.dumps([row["name"] for row in json.load(sys.stdin)]))'

check: setup ## Format, lint and types of the generator
	$(BIN)/black --quiet --check generator tests benchmarks
	$(BIN)/ruff check --quiet generator tests benchmarks
	$(BIN)/mypy

format: setup ## Format the generator and mend what the linter can
	$(BIN)/ruff check --quiet --fix generator tests benchmarks
	$(BIN)/black --quiet generator tests benchmarks

contracts: setup ## Take every contract of a folder through everything: DIR=folder EXAMPLES=20 JOBS=1 ONLY=part
	@PYTHONPATH=generator $(BIN)/python -m tests.contracts_table "$(DIR)" \
		$(if $(EXAMPLES),--examples $(EXAMPLES)) $(if $(JOBS),--jobs $(JOBS)) \
		$(if $(DATABASE),--database $(DATABASE)) $(if $(ONLY),--only "$(ONLY)") \
		$(if $(WORK),--work "$(WORK)") $(if $(KEEP),--keep) $(if $(JSON),--json "$(JSON)")

bench: setup ## Measure generation, start-up and requests against bare baselines
	$(BIN)/python -m benchmarks.bench

pins: setup ## Move the versions that generated projects install to the newest
	$(BIN)/python -m groundplan.refresh_pins

lock: setup ## Move the versions that this repository installs to the newest
	$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --no-config --no-header \
		--no-emit-index-url --no-emit-find-links --python-version 3.11 \
		pyproject.toml --group dev -o requirements.lock

dist: setup ## Build sdist and wheel of this commit into ./dist, and try them
	@$(BIN)/python -m groundplan.release_proof

release: setup ## Make a release here, pushing nothing: VERSION=0.2.0 TESTS=passed URL=address DRY_RUN=1
	@$(BIN)/python -m groundplan.release "$(VERSION)" \
		$(if $(URL),--url "$(URL)") $(if $(TESTS),--tests "$(TESTS)") $(if $(DRY_RUN),--dry-run)

clean: ## Remove the environment, caches and the demo
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist $(DEMO)

.venv/.complete: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	@awk '/^uv==/ {found = 1} found {print} found && !/\\$$/ {exit}' requirements.lock > .venv/uv.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r .venv/uv.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@
