# LeakGuard's commands for people and for CI. `make` alone lists them.
# Nothing here needs root; the lab installs Debian packages only when it runs as root, and names what it had to leave out.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
MADE = $(VENV)/.leakguard-venv
RUNTIME = $(VENV)/.leakguard-runtime
DEV = $(VENV)/.leakguard-dev
RUN_LAB = PYTHONPATH=tests $(BIN)/python -m lab
# Three workers for two cores, as some tests wait. A file stays with one worker, so that what it sets up is set up once.
WORKERS ?= 3
FUZZ_SECONDS ?= 60
# Each file of tests is in one part, by its own mark: see tests/support/halves.py.
TRACED = not long and not untraced and not packages
UNTRACED = untraced and not long
LONG = long
# Some of these may take an hour by a mark of their own.
MAY_TAKE_LONG = -o faulthandler_timeout=4000
PACKAGED = packages
# By name and not by the number of tests: few tests that take long, as those of the wheel, must not come last.
SHARED = -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# What runs untraced waits more, for servers and processes of its own.
MORE = -n $$(($(WORKERS) + 1)) --dist loadfile --no-loadscope-reorder
# The folders of tests, named as the packages that they test; `bench` measures and `support` helps, and neither has a test.
PACKAGES = $(filter-out __pycache__ bench support,$(patsubst tests/%/,%,$(sort $(wildcard tests/*/))))
MAKE_PACKAGE = PYTHONPATH=packaging $(BIN)/python -m making
# All of `make test` in one run, which starts and imports once what two halves would twice. `make test TRACE=1`, as CI says
# it, also measures the coverage: of the first half, since tracing makes it take a third longer.
WHOLE = not long and not packages
ifneq ($(TRACE),)
RUN_TESTS = \
	$(BIN)/coverage run -m pytest $(SHARED) -m '$(TRACED)' $(PYTEST_OPTIONS) || failed=1; \
	echo 'The second half begins when the servers of the lab answer.'; start; \
	$(BIN)/python -m pytest $(MORE) -m '$(UNTRACED)' || failed=1; \
	$(BIN)/coverage combine --quiet || failed=1
else
RUN_TESTS = $(BIN)/python -m pytest $(MORE) -m '$(WHOLE)' $(PYTEST_OPTIONS) || failed=1
endif
# Where the tests write what each of them costs in CPU: `make test COSTS=.costs`, and then
# `PYTHONPATH=tests .venv/bin/python -m support.costs .costs`.
ifneq ($(COSTS),)
export LEAKGUARD_COSTS := $(abspath $(COSTS))
endif
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
# A command starts in half the time with compiled sources, and Python may be told not to write them by itself.
COMPILE = $(BIN)/python -m compileall -q src
# The tests are many, and to compile them takes longer than to import them: what one worker compiled is there for the next.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test test-long test-fast pythons test-deep coverage lint format checks gates docs site manual pictures recording readme lab lab-extended accuracy lab-stop bench kills fleet-kills fuzz walk dist lock worker-size lowest deb image packages release clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

# A virtual environment needs `ensurepip`, which Debian keeps in a package of its own.
$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "LeakGuard needs Python 3.11 or newer, and $(PYTHON) is older (or missing). Name another one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "This Python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade 'pip>=25.1'
	@touch $@

$(RUNTIME): pyproject.toml $(MADE)
	$(PIP) install --editable '.[cjk]'
	@$(COMPILE)
	@touch $@

# `make setup LOCKED=1`, as CI says it, takes the versions of the lock file, each held to its hash.
$(DEV): pyproject.toml $(MADE)
ifeq ($(LOCKED),)
	$(PIP) install --editable '.[cjk]' --group dev
else
	PYTHONPATH=packaging $(BIN)/python -m making.pins pylock.dev.toml > $(VENV)/locked.txt
	$(PIP) install --require-hashes --only-binary :all: --requirement $(VENV)/locked.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
endif
	@$(COMPILE)
	@touch $@ $(RUNTIME)

setup: $(DEV)  ## a virtual environment with all that development needs

demo: $(RUNTIME)  ## the whole story on an embedded lab: no root, no network beyond the package index; `make demo WEB=1` leaves the console running
	$(BIN)/leakguard demo $(if $(WEB),--web) $(DEMO_OPTIONS)

# The lab starts beside the tests that do without it; those that need it come last, and wait until it is ready, which may
# take long on a fresh machine. Both halves of a traced run run whatever became of the other, so that one shows all that failed.
# A lab of its own, which ends with the shell; name one in LEAKGUARD_LAB_RUN to use a lab that runs already.
# Of one package, only what needs no lab (unless one is named) and is not long: an answer while the change is in mind.
test: $(DEV)  ## the tests, also on the real servers of the lab; those of one package: `make test PACKAGE=notices`
ifneq ($(PACKAGE),)
	@[ -n '$(filter $(firstword $(subst /, ,$(PACKAGE))),$(PACKAGES))' ] && [ -d 'tests/$(PACKAGE)' ] || { \
	  echo "make test: tests/ has no package '$(PACKAGE)'. Name one of: $(PACKAGES)" >&2; exit 2; }
	@marks='not long and not packages'; [ -n "$${LEAKGUARD_LAB_RUN:-}" ] || marks="$$marks and not lab"; \
	exec $(BIN)/python -m pytest $(MORE) -m "$$marks" 'tests/$(PACKAGE)' $(PYTEST_OPTIONS)
else
	$(BIN)/coverage erase
	@set -eu; own=; failed=0; \
	if [ -z "$${LEAKGUARD_LAB_RUN:-}" ]; then own=$$(mktemp -d); export LEAKGUARD_LAB_RUN=$$own; fi; \
	trap 'if [ -n "$$own" ]; then $(RUN_LAB) stop "$$own"; rm -rf "$$own"; fi' EXIT; \
	start() { $(RUN_LAB) start "$$LEAKGUARD_LAB_RUN" $${own:+--until $$$$} > /dev/null 2>&1 || :; }; \
	start & \
	$(RUN_TESTS); \
	exit "$$failed"
endif

test-long: $(DEV)  ## the tests that take long: brokers, killed processes, matrices of pages, hosts and letters by the hundred, wheels
	$(BIN)/python -m pytest $(MORE) $(MAY_TAKE_LONG) -m '$(LONG)' $(PYTEST_OPTIONS)

# Each in an environment of its own, with the newest libraries that the index has for it.
pythons: $(DEV)  ## the wheel on each Python that LeakGuard promises, as far as this machine has them
	PYTHONPATH=tests $(BIN)/python -m support.pythons

# Fifty times as many examples, new ones in every run: to look for what nobody thought of, not to hold a change to.
test-deep: $(DEV)  ## every property on very many new examples: an hour
	LEAKGUARD_EXAMPLES=50 $(BIN)/python -m pytest $(SHARED) --timeout 3600 $(MAY_TAKE_LONG) -m 'hypothesis and not packages' $(PYTEST_OPTIONS)

test-fast: $(DEV)  ## the tests that need no real server and take no long time
	$(BIN)/python -m pytest $(SHARED) -m 'not long and not packages and not lab' $(PYTEST_OPTIONS)

# Of the files that add to what others cover. The packages that hold the rules are pure, so nothing excuses an untested
# branch. What was measured before the last change of a source or a test is measured again.
coverage: $(DEV)  ## hold the branches that the tests take to the gates; measures them, unless `make test TRACE=1` has
	{ [ -e .coverage ] && [ -z "$$(find src tests -name '*.py' -newer .coverage -print -quit)" ]; } || { \
	  $(BIN)/coverage erase && $(BIN)/coverage run -m pytest $(SHARED) -m '$(TRACED)' $(PYTEST_OPTIONS) && $(BIN)/coverage combine --quiet; }
	$(BIN)/coverage report --fail-under=95 --show-missing --skip-covered
	$(BIN)/coverage report --fail-under=100 --show-missing --skip-covered --include='src/leakguard/errors.py,src/leakguard/ports/*,src/leakguard/files/*,src/leakguard/models/*,src/leakguard/clocks/*,src/leakguard/ledger/*,src/leakguard/checks/*,src/leakguard/scanning/*,src/leakguard/fleet/dispatch.py,src/leakguard/fleet/messages.py,src/leakguard/fleet/settings.py,src/leakguard/fleet/vantages.py,src/leakguard/playbooks/*,src/leakguard/notices/*,src/leakguard/alerts/*,src/leakguard/drills/*,src/leakguard/reports/*,src/leakguard/sensitivity/*,src/leakguard/shipped/*,src/leakguard/accounts/*,src/leakguard/apps/*,src/leakguard/intake/*,src/leakguard/outbound/*'

lint: $(DEV)  ## ruff, mypy and the rules of who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=src $(BIN)/lint-imports

format: $(DEV)  ## put every file into the house's format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

# Nothing has to be written after a change: a checkout compiles what changed at its next start (bundled/compiled_forms.py).
checks: $(DEV)  ## name every problem of checks/*.yaml, cloud_checks/*.yaml and sensitivity/*.yaml
	$(BIN)/leakguard checks lint
	$(BIN)/python -m pytest -q tests/sensitivity/test_compiled.py tests/checks/test_compiled.py

gates: $(DEV)  ## write tests/probes/gates.txt: all that may be said to a host, to be read after a change of it
	LEAKGUARD_GOLDEN=write $(BIN)/python -m pytest -q tests/probes/test_gates.py

docs: $(DEV)  ## write the generated tables of docs/: packages, commands, event kinds, coverage, accuracy, bench
	PYTHONPATH=tests $(BIN)/python tests/rules/docs_parts.py

site: $(DEV)  ## build the site of the documentation into build/site, in English and Chinese; warnings are errors
	PYTHONPATH=src:tests $(BIN)/python -m docsite build/site --on "$$(date +%F)"
	@echo 'Open build/site/index.html. build/site/external-links.txt lists the links to elsewhere, which nobody tried.'

manual: $(DEV)  ## write manual pages and completions below build/, as a package installs them
	$(BIN)/python -m leakguard.cli.manual build "$$(git log -1 --format=%cs)"

pictures: $(DEV)  ## write the screenshots of docs/ again: they need Chromium
	PYTHONPATH=tests $(BIN)/python -m support.pictures docs/pictures

recording: $(DEV)  ## write docs/pictures/demo.svg again: the demo in a terminal, line by line
	PYTHONPATH=tests $(BIN)/python -m support.recording docs/pictures/demo.svg

readme: docs  ## the same, by its old name

lab: $(DEV)  ## start the real servers on loopback ports and print where they are
	$(RUN_LAB) start .lab/run

lab-extended: $(DEV)  ## start named groups of servers too heavy or too rare for each run: `make lab-extended GROUPS=java`; without, list them
	@[ -n '$(GROUPS)' ] || { $(RUN_LAB) groups; echo 'Start some of them: make lab-extended GROUPS=java,search'; }
	@[ -z '$(GROUPS)' ] || LEAKGUARD_LAB='$(GROUPS)' $(RUN_LAB) start .lab/run

accuracy: $(DEV)  ## run every check against every replay and every real server, group by group, direct and behind fronts; `make accuracy NAMES="java redis-open"` is a part
	PYTHONPATH=tests $(BIN)/python -m accuracy $(NAMES)

lab-stop: $(DEV)  ## end them
	$(RUN_LAB) stop .lab/run

bench: $(DEV)  ## measure the clocks, and the scanner beside its peers: minutes; `make bench ROWS=sweep,silent` is a part
	@$(COMPILE)
	@[ -n '$(ROWS)' ] || $(BIN)/python -m pytest tests/bench -s $(PYTEST_OPTIONS)
	@if [ "$$(id -u)" = 0 ] && ! command -v nmap >/dev/null; then apt-get install --yes --quiet --no-install-recommends nmap >/dev/null || true; fi
	PYTHONPATH=tests ROWS='$(ROWS)' $(BIN)/python -m bench

kills: $(DEV)  ## kill watchmen and drills a thousand times each, on both databases: minutes
	LEAKGUARD_KILLS=1000 $(BIN)/python -m pytest tests/watchman $(PYTEST_OPTIONS)
	LEAKGUARD_KILLS=200 $(BIN)/python -m pytest tests/web/test_killed_server.py $(PYTEST_OPTIONS)

fuzz: $(DEV)  ## fuzz what hosts may say in every protocol, for FUZZ_SECONDS in all; an input that breaks something is in .fuzz/
	PYTHONPATH=src:tests $(BIN)/python -m fuzz --seconds $(FUZZ_SECONDS) $(FUZZ_OPTIONS)

fleet-kills: $(DEV)  ## kill workers of a fleet behind a real Redis and a real RabbitMQ, twenty scans each: minutes
	LEAKGUARD_FLEET_KILLS=20 $(BIN)/python -m pytest tests/fleet -o timeout=1200 $(PYTEST_OPTIONS)

deb: $(DEV)  ## the Debian package for Debian 12, below build/packages: libraries of the lock file with hashes
	$(MAKE_PACKAGE) deb

image: $(DEV)  ## the OCI image, below build/packages: as root on Debian, by buildah, without an engine
	$(MAKE_PACKAGE) tools image

packages: $(DEV)  ## build and test every package: wheel, source archive, extras, worker; as root the Debian package and the image too
	$(MAKE_PACKAGE) tools
	$(BIN)/python -m pytest -n 2 --dist loadfile $(MAY_TAKE_LONG) -m '$(PACKAGED)' tests/packaging $(PYTEST_OPTIONS)

walk: $(DEV)  ## walk one incident from notice to closure at real time, in two minutes; `make walk PAUSE=60` takes half an hour
	PYTHONPATH=tests $(BIN)/python -m support.walk --pause $(or $(PAUSE),5)

# Everything that CI runs for a change and each night comes first: nothing is released untested.
release: $(DEV)  ## cut a release from a clean tree: `make release VERSION=0.2.0`; pushes nothing
	@[ -n '$(VERSION)' ] || { echo 'make release: name the version, as in: make release VERSION=0.2.0' >&2; exit 2; }
	@[ -z "$$(git status --porcelain)" ] || { echo 'make release: commit your changes first' >&2; exit 2; }
	.ci/run
	.ci/nightly
	PYTHONPATH=tests $(BIN)/python -m support.release '$(VERSION)'

dist: $(DEV)  ## wheel, source archive, manual pages, completions, list of parts (SBOM) and SHA256SUMS, into dist/
	$(MAKE_PACKAGE) dist

lock: $(DEV)  ## write pylock.toml and pylock.dev.toml anew: the newest libraries that pyproject.toml allows
	$(MAKE_PACKAGE) lock

worker-size: $(DEV)  ## measure leakguard-worker and write its size into docs/how-to/install.md
	$(MAKE_PACKAGE) worker-size

lowest: $(DEV)  ## the lowest libraries that pyproject.toml promises, in an environment of their own, tried by fast tests
	WORKERS=$(WORKERS) $(MAKE_PACKAGE) lowest

clean:  ## remove what make made, except the virtual environment
	rm -rf dist build htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .fuzz .lab/run
