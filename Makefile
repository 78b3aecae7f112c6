# Everything a person or a machine does with this repository. `make test` is what a change must pass.

# Tools and limits that a caller may replace: make SWIFT="nice swift" check
SWIFT ?= swift
SHELL := /bin/sh
.DELETE_ON_ERROR:

.PHONY: help bootstrap build demo test check format bench fuzz soak clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{ printf "%-15s %s\n", $$1, $$2 }'

bootstrap: ## installs the system packages that are missing
	@scripts/bootstrap

build: bootstrap ## one static executable: bin/claw
	@SWIFT="$(SWIFT)" scripts/build

demo: build ## builds the quickstart, brings it up, talks to it, takes it down
	@scripts/engine && scripts/base-image || [ $$? -eq 75 ]
	@if [ -x scripts/demo ]; then scripts/demo; else echo "demo: there is no scripts/demo yet"; fi

check: ## formatting, house rules, scripts, the module graph
	@SWIFT="$(SWIFT)" scripts/check

test: bootstrap ## every test; with CLAW_REQUIRE_DOCKER=1 those with a Docker engine must run
	@SWIFT="$(SWIFT)" scripts/test

format: ## rewrites the sources as `make check` wants them
	@$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests Benchmarks/Sources Fuzz/Sources

bench: build ## the figures of claw and of its peers
	@SWIFT="$(SWIFT)" scripts/bench

fuzz: ## every fuzz target for FUZZ_SECONDS (60)
	@SWIFT="$(SWIFT)" scripts/fuzz

soak: bootstrap ## the long fault loops: a process of the ledger killed SOAK_KILLS (1000) times
	@CLAW_SOAK_KILLS=$${SOAK_KILLS:-1000} $(SWIFT) test --disable-xctest --filter LedgerCommandTests

clean: ## removes what was built
	@rm -rf .build bin
