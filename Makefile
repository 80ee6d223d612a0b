# Two commands on a fresh machine: `make serve` and `make test`. Everything else is a part of them.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BUILD_INPUTS := requirements.lock pyproject.toml $(wildcard geo_service/render/assets/*)

.PHONY: serve test check unit system bench clean lock

serve: $(READY)
	@mkdir -p .demo
	$(BIN)/geo-service demo --serve --port $(PORT) --store .demo/demo.sqlite

test: $(READY) system check unit

# What reads the code: style, types, the floors of the house.
check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# What runs the code. ARGS narrows it: make unit ARGS="tests/crs -k gcj"
unit: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

# Debian packages that the tests drive: a browser, a Chinese font, PostgreSQL with PostGIS.
system:
	sh .ci/system-packages

bench: $(READY)
	$(BIN)/python -m pytest tests/benchmarks -p no:xdist -s -o python_files='bench_*.py'

$(READY): $(BUILD_INPUTS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "geo_service needs Python 3.11 or newer; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

# After a change of dependencies in pyproject.toml (needs uv): pins and hashes for every platform.
lock:
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-annotate --no-header --output-file requirements.lock

clean:
	rm -rf $(VENV) .demo build dist geo_service/render/static/vendor
