# make run, make test, make check: see README.md. Each installs what it needs, once.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
API_PORT ?= 8000
WEB_PORT ?= 5173
DATA ?= ../shared/data
MODEL ?= models/flair-resnet50
export API_PORT WEB_PORT

API_PY := .venv/bin/python
TRAIN_PY := training/.venv/bin/python
BUILT := frontend/dist/index.html
WEB_SOURCES := $(shell find frontend/src frontend/public frontend/index.html frontend/vite.config.ts frontend/package-lock.json -type f 2>/dev/null)

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 20

# ---- what gets installed -------------------------------------------------------------------------
# Each stamp depends on its lock file, so a changed lock installs again and nothing else does.

.venv/.run: backend/requirements.lock backend/pyproject.toml
	@scripts/need-python $(PYTHON)
	@test -x $(API_PY) || $(PYTHON) -m venv .venv
	@echo "Installing the API's packages ..."
	@.venv/bin/pip install -qq --require-hashes -r backend/requirements.lock
	@.venv/bin/pip install -qq --no-deps --no-build-isolation -e backend
	@touch $@

.venv/.dev: backend/requirements-dev.lock .venv/.run
	@echo "Installing the back end's development packages ..."
	@.venv/bin/pip install -qq --require-hashes -r backend/requirements-dev.lock
	@touch $@

training/.venv/.done: training/requirements.lock training/pyproject.toml backend/pyproject.toml
	@scripts/need-python $(PYTHON)
	@test -x $(TRAIN_PY) || $(PYTHON) -m venv training/.venv
	@echo "Installing fastai, torch and the rest of training (some GB) ..."
	@training/.venv/bin/pip install -qq --require-hashes -r training/requirements.lock
	@training/.venv/bin/pip install -qq --no-deps --no-build-isolation -e backend -e training
	@touch $@

frontend/node_modules/.done: frontend/package-lock.json
	@scripts/need-node
	@echo "Installing the web app's packages ..."
	@cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(BUILT): frontend/node_modules/.done $(WEB_SOURCES)
	@cd frontend && npm run --silent build
	@touch $@

# ---- use -----------------------------------------------------------------------------------------

.PHONY: run
run: .venv/.run $(BUILT) ## start the API (API_PORT), a worker and the web app (WEB_PORT); Ctrl-C stops all
	@scripts/stack

.PHONY: train
train: training/.venv/.done ## train the shipped model again from DATA (SMOKE=1: phantoms, a few minutes)
ifdef SMOKE
	@training/.venv/bin/brainai-train train --smoke --out training/runs/smoke-model
else
	@scripts/train "$(DATA)" "$(MODEL)"
endif

.PHONY: evaluate
evaluate: training/.venv/.done ## measure MODEL again, by the models of the folds that train left
	@training/.venv/bin/brainai-train evaluate $(MODEL) --data "$(DATA)"

.PHONY: bench
bench: .venv/.dev ## speed and memory of serving, beside the bare engine in the same run
	@cd backend && ../$(API_PY) -m bench

# ---- checks --------------------------------------------------------------------------------------

.PHONY: check
check: check-backend check-training check-frontend check-generated ## lint, types, import rules, generated files

.PHONY: check-backend
check-backend: .venv/.dev
	@cd backend && ../.venv/bin/ruff check && ../.venv/bin/ruff format --check
	@cd backend && ../.venv/bin/mypy && ../.venv/bin/lint-imports

.PHONY: check-training
check-training: training/.venv/.done
	@cd training && .venv/bin/ruff check && .venv/bin/ruff format --check
	@cd training && .venv/bin/mypy && .venv/bin/lint-imports

.PHONY: check-frontend
check-frontend: frontend/node_modules/.done
	@cd frontend && npm run --silent lint && npm run --silent format:check && npm run --silent typecheck

.PHONY: check-generated
check-generated: .venv/.run frontend/node_modules/.done
	@scripts/check-generated

.PHONY: generated
generated: .venv/.run frontend/node_modules/.done ## write openapi.json, wire types and sample phantoms again
	@.venv/bin/brainai openapi > backend/openapi.json
	@cd frontend && npm run --silent generate
	@.venv/bin/brainai phantom frontend/public/samples

# ---- tests ---------------------------------------------------------------------------------------

.PHONY: test
test: test-backend test-training test-frontend test-e2e ## every suite

.PHONY: test-backend
test-backend: .venv/.dev
	@cd backend && ../.venv/bin/pytest -q

.PHONY: test-training
test-training: training/.venv/.done
	@cd training && .venv/bin/pytest -q

.PHONY: test-frontend
test-frontend: frontend/node_modules/.done
	@cd frontend && npm run --silent test

.PHONY: test-e2e
test-e2e: .venv/.run $(BUILT) ## browser tests against the running stack
	@scripts/test-e2e

.PHONY: test-compose
test-compose: ## build, start, ask and stop the compose stack (skipped without a Docker engine)
	@scripts/test-compose

.PHONY: screenshots
screenshots: .venv/.run $(BUILT) ## every view, both themes, both widths, into frontend/screenshots
	@scripts/test-e2e screenshots

# ---- upkeep --------------------------------------------------------------------------------------

.PHONY: lock
lock: .venv/.dev training/.venv/.done ## resolve the Python lock files again
	@scripts/lock

.PHONY: clean
clean: ## remove what was installed and built
	@rm -rf .venv training/.venv frontend/node_modules frontend/dist
