# Handraiser. `make` alone says what there is. A fresh machine needs Python 3.11 or newer and make, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-compile --require-hashes
# uv takes seconds where pip takes half a minute; pip where uv finds no way to the packages (it reads no pip.conf).
UV := UV_HTTP_RETRIES=1 $(BIN)/uv pip install --quiet --python $(BIN)/python --system-certs --require-hashes
GET = $(UV) -r $(1) 2>/dev/null || $(PIP) -r $(1)
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet
ARGS ?=
# Without bytecode each start of a process reads and compiles all of SQLAlchemy and Bolt again: 4 s instead of 2.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test check fmt bench docs pictures lock venv

help:  ## say what there is
	@echo "Handraiser. make ..."
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

demo: $(RUNTIME)  ## a made-up company in a Slack on this machine; prints one address
	@$(BIN)/python -m sandbox.demo $(ARGS)

test: $(DEV)  ## all tests, on SQLite and PostgreSQL (ARGS="tests/db -k clock" for some)
	@$(BIN)/python -m pytest $(ARGS) || { code=$$?; \
	  test $$code != 5 || echo "No test was found for: $(ARGS)"; exit $$code; }

check: $(DEV)  ## what must be clean before a change goes in: format, lint, types, arrows
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fmt: $(DEV)  ## put the code in shape
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

bench: $(DEV)  ## measure, and write the table of the README
	@$(BIN)/python -m bench $(ARGS)

docs: $(DEV)  ## write the pages that are made from the code
	@$(BIN)/python -c 'import pathlib; from bot.playbook.reference import reference; pathlib.Path("docs/playbook.md").write_text(reference(), encoding="utf-8")'

pictures: $(DEV)  ## take the README's pictures from the demo (needs Chromium)
	@PICTURES=docs/pictures $(BIN)/python -m pytest -n 0 -q tests/demo

lock: $(DEV)  ## pin the dependencies of pyproject.toml anew (ARGS=--upgrade for newer ones)
	@$(BIN)/$(COMPILE) pyproject.toml $(ARGS) -o requirements.txt
	@$(BIN)/$(COMPILE) pyproject.toml --extra dev -c requirements.txt $(ARGS) -o requirements-dev.txt
	@echo uv | $(BIN)/$(COMPILE) - -c requirements-dev.txt -o requirements-make.txt

venv: $(DEV)  ## make .venv with everything in it; the other targets do so themselves

$(BIN)/handraiser:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Handraiser needs Python 3.11 or newer. Try: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { echo "Python could not make a virtual environment. On Debian: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }
	@$(BIN)/python -c 'import pathlib, sysconfig as s; pathlib.Path(s.get_path("purelib"), "handraiser.pth").write_text("$(CURDIR)\n")'
	@printf '#!/bin/sh\nexec "%s" -m bot "$$@"\n' "$(CURDIR)/$(BIN)/python" > $@
	@chmod 755 $@

$(BIN)/uv: requirements-make.txt | $(BIN)/handraiser
	@$(PIP) -r requirements-make.txt
	@touch $@

$(RUNTIME): requirements.txt | $(BIN)/uv
	@echo "Getting what Handraiser needs. This happens once."
	@$(call GET,requirements.txt)
	@$(BIN)/python -c 'import bot.app, sandbox.demo' 2>/dev/null || true  # compiles the modules that are used
	@touch $@

$(DEV): requirements-dev.txt | $(RUNTIME)
	@$(call GET,requirements-dev.txt)
	@touch $@
