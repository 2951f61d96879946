# Every target makes the environment it needs; nothing has to be installed by hand.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BENCH ?= ../shared
# Exact versions of everything that is installed; `make LOCK=` takes what is newest within the ranges.
LOCK ?= requirements-ci.lock
CONSTRAIN := $(if $(LOCK),-c $(LOCK))

.PHONY: demo test test-slow test-interop interop-libraries check fuzz gate train format docs bench clean

$(STAMP): pyproject.toml setup.py $(LOCK) $(wildcard scrubkit/kernels/*.pyx scrubkit/kernels/*.h)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(CONSTRAIN) -e ".[dev,docs]"
	touch $@

demo: $(STAMP)
	$(BIN)/python scripts/demo.py

test: $(STAMP)
	$(BIN)/python -m pytest -q -n 2 -m "not slow and not bench and not interop"

test-slow: $(STAMP)
	SCRUBKIT_BENCH=$(abspath $(BENCH))/bench $(BIN)/python -m pytest -q -m "(slow or bench) and not interop"

# The real libraries of others that we work with. Of dolma only its compiled mixer is tried, so not what it depends on.
interop-libraries: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[interop]"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps dolma

test-interop: $(STAMP)
	$(BIN)/python -m pytest -q -m interop tests

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) docs

docs: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

# Fuzzing with coverage feedback, so many seconds for each of the targets. The short run tries the same each time;
# FUZZ_SECONDS=600 FUZZ_SEED=0 makes a long one that looks for what is new.
FUZZ_SECONDS ?= 10
FUZZ_SEED ?= 1
fuzz: $(STAMP)
	$(BIN)/python -c "import atheris" 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[fuzz]"
	$(BIN)/python fuzz/run.py --seconds $(FUZZ_SECONDS) --seed $(FUZZ_SEED)

gate: $(STAMP)
	$(BIN)/python benchmarks/gate.py $(BENCH)

# Trains both block models anew, deterministically: files, model cards, and the floors of the gate.
train: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[train]"
	$(BIN)/python training/html_model.py $(BENCH)/bench
	$(BIN)/python -m training.text_model $(BENCH)/bench
	$(BIN)/python benchmarks/gate.py $(BENCH) --update

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf build dist out site *.egg-info scrubkit/kernels/*.so scrubkit/kernels/*.c
