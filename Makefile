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
.PHONY: help setup report why check diff publish baseline drift fingerprint figures claims picture \
  bench test lint format preview lock latest clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## make the environment (every other target does this too)

# pip would compile on one core, and where PYTHONDONTWRITEBYTECODE is set nobody does it later: each
# start would compile TensorFlow again.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info[:2] <= (3, 13); \
	  sys.exit(0 if ok else "Circles needs Python 3.11, 3.12 or 3.13 (TensorFlow has packages for these). " \
	  "Received: " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12")'
	@if command -v uv >/dev/null 2>&1; then \
	  echo "Setting up $(VENV) with uv ..."; \
	  uv venv --quiet --allow-existing --python "$(PYTHON)" $(VENV) && \
	  uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
	  echo "Setting up $(VENV) with pip (a few minutes, once) ..."; \
	  "$(PYTHON)" -m venv $(VENV) && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . && \
	  { $(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true; }; \
	fi
	@touch $@

report: $(INSTALLED) ## train what is not trained, write the pages, render and check _site/ (HTML, PDF)
	@$(BIN)/python scripts/build.py
	@$(BIN)/python scripts/render.py
	@$(BIN)/python scripts/check.py

why: $(INSTALLED) ## say what is stale and because of what, and do nothing
	@$(BIN)/python scripts/build.py --why --dry-run

check: $(INSTALLED) ## check the finished site: links, texts, headings, weight, PDF
	@$(BIN)/python scripts/check.py --force

diff: $(INSTALLED) ## compare two builds or sites: make diff A=old B=new [HTML=file] [MARKDOWN=1]
	@$(BIN)/python scripts/diff.py "$(A)" "$(B)" $(if $(HTML),--html "$(HTML)") $(if $(MARKDOWN),--markdown)

publish: $(INSTALLED) ## put the checked site on gh-pages; ARGS="--dry-run" only says what would change
	@$(BIN)/python scripts/publish.py $(ARGS)

baseline: $(INSTALLED) ## renew tests/data/baseline.json from the current results
	@CIRCLES_SEEDS= $(BIN)/python scripts/drift.py --write

drift: $(INSTALLED) ## say whether retraining tells the story of the baseline
	@$(BIN)/python scripts/drift.py

fingerprint: $(INSTALLED) ## print one digest of everything that decides the results
	@$(BIN)/python scripts/fingerprint.py

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
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(INSTALLED) ## check style, types, the order of the layers, workflows and the Dockerfile
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/actionlint .github/workflows/*.yml
	@$(BIN)/zizmor --offline --quiet --persona=auditor --strict-collection .github
	@if command -v hadolint >/dev/null; then hadolint Dockerfile; \
	  else echo "hadolint has no package for this machine: the Dockerfile is not checked"; fi

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

latest: ## make the environment anew from the newest versions, whatever requirements.lock says
	@"$(PYTHON)" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --editable '.[dev]'
	@touch $(INSTALLED)
	@$(BIN)/python -m pip list --disable-pip-version-check

clean: $(INSTALLED) ## remove what was built (results too), and nothing else; the environment stays
	@$(BIN)/python scripts/clean.py
