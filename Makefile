# Every target does all of its own set-up, on a bare machine too. `make help` lists them.

SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help demo dev test test-timing test-faults check fix bench lock setup system

PYTEST := .venv/bin/python -m pytest

##@ Using it

demo: setup ## Recover accounts (EXIT=1 ends there, JSON=1 for programs, WIRES=real really sends)
	@$(if $(filter real,$(WIRES)),scripts/system-packages demo)
	@exec .venv/bin/sparekey demo $(if $(EXIT),--exit) $(if $(JSON),--json) $(if $(WIRES),--wires $(WIRES))

dev: setup ## Serve the sandbox and start again whenever a source file changes
	@exec scripts/dev

##@ Proving it

test: setup system ## Run every test but the long ones (at most 8 minutes on 2 cores)
	@$(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder -m "not faults and not timing"

test-timing: setup system ## Measure that strangers and members cannot be told apart
	@$(PYTEST) -m timing

test-faults: setup system ## Kill processes for minutes and count what was accepted and found
	@$(PYTEST) -m faults

check: setup system ## Read the code: style, types, floors, structure
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/pyright
	@.venv/bin/lint-imports
	@$(PYTEST) tests/structure

bench: setup ## Measure speed against pgbench (ratios, latency, memory)
	@scripts/system-packages bench
	@scripts/node-packages
	@.venv/bin/python -m benchmarks

##@ Changing it

fix: setup ## Put the code into the house format
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

lock: setup ## Resolve the dependencies anew into requirements.lock
	@scripts/lock

setup:
	@scripts/bootstrap

system: setup
	@scripts/system-packages
	@scripts/node-packages

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
