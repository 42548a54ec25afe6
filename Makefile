# The two commands of the README are `make run` and `make test`; each does all of its own set-up.
# What is made lies in .venv, node_modules, build and the folders that .gitignore names.
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SHELLFLAGS := -eu -c
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/stamps
INSTALL := $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python

# Hundreds of processes are started by the tests: without what Python compiled before, each compiles a thousand modules.
unexport PYTHONDONTWRITEBYTECODE

# Where no Node is installed, one from the Python package index stands in .venv/bin.
NODE := $(shell command -v node && command -v npm)
export PATH := $(PATH):$(CURDIR)/$(BIN)

TEXTS := $(wildcard src/raadslag/*/locale/*/LC_MESSAGES/*.po src/raadslag/*/*/locale/*/LC_MESSAGES/*.po)
STYLES := scripts/assets.mjs scripts/fonts.mjs $(wildcard src/raadslag/web/styles/* src/raadslag/web/scripts/*)

WORKSPACE := --ds tests.workspace.settings tests/workspace

.PHONY: setup run test check lengthy static bench mutate fuzz pictures messages requirements wheel clean

setup: $(STAMPS)/dev $(STAMPS)/built  ## everything that developing needs

run: $(STAMPS)/run $(STAMPS)/built  ## the sample municipality in a browser
	@$(BIN)/raadslag demo

QUICK := $(BIN)/pytest -q -n 2 --dist worksteal --no-migrations --hypothesis-profile=quick -m "not slow and not browser"
check: static  ## everything quick: under a minute
	@$(QUICK) --quick
	@$(QUICK) --quick $(WORKSPACE)

lengthy: setup  ## which tests make check leaves out: those that take their time on this machine
	@$(QUICK) --note-lengthy
	@$(QUICK) --note-lengthy $(WORKSPACE)

static: setup
	@$(BIN)/ruff format --check --quiet --output-format concise .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python scripts/messages.py check

# Archive and workspace are tested on both databases: everything on SQLite, and on PostgreSQL what is quick, what happens
# at once, what is searched, delivered, withdrawn and restored, and the longest way through a browser. The law of the
# meeting and what may leave the house are covered to the last line and branch by tests of their own; watching all of the
# house made the whole four times as slow.
AT_ONCE := $(addprefix tests/workspace/test_,races.py live.py writing.py \
    backup.py::test_the_whole_house_comes_back_without_what_was_withdrawn_since \
    backup.py::test_a_backup_goes_between_databases_by_the_command) \
    tests/workspace/browser/test_fifth_meeting.py
KEPT := $(addprefix tests/archive/,backup delivery search \
    $(addprefix test_,curation.py intake.py migrations.py withdrawals.py))
LAW := tests/core/rules tests/core/test_release.py tests/core/redacting/test_words.py
test: static $(STAMPS)/system  ## everything
	@sh scripts/postgres.sh $(BIN)/pytest -q -n 2 --dist worksteal -m "not slow" --quick tests/archive
	@sh scripts/postgres.sh $(BIN)/pytest -q -n 2 --dist worksteal $(KEPT)
	@sh scripts/postgres.sh $(BIN)/pytest -q -n 2 --dist worksteal --no-migrations -m "not browser and not slow" --quick $(WORKSPACE)
	@sh scripts/postgres.sh $(BIN)/pytest -q -n 2 --dist worksteal --ds tests.workspace.settings $(AT_ONCE)
	@$(BIN)/pytest -q -n 2 --dist worksteal $(WORKSPACE)
	@$(BIN)/pytest -q -n 2 --dist worksteal --cov=raadslag.core --cov-report= $(LAW)
	@$(BIN)/coverage report --include='src/raadslag/core/rules/*,src/raadslag/core/release.py' --fail-under=100
	@$(BIN)/pytest -n 2 --dist worksteal $(addprefix --ignore ,$(LAW))

bench: setup  ## how fast it is, each line against something measured beside it
	@$(BIN)/python -m bench

mutate: setup  ## how many planted mistakes in the core the tests notice: make mutate SAMPLE=200 FOR=core/rules
	@$(BIN)/python scripts/mutate.py $(if $(FOR),--for $(FOR)) $(if $(SAMPLE),--sample $(SAMPLE))

fuzz: $(STAMPS)/fuzz  ## ten minutes of broken documents for the readers
	@$(BIN)/python -m fuzz

pictures: setup $(STAMPS)/system  ## the pictures of the README and of the guide
	@$(BIN)/python scripts/pictures.py

messages: setup  ## bring the translations' files up to the strings in the source
	@$(BIN)/python scripts/messages.py collect

wheel: $(STAMPS)/dev $(STAMPS)/built  ## the package as it is installed elsewhere, in dist/
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist .

PIN := $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-annotate --no-header \
    --only-binary :all: --python-version 3.11
requirements: $(STAMPS)/uv  ## pin the newest versions of everything that is installed
	@$(PIN) --universal pyproject.toml -o requirements/runtime.txt
	@$(PIN) --universal requirements/uv.in -o requirements/uv.txt
	@$(PIN) --universal requirements/node.in -o requirements/node.txt
	@$(PIN) --universal requirements/build.in -o requirements/build.txt
	@$(PIN) --universal pyproject.toml requirements/dev.in -o requirements/dev.txt
	@$(PIN) requirements/fuzz.in -o requirements/fuzz.txt

clean:  ## forget all that was made here, except what a person has put into an archive
	rm -rf .venv node_modules build dist mutants .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage* \
	    .hypothesis src/raadslag/web/static/dist src/raadslag/core/writers/fonts
	find src -name '*.mo' -delete

# Set-up, one stamp a step: a second run finds them newer than what they are made from.

$(BIN)/python:
	@sh scripts/venv.sh $(PYTHON)

$(STAMPS)/uv: requirements/uv.txt | $(BIN)/python
	@mkdir -p $(STAMPS)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r $<
	@touch $@

EDITABLE := $(INSTALL) --no-deps --no-build-isolation --editable .

$(STAMPS)/run: requirements/runtime.txt requirements/build.txt pyproject.toml | $(STAMPS)/uv
	@$(INSTALL) --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	@$(EDITABLE)
	@touch $@

$(STAMPS)/dev: requirements/dev.txt pyproject.toml | $(STAMPS)/uv
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@$(EDITABLE)
	@touch $@ $(STAMPS)/run

$(STAMPS)/fuzz: requirements/fuzz.txt $(STAMPS)/dev
	@$(INSTALL) --require-hashes -r requirements/fuzz.txt
	@touch $@

$(STAMPS)/node: requirements/node.txt | $(STAMPS)/uv
	@$(if $(NODE),,$(INSTALL) --require-hashes -r requirements/node.txt; sh scripts/node.sh)
	@touch $@

$(STAMPS)/npm: package-lock.json .npmrc | $(STAMPS)/node
	@npm ci --loglevel error
	@touch $@

# The translations' compiler stands among the building tools, which either set of packages brings.
$(STAMPS)/built: $(STAMPS)/npm $(STYLES) $(TEXTS) scripts/messages.py | $(if $(wildcard $(STAMPS)/dev),$(STAMPS)/dev,$(STAMPS)/run)
	@node scripts/fonts.mjs
	@node scripts/assets.mjs
	@$(BIN)/python scripts/messages.py compile
	@touch $@

# Ubuntu knows Debian's chromium by another name.
CHROMIUM := $(if $(shell grep -s '^ID=ubuntu' /etc/os-release),chromium-browser,chromium)
$(STAMPS)/system: scripts/packages.sh | $(STAMPS)/uv
	@command -v chromium || command -v chromium-browser || command -v google-chrome || sh scripts/packages.sh $(CHROMIUM)
	@command -v nginx || ls /usr/sbin/nginx || sh scripts/packages.sh nginx-light
	@command -v pdftotext || sh scripts/packages.sh poppler-utils
	@command -v initdb || ls -d /usr/lib/postgresql/*/bin || sh scripts/packages.sh postgresql
	@touch $@
