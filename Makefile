# Everything here works in a fresh clone: each target makes what it needs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLOOR := .venv-floor
NEXT := .venv-next
TIMED := $(PYTHON) tools/timed.py
# Two Spark sessions at once; tests of one file share what they make.
BOTH := --numprocesses 2 --dist loadfile
TOKENISER_TESTS := $(addprefix tests/spark/test_,engines.py key_leaks.py rotation.py token_manifest.py tokenise.py)

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/ready: pyproject.toml constraints.txt
	@echo "making $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --upgrade pip
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev --editable '.[local,cli,report]'
	@touch $@

$(FLOOR)/ready: pyproject.toml constraints-floor.txt
	@echo "making $(FLOOR)"
	@$(PYTHON) -m venv --clear $(FLOOR)
	@$(FLOOR)/bin/python -m pip install --quiet --constraint constraints-floor.txt --upgrade pip
	@$(FLOOR)/bin/python -m pip install --quiet --constraint constraints-floor.txt --group test --editable '.[local,cli,report]'
	@touch $@

# Without the extra "local": Delta has no jars for this PySpark, and would hold it back.
$(NEXT)/ready: pyproject.toml constraints-next.txt
	@echo "making $(NEXT)"
	@$(PYTHON) -m venv --clear $(NEXT)
	@$(NEXT)/bin/python -m pip install --quiet --constraint constraints-next.txt --upgrade pip
	@$(NEXT)/bin/python -m pip install --quiet --constraint constraints-next.txt --group test --editable '.[cli]' 'pyspark[connect]'
	@touch $@

# Spark sessions of tests start from it in about half the processor time.
$(VENV)/classes.jsa: tools/record_classes.py $(VENV)/ready | java
	@$(TIMED) "classes of a Spark session" -- $(BIN)/python tools/record_classes.py $@

venv: $(VENV)/ready ## Make the development environment in .venv

java: ## Find a Java runtime of 17 or newer, or install one (as root on Debian)
	@tools/java.sh

chromium: ## Find Chromium, or install it (as root on Debian)
	@tools/chromium.sh

demo: $(VENV)/ready java ## Rehearse a real collaboration on this machine
	@rm -rf build/flights build/demo
	@$(TIMED) "real data: flights and aircraft" -- $(BIN)/python examples/flights/make_data.py --output build/flights
	@$(TIMED) "rehearsal" -- $(BIN)/cleanroom-join rehearse examples/flights/collaboration.toml --data build/flights --output build/demo

tutorial: $(VENV)/ready java ## Write the tutorial as a script and a notebook, and run the script
	@rm -rf build/tutorial
	@$(TIMED) "tutorial, written" -- $(BIN)/python tools/make_tutorial.py build/tutorial
	@cd build/tutorial && ../../$(BIN)/python tutorial.py

fast: $(VENV)/ready ## Run the unit tests that answer at once: no properties, no sweeps
	@$(TIMED) "fast unit tests" -- $(BIN)/python -m pytest -q tests/unit --fast --numprocesses auto

unit: $(VENV)/ready ## Run the unit tests; they start no JVM
	@$(TIMED) "unit tests" -- $(BIN)/python -m pytest -q tests/unit --numprocesses auto

properties: $(VENV)/ready ## Run the unit tests with all examples of every property, up to 1,000
	@$(TIMED) "properties" -- env CLEANROOM_EXAMPLES=all $(BIN)/python -m pytest -q tests/unit --numprocesses auto

engines: $(VENV)/classes.jsa ## Run the tests of what Spark's engine does, in classic mode
	@$(TIMED) "engine, classic" -- $(BIN)/python -m pytest -q tests/spark -m engine $(BOTH) --spark classic

classic: $(VENV)/classes.jsa ## Run all Spark tests in classic mode
	@$(TIMED) "Spark tests, classic" -- $(BIN)/python -m pytest -q tests/spark $(BOTH) --spark classic

connect: $(VENV)/classes.jsa ## Run the Spark tests through Spark Connect, but those of many tables
	@$(TIMED) "Spark tests, Connect" -- $(BIN)/python -m pytest -q tests/spark -m "not slow" $(BOTH) --spark connect

connect-all: $(VENV)/classes.jsa ## Run all Spark tests through Spark Connect
	@$(TIMED) "all Spark tests, Connect" -- $(BIN)/python -m pytest -q tests/spark $(BOTH) --spark connect

browser: $(VENV)/ready chromium ## Look at a report with a real browser
	@$(TIMED) "reports in Chromium" -- $(BIN)/python -m pytest -q tests/browser

test: unit connect engines ## Run all tests but the long ones

long: properties connect-all classic real floor-all next ## Run everything in every mode with all examples, for half an hour and more

real: $(VENV)/classes.jsa ## Run real data, twenty releases in a row, two executors, attacks in 200 worlds
	@$(TIMED) "long tests" -- $(BIN)/python -m pytest -q tests/long $(BOTH) --spark classic
	@$(TIMED) "real data, Connect" -- $(BIN)/python -m pytest -q tests/long/test_flights.py --spark connect

