# `make report` and `make test` do all set-up by themselves. `make help` lists the rest.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# `make report SEEDS=1024` and `make report ENGINE=dask://host:8786`: Quarto's pre-render hears of
# them from the environment alone.
export CIRCLES_SEEDS := $(or $(SEEDS),$(CIRCLES_SEEDS))
export CIRCLES_ENGINE := $(or $(ENGINE),$(CIRCLES_ENGINE))
# Quarto's pre-render calls `python3`: it must be the one that has the packages.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup report figures claims picture bench test lint format preview lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## make the environment (every other target does this too)

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info[:2] <= (3, 13); \
	  sys.exit(0 if ok else "Circles needs Python 3.11, 3.12 or 3.13 (TensorFlow has packages for these). " \
	  "Received: " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12")'
	@if command -v uv >/dev/null 2>&1; then \
	  echo "Setting up $(VENV) with uv ..."; \
	  uv venv --quiet --allow-existing --python "$(PYTHON)" $(VENV) && \
	  uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
	  echo "Setting up $(VENV) with pip (a few minutes, once) ..."; \
	  "$(PYTHON)" -m venv $(VENV) && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@touch $@

report: $(INSTALLED) ## train what is not trained, write the pages, render _site/ (HTML and PDF)
	@$(BIN)/python scripts/build.py
	@$(BIN)/python scripts/render.py

figures: $(INSTALLED) ## train what is not trained and draw every figure
	@$(BIN)/python scripts/train.py
	@$(BIN)/python scripts/figures.py

claims: $(INSTALLED) ## check every claim of the pages on the stored results
	@$(BIN)/python scripts/claims.py

picture: figures ## renew the README's picture from the current results
	@cp report/figures/boundaries.svg templates/assets/boundaries.svg

bench: $(INSTALLED) ## measure training beside its peers; renews the methods page's table
	@$(BIN)/python scripts/bench.py --json templates/assets/benchmark.json

test: $(INSTALLED) ## run all tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(INSTALLED) ## check style, types and the order of the layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(INSTALLED) ## put the code into its usual form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

preview: report ## build the report and serve it on this machine
	@echo "Serving _site on http://localhost:8000 (Ctrl-C ends it)"
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory _site 8000

lock: $(INSTALLED) ## renew requirements.lock from pyproject.toml
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --extra dev --extra cluster --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-annotate --custom-compile-command "make lock" \
	  --quiet --output-file requirements.lock

clean: ## remove what machines wrote (results too); the environment stays
	@rm -rf _site _site.* .quarto
	@find report -mindepth 1 ! -name README.md -delete
