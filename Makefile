# LeakGuard's commands for people and for CI. `make` alone lists them.
# Nothing here needs root; the lab installs Debian packages only when it runs as root, and names what it had to leave out.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
MADE = $(VENV)/.leakguard-venv
RUNTIME = $(VENV)/.leakguard-runtime
DEV = $(VENV)/.leakguard-dev
RUN_LAB = PYTHONPATH=tests $(BIN)/python -m lab
# Two workers: the lab's servers share the machine with the tests. A file stays with one worker, so that what it sets up is set up once.
WORKERS ?= 2
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help setup demo test test-fast coverage lint format checks readme lab lab-extended accuracy lab-stop bench kills wheel clean

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
	@touch $@

$(DEV): pyproject.toml $(MADE)
	$(PIP) install --editable '.[cjk]' --group dev
	@touch $@ $(RUNTIME)

setup: $(DEV)  ## a virtual environment with all that development needs

demo: $(RUNTIME)  ## the whole story on an embedded lab: no root, no network beyond the package index
	$(BIN)/leakguard demo $(DEMO_OPTIONS)

# The killed days come second and uncovered: other tests cover what they run, and tracing makes them three times as long.
test: $(DEV)  ## all tests, with branch coverage and the real servers of the lab
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) --dist loadfile --ignore=tests/watchman $(PYTEST_OPTIONS)
	$(BIN)/python -m pytest -n $(WORKERS) --dist load tests/watchman
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --show-missing

test-fast: $(DEV)  ## the tests that need no real server
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m 'not lab and not wheel' $(PYTEST_OPTIONS)

# The rooms that hold the rules are pure, so nothing excuses an untested branch.
coverage: $(DEV)  ## the coverage gates, on the data of the last `make test`
	$(BIN)/coverage report --fail-under=95 --format=total
	$(BIN)/coverage report --fail-under=100 --show-missing --skip-covered --include='src/leakguard/errors.py,src/leakguard/ports/*,src/leakguard/files/*,src/leakguard/models/*,src/leakguard/clocks/*,src/leakguard/ledger/*,src/leakguard/checks/*,src/leakguard/scanning/*,src/leakguard/playbooks/*,src/leakguard/notices/*,src/leakguard/alarms/*,src/leakguard/reports/*'

lint: $(DEV)  ## ruff, mypy and the rules of who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=src $(BIN)/lint-imports

format: $(DEV)  ## put every file into the house's format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

checks: $(DEV)  ## write the form of the checks that a scan reads, after a change of checks/*.yaml
	PYTHONPATH=tests $(BIN)/python tests/rules/compiled_checks.py

readme: $(DEV)  ## write the generated parts of the README
	PYTHONPATH=tests $(BIN)/python tests/rules/readme_parts.py

lab: $(DEV)  ## start the real servers on loopback ports and print where they are
	$(RUN_LAB) start .lab/run

lab-extended: $(DEV)  ## the same with everything that is too heavy, too slow to fetch or too rare for each run
	LEAKGUARD_LAB=extended $(RUN_LAB) start .lab/run

accuracy: $(DEV)  ## run every check against every replay and every real server, and keep what was measured
	PYTHONPATH=tests $(BIN)/python -m accuracy

lab-stop: $(DEV)  ## end them
	$(RUN_LAB) stop .lab/run

bench: $(DEV)  ## measure the clocks, and the scanner beside its peers: minutes; `make bench ROWS=sweep,silent` is a part
	@[ -n '$(ROWS)' ] || $(BIN)/python -m pytest tests/bench -s $(PYTEST_OPTIONS)
	@if [ "$$(id -u)" = 0 ] && ! command -v nmap >/dev/null; then apt-get install --yes --quiet --no-install-recommends nmap >/dev/null || true; fi
	PYTHONPATH=tests ROWS='$(ROWS)' $(BIN)/python -m bench

kills: $(DEV)  ## kill the watchman a thousand times a day, alone and in pairs, on both databases: minutes
	LEAKGUARD_KILLS=1000 $(BIN)/python -m pytest tests/watchman $(PYTEST_OPTIONS)

wheel: $(DEV)  ## build the wheel into dist/
	$(PIP) wheel --no-deps --wheel-dir dist .

clean:  ## remove what make made, except the virtual environment
	rm -rf dist build htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .lab/run
