.PHONY: test theory parity faults lint types bench notebooks experiments findings cluster all

PYTHON ?= python

test:
	$(PYTHON) -m pytest

theory:
	$(PYTHON) -m pytest -m slow

parity:
	$(PYTHON) -m pytest tests/parity -m "parity or not parity"

faults:
	$(PYTHON) tests/parity/faults.py

lint:
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .

types:
	$(PYTHON) -m mypy

bench:
	rm -f .benchmarks/figures.json
	$(PYTHON) -m pytest tests/benchmarks -m benchmark
	$(PYTHON) tests/benchmarks/report.py

notebooks:
	CXSIM_FAST=1 $(PYTHON) -m pytest --nbmake --nbmake-timeout=120 notebooks

experiments:
	for place in experiments/*/run.py; do $(PYTHON) -m experiments.$$(basename $$(dirname $$place)).run || exit 1; done

findings:
	$(PYTHON) -m experiments.check

cluster:
	$(PYTHON) -m pytest tests/cluster -m cluster

all: test lint types theory notebooks
