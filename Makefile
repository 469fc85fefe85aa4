# Every chore, a line each. Needs Python >= 3.11 with venv, and make; all else is installed into .venv.
PYTHON ?= python3
VENV   := .venv
PIP    := $(VENV)/bin/python -m pip --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
SHARED ?= ../shared
# Where it is set, each of hundreds of processes would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo run test check bench faults lock clean

help:            ## this list
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

demo: $(VENV)/.run  ## recorded feeds on this machine, posts and one digest on the screen; no account, no network
	@$(VENV)/bin/treatywatch demo

run: $(VENV)/.run   ## the bot itself, with the feeds of feeds.yaml
	@$(VENV)/bin/treatywatch run

test: $(VENV)/.dev  ## all tests, four at a time: most wait for other processes
	@$(VENV)/bin/python -m pytest -n 4 --dist worksteal

check: $(VENV)/.dev ## style, types, and that the locks satisfy pyproject.toml (offline)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/python .ci/locks.py

bench: $(VENV)/.dev ## the figures of docs/benchmarks.md, measured anew
	@$(VENV)/bin/python -m bench.classify
	@$(VENV)/bin/python -m bench.stories $(SHARED)/corpus/stories.jsonl
	@$(VENV)/bin/python -m bench.poll
	@$(VENV)/bin/python -m bench.deliver
	@$(VENV)/bin/python -m bench.commands

faults: $(VENV)/.dev ## what is promised, tried on the running program, within three quarters of an hour; FAULTS=full: ten times the kills; RESUME=folder
	@SHARED=$(abspath $(SHARED)) $(VENV)/bin/python -m tests.faults $(if $(filter full,$(FAULTS)),--full) $(if $(RESUME),--resume $(RESUME))

lock:            ## renew the locks (reaches the package index)
	@$(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/python -m pip -q install 'uv>=0.9,<1'
	@printf 'flit-core>=3.12,<4\n' | $(VENV)-lock/bin/uv pip compile $(LOCKED) -o locks/build.txt -
	@$(VENV)-lock/bin/uv pip compile $(LOCKED) --extra discord -o locks/run.txt pyproject.toml
	@$(VENV)-lock/bin/uv pip compile $(LOCKED) -c locks/run.txt --extra discord --extra dev -o locks/dev.txt pyproject.toml
LOCKED := -q --universal --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

clean:           ## remove what was set up
	rm -rf $(VENV) $(VENV)-lock $(VENV)-bench .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "treatywatch needs Python 3.11 or newer; say which with: make PYTHON=python3.12 ...")'
	@echo 'setting up $(VENV) (once)' >&2
	@$(PYTHON) -m venv $(VENV)

# A stamp stands only after the whole set-up, so an interrupted one is made again.
$(VENV)/.run: locks/run.txt locks/build.txt pyproject.toml | $(VENV)/bin/python
	@$(PIP) install -q --require-hashes -r locks/run.txt -r locks/build.txt
	@$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: locks/dev.txt $(VENV)/.run
	@$(PIP) install -q --require-hashes -r locks/dev.txt
	@touch $@
