# What one can do here; `make` alone lists it. Every target says what it does as it goes.

SHELL := /bin/bash
PYTHON := .venv/bin/python
SOURCES := Package.swift Sources Tests Benchmarks Fuzz
# So many tests at once: hundreds that all ask the one local stand-in for AWS would starve each other on a small machine.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 4
say = @printf '\n\033[1m%s\033[0m\n' "==> $(1)"

.DEFAULT_GOAL := help
.PHONY: help setup build demo test test-faults test-spark bench lint format release clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing: Debian packages, and Python packages into .venv
	@Scripts/setup

build: setup ## build the debug binary: .build/debug/parapet
	$(call say,Building parapet and its tests)
	swift build --build-tests

demo: setup ## scan the sample account on a local stand-in for AWS, and hunt in its logs; SERVE=1 ends with the page open
	$(call say,Building parapet)
	swift build --product parapet
	@SERVE=$(SERVE) Scripts/demo

test: build ## run every test, against a local stand-in for AWS where a test needs one
	$(call say,Checking that the signing fixtures are what botocore signs)
	$(PYTHON) Tests/Support/python/sign_fixtures.py --check
	$(call say,Running the tests)
	@Scripts/test

test-faults: build ## try every fault of every call and file, of which 'make test' tries a sample (many minutes)
	$(call say,Trying every fault)
	@PARAPET_FAULTS=all Scripts/test --filter 'Sweep|Fault|Kill|Hostile|FixTests'

test-spark: build ## compare hunts on a real Spark server with hunts on this machine (pyspark, 460 MB; SPARK_MB= of each log)
	$(call say,Comparing hunts with Spark)
	@Scripts/test-spark

bench: setup ## measure side by side, in one run: ratios to the floor or to another tool (PYTHON= one with chdb and duckdb)
	$(call say,Building for release)
	swift build -c release
	$(call say,Scan)
	@Benchmarks/scan/run
	$(call say,Verify)
	@Benchmarks/verify/run
	$(call say,Access)
	@Benchmarks/access/run
	$(call say,Hunt: CloudTrail)
	@Benchmarks/hunt/run
	$(call say,Hunt: flow and access logs)
	@Benchmarks/hunt-flow/run

lint: ## check the style of the Swift sources, and that the scripts compile
	$(call say,Checking the style of $(SOURCES))
	swift format lint --strict --recursive $(SOURCES)
	$(call say,Compiling the Python and shell scripts without running them)
	PYTHONPYCACHEPREFIX=.build/python-cache python3 -m compileall -q -f Examples Scripts Tests
	for script in .ci/run $$(grep -lE '^#!.*\bbash' Scripts/* Benchmarks/*/* Fuzz/run Fuzz/*/more-seeds); do bash -n "$$script" || exit 1; done

format: ## rewrite the Swift sources in the style that lint checks
	swift format --in-place --recursive $(SOURCES)

release: setup ## build a stripped binary that needs nothing but the C library at run time
	$(call say,Building for release with all libraries inside)
	@Scripts/static-libraries .build/static-libraries
	swift build -c release --static-swift-stdlib --product parapet -Xlinker -L$(CURDIR)/.build/static-libraries
	@Scripts/package-release

clean: ## remove what was built and written: .build, .venv, .venv-spark, demo-out
	$(call say,Removing .build .venv .venv-spark demo-out)
	rm -rf .build .venv .venv-spark demo-out