floor: $(FLOOR)/ready java ## Run the tests of the engine on the oldest PySpark we support
	@$(TIMED) "floor, classic" -- $(FLOOR)/bin/python -m pytest -q tests/spark -m engine $(BOTH) --spark classic
	@$(TIMED) "floor, Connect" -- $(FLOOR)/bin/python -m pytest -q tests/spark -m engine $(BOTH) --spark connect

floor-all: $(FLOOR)/ready java ## Run all Spark tests and real data on the oldest PySpark we support
	@$(TIMED) "floor, classic" -- $(FLOOR)/bin/python -m pytest -q tests/spark tests/long/test_flights.py $(BOTH) --spark classic
	@$(TIMED) "floor, Connect" -- $(FLOOR)/bin/python -m pytest -q tests/spark tests/long/test_flights.py $(BOTH) --spark connect

next: $(NEXT)/ready java ## Run the tokeniser's Spark tests on a PySpark that Delta has no jars for
	@$(TIMED) "next, classic" -- $(NEXT)/bin/python -m pytest -q $(TOKENISER_TESTS) $(BOTH) --spark classic --without-delta
	@$(TIMED) "next, Connect" -- $(NEXT)/bin/python -m pytest -q $(TOKENISER_TESTS) $(BOTH) --spark connect --without-delta

lint: $(VENV)/ready ## Check style and types
	@$(TIMED) "ruff check" -- $(BIN)/ruff check .
	@$(TIMED) "ruff format --check" -- $(BIN)/ruff format --check .
	@$(TIMED) "mypy --strict src" -- $(BIN)/mypy --strict src

docs: $(VENV)/ready ## Build the documentation site in build/site; a broken link or an unlisted page fails
	@$(TIMED) "pages" -- $(BIN)/python tools/make_site.py build/pages
	@rm -rf build/site
	@$(TIMED) "site" -- $(BIN)/zensical build --strict --clean

wheel: $(VENV)/ready ## Build the wheel and try it alone in an empty environment
	@rm -rf dist
	@$(TIMED) "build" -- $(BIN)/python -m build --outdir dist .
	@$(TIMED) "wheel alone" -- $(BIN)/python tools/check_wheel.py dist/*.whl

vectors: $(VENV)/ready ## Check that generated pages and vectors are what is generated
	@$(BIN)/python tools/make_countries.py --check
	@$(BIN)/python tools/make_spec.py --check
	@$(BIN)/python tools/make_contract_reference.py --check
	@$(BIN)/python tools/make_perturbation.py --check
	@$(BIN)/python tools/make_vectors.py --check
	@$(BIN)/python src/cleanroom_join/tokens/vectors/verify_token_v1.py src/cleanroom_join/tokens/vectors/token_v1.json

check: lint vectors unit wheel ## Everything that needs no Spark

bench: $(VENV)/ready java ## Rehearse examples/fraud at 2,000,000 x 200,000 rows
	@$(TIMED) "benchmark" -- $(BIN)/python benchmarks/fraud.py

bench-tokenise: $(VENV)/ready java ## Measure tokenising against a plain hash and pandas UDFs
	@$(TIMED) "benchmark" -- $(BIN)/python benchmarks/tokenise.py

bench-guard: $(VENV)/ready java ## Time a guarded release against the plain query, up to 16 M x 4 M rows
	@$(TIMED) "benchmark" -- $(BIN)/python benchmarks/guard.py

bench-audit: $(VENV)/ready ## Time the linear-programming audit on 5,000 cells with totals
	@$(TIMED) "benchmark" -- $(BIN)/python benchmarks/audit.py

bench-utility: $(VENV)/ready java ## Measure how much of the examples the guard publishes
	@$(TIMED) "benchmark" -- $(BIN)/python benchmarks/utility.py

bench-loss: $(VENV)/ready ## Measure what the guard loses of twelve tables, and which step took it
	@$(TIMED) "benchmark" -- $(BIN)/python -m benchmarks.loss

bench-reconstruction: $(VENV)/ready ## Measure how many values an attacker reconstructs within the budget
	@$(TIMED) "benchmark" -- $(BIN)/python benchmarks/reconstruction.py

bench-revocation: $(VENV)/ready java ## Time the deletion of few subjects from 20 M rows against a plain MERGE
	@$(TIMED) "benchmark" -- $(BIN)/python benchmarks/revocation.py

doctor: $(VENV)/ready java ## Plant 38 faults and show what the match doctor says
	@$(TIMED) "match doctor" -- $(BIN)/python benchmarks/doctor.py

clean: ## Remove what the other targets made
	@rm -rf $(VENV) $(FLOOR) $(NEXT) build dist

.PHONY: help venv java chromium demo tutorial fast unit properties browser engines classic connect connect-all real long test floor floor-all next lint docs wheel vectors check bench bench-tokenise bench-guard bench-audit bench-utility bench-loss bench-reconstruction bench-revocation doctor clean
