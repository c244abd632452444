# Every target below is a sentence of `make help`. Set-up happens by itself, once: the stamps in .venv say what is ready.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules
# Where the machine forbids to keep compiled modules, each process would compile all that it imports: seconds every time.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
LOCKS := requirements/uv.txt requirements/build.txt
# The package is installed anew when what builds it changes.
BUILD := pyproject.toml hatch_build.py $(wildcard src/lamplighter/serving/compiled/*.[ch]) src/lamplighter/monitoring/kernel.c
ARGS ?=
# Processes that share the tests, more than there are processors: half of the time a test waits for processes of its own.
# 0 is one after the other.
TEST_PROCESSES ?= 3
# Benchmarks of serving, those that decide first.
SERVING_BENCHES ?= online front_ends shares density python_runtime batch cycles walker parity workers_killed withdrawals
# Benchmarks of monitoring; those that need no peer come first.
MONITORING_BENCHES ?= detection accuracy memory streaming anew scrape fleet cycle permutations why pushing profiles labels false_alarms selections presets one_incident routing

.PHONY: help setup demo test outside check format lint types imports docs news bench bench-start bench-serving bench-monitoring bench-approvals bench-kill9 lock clean

help: ## List what make can do, one sentence each.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: .venv/.dev-ready ## Make .venv with everything that development, tests and the demo need.
	@echo "Ready: $(BIN)/lamp"

demo: .venv/.demo-ready ## Run the whole platform with real data and a model to break; ARGS="--no-browser" passes options on.
	@$(BIN)/lamp demo $(ARGS)

test: outside ## Run all tests; ARGS="-k rollout" chooses some.
	@$(BIN)/pytest -n $(TEST_PROCESSES) --no-loadscope-reorder $(ARGS)

outside: .venv/.dev-ready ## Install the programs of others that the tests speak to.
	@scripts/system-packages chromium-headless-shell libatomic1 nginx-light npm prometheus prometheus-alertmanager strace
	@scripts/clients cards catalog ci tensors rest s3 ray

check: lint types imports docs ## Check format, lint, types, the direction of imports and the documentation.

format: .venv/.dev-ready ## Rewrite the code in the house format.
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint: .venv/.dev-ready ## Check the format and the lint rules.
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: .venv/.dev-ready ## Check every type, strictly.
	@$(BIN)/mypy

imports: .venv/.dev-ready ## Check that imports only point the way .importlinter allows.
	@$(BIN)/lint-imports --no-logo

docs: .venv/.dev-ready news ## Check the documentation and templates: links, commands, examples, changelog fragments, syntax.
	@$(BIN)/pytest -q tests/house/test_docs.py tests/house/test_templates.py

news: .venv/.dev-ready ## Check that the changelog fragments make a changelog.
	@$(BIN)/towncrier build --draft --version next >/dev/null

bench: bench-start bench-serving bench-monitoring bench-approvals ## Run every benchmark; each line holds ours against a limit or a peer.

bench-start: .venv/.dev-ready ## Measure how long commands take to start.
	@$(BIN)/python bench/startup.py

bench-approvals: .venv/.dev-ready ## Let 300 releases go through a month, and count people's minutes and what spot checks find.
	@PYTHONPATH=. $(BIN)/python bench/approvals.py

bench-kill9: .venv/.dev-ready ## Kill serving 50 times while it answers a million predictions, and recount its log.
	@$(BIN)/python bench/serving/kill9.py

bench-serving: .venv/.dev-ready ## Measure serving; peers are installed into environments of their own below .bench.
	@scripts/system-packages wrk
	@status=0; for file in $(SERVING_BENCHES); do $(BIN)/python bench/serving/$$file.py || status=1; done; exit $$status

bench-monitoring: .venv/.dev-ready ## Measure monitoring on a table of a million rows; peers are installed as for serving.
	@status=0; for file in $(MONITORING_BENCHES); do PYTHONPATH=bench/serving $(BIN)/python bench/monitoring/$$file.py || status=1; done; exit $$status

lock: .venv/.dev-ready ## Write requirements/*.txt anew from pyproject.toml; ARGS="--upgrade" raises the versions.
	@scripts/lock $(ARGS)

clean: ## Remove the virtual environment and every cache.
	@rm -rf .venv .venv-clients build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/.dev-ready: $(BUILD) requirements/dev.txt $(LOCKS) scripts/setup
	@scripts/setup dev

.venv/.demo-ready: $(BUILD) requirements/demo.txt $(LOCKS) scripts/setup
	@scripts/setup demo
