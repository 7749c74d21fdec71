# What people who work on FastPubSub run. "make" lists the targets.
#
# Tools are pinned here and built by "go run" from the module cache, so that
# nothing but Go, a C compiler (race detector), curl (documentation samples),
# cargo (documentation, SDK for Rust), Maven and dotnet (SDKs for Java and C#) has
# to be installed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

BUF         := go run github.com/bufbuild/buf/cmd/buf@v1.75.0
STATICCHECK := go run honnef.co/go/tools/cmd/staticcheck@v0.8.2

# Go packages and the folders that hold hand-written Go.
PACKAGES   ?= ./...
GO_FOLDERS := conformance docs sdk-go server

# Time given to each fuzz target, and which benchmarks run for how long.
FUZZTIME  ?= 10s
BENCH     ?= .
BENCHTIME ?= 1s
BENCHCOUNT ?= 1

# Parts that must not be left out when their tool is missing, separated by
# spaces: REQUIRE="docs sdk-rust". Without it a missing tool is reported as
# NOT_RUN.
REQUIRE ?=
export REQUIRE

# The SDKs in other languages than Go. Each has generate.sh, which regenerates its
# part of the contract, and check.sh, which checks everything in its folder.
SDKS            := $(filter-out sdk-go,$(wildcard sdk-*))
TOOL_sdk-rust   := cargo
TOOL_sdk-java   := mvn
TOOL_sdk-csharp := dotnet

# $(call sdk_script,FOLDER,SCRIPT) runs a script of an SDK if its tool is there.
define sdk_script
if command -v $(TOOL_$(1)) >/dev/null; then $(1)/$(2); else \
	echo "NOT_RUN: $(1)/$(2): $(TOOL_$(1)) is not installed" >&2; [[ " $$REQUIRE " != *" $(1) "* ]]; fi
endef

# What the contract must stay compatible with: a compiled copy of it, checked in,
# that only "make contract-baseline" replaces.
CONTRACT_BASELINE := proto/baseline.binpb

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

## Build

.PHONY: build
build: ## Build bin/fastpubsub; its version comes from git
	go build -trimpath -buildvcs=auto -o bin/fastpubsub ./server/cmd/fastpubsub

.PHONY: docs
docs: ## Build the book into docs/book (mdBook 0.5)
	docs/build.sh

.PHONY: clean
clean: ## Remove what build and docs made
	rm -rf bin docs/book

## Generated code

.PHONY: generate
generate: generate-proto generate-go $(SDKS:%=generate-%) ## Regenerate everything that is generated and checked in

.PHONY: generate-proto
generate-proto: ## Check the contract's format and regenerate its code
	$(BUF) format --diff --exit-code
	$(BUF) lint
	$(BUF) generate

.PHONY: generate-go
generate-go: ## Run the go:generate directives: OpenAPI document, reference pages
	go generate $(PACKAGES)

.PHONY: $(SDKS:%=generate-%)
$(SDKS:%=generate-%): generate-%: generate-proto
	@$(call sdk_script,$*,generate.sh)

# A fingerprint of the working tree: changes of tracked files and the content of
# files that are neither tracked nor ignored.
define fingerprint
{ git diff HEAD; git ls-files --others --exclude-standard -z | xargs -0 -r sha256sum; } | sha256sum
endef

.PHONY: check-generated
check-generated: ## Fail when "make generate" changes anything
	@before=$$($(fingerprint)); $(MAKE) generate; after=$$($(fingerprint)); \
	if [[ $$before != "$$after" ]]; then \
		git --no-pager diff --stat; git status --short; \
		echo 'generated code is stale: commit what "make generate" has just changed' >&2; exit 1; \
	fi

.PHONY: contract-baseline
contract-baseline: ## At a release: take the contract as what the next ones stay compatible with
	$(BUF) build --exclude-source-info --path proto/fastpubsub/v1 -o $(CONTRACT_BASELINE)

## Checks

.PHONY: test
test: fmt-check vet staticcheck proto-check check-generated docs test-sdks test-go test-costs test-conformance test-mutations ## Everything that CI checks

.PHONY: lint
lint: fmt-check vet staticcheck proto-check ## All checks that run nothing

.PHONY: fmt
fmt: ## Format Go and the contract
	gofmt -w $(wildcard $(GO_FOLDERS))
	$(BUF) format --write

.PHONY: fmt-check
fmt-check: ## Fail when Go is not formatted
	@unformatted=$$(gofmt -l $(wildcard $(GO_FOLDERS))); \
	if [[ -n $$unformatted ]]; then echo "not formatted, run \"make fmt\":"; echo "$$unformatted"; exit 1; fi >&2

.PHONY: vet
vet: ## go vet
	go vet $(PACKAGES)

.PHONY: staticcheck
staticcheck: ## staticcheck, with the checks of staticcheck.conf
	$(STATICCHECK) $(PACKAGES)

.PHONY: proto-check
proto-check: ## Contract: format, lint, compatibility with the last release
	$(BUF) format --diff --exit-code
	$(BUF) lint
	$(BUF) breaking --against $(CONTRACT_BASELINE)

.PHONY: test-go
test-go: ## All Go tests with the race detector: packages, repository rules, samples
	@mkdir -p bin
	go test -race -count=1 -timeout 15m -json $(PACKAGES) | go run ./conformance/internal/testsummary -write bin/test-summary.txt

# The race detector allocates and holds more, so bounds are wide with it.
.PHONY: test-costs
test-costs: ## Allocations, system calls and bytes per connection, within their bounds without the race detector
	go test -count=1 -run 'Allocat|WritesPer|IdleConnectionMemory|IdleSessionMemory' ./server/internal/... ./sdk-go/... | grep -v -e 'no test files' -e 'no tests to run'
	go test -count=1 ./server/internal/transport/socket # its system calls are others without the race detector

# They wait a good deal, for processes and for time that must pass.
.PHONY: test-sdks
test-sdks: ## Everything of the SDKs for other languages than Go, two side by side
	@$(MAKE) --keep-going --jobs 2 --output-sync=target $(SDKS:%=test-%)

.PHONY: $(SDKS:%=test-%)
$(SDKS:%=test-%): test-%:
	@$(call sdk_script,$*,check.sh)

# How many SDKs, or pairs of them, run at a time. Cases wait most of the time.
LINE_UPS ?= 4

.PHONY: conformance
conformance: ## Every SDK against the server, over both transports; reports in bin/conformance
	go run ./conformance/cmd/conformance --parallel $(LINE_UPS)

.PHONY: interop
interop: ## Every ordered pair of SDKs; reports in bin/conformance
	go run ./conformance/cmd/conformance --interop --parallel $(LINE_UPS)

.PHONY: mutate
mutate: ## Deliberate faults, each of which must make a conformance case fail; reports in bin/mutate
	go run ./conformance/cmd/mutate

# The outcomes that the book shows.
CONFORMANCE_DOCS := docs/conformance

# $(call compare_outcomes,FOLDER,NAMES) fails when the book shows other outcomes than
# the reports in a folder.
define compare_outcomes
for name in $(2); do \
	if grep -q NOT_RUN $(1)/$$name.md; then echo "NOT_RUN: the book's $$name.md is not compared: not every SDK was run" >&2; \
	elif ! diff -u $(CONFORMANCE_DOCS)/$$name.md $(1)/$$name.md; then \
		echo "the book shows other outcomes: run \"make conformance-docs\" and commit what it changes" >&2; exit 1; \
	fi; \
done
endef

.PHONY: test-conformance
test-conformance: ## The matrix and the pairs, and that the book shows their outcomes
	@status=0; $(MAKE) conformance || status=1; $(MAKE) interop || status=1; exit $$status
	@$(call compare_outcomes,bin/conformance,conformance interop)

.PHONY: test-mutations
test-mutations: mutate ## The deliberate faults, and that the book shows what became of them
	@$(call compare_outcomes,bin/mutate,mutations)

.PHONY: conformance-docs
conformance-docs: conformance interop mutate ## Run everything and put the outcomes into the book
	@mkdir -p $(CONFORMANCE_DOCS)
	cp bin/conformance/conformance.md bin/conformance/interop.md bin/mutate/mutations.md $(CONFORMANCE_DOCS)

.PHONY: load-test
load-test: ## A quick look at each workload, without other servers
	go run ./server/internal/loadtest -rounds 1 -scale 10 -index=false -systems 'llps.v1,session WebSocket,session gRPC,WebSocket echo'

# About twenty minutes on a machine that does nothing else; two CPUs at least.
.PHONY: bench
bench: ## Speed side by side with nats-server and Redis; goals; figures in bin/benchmark.json
	go run ./server/internal/loadtest -json bin/benchmark.json

.PHONY: bench-page
bench-page: ## Write the pages of docs/src/performance from bin/benchmark.json
	go run ./server/internal/loadtest page -json bin/benchmark.json -into docs/src/performance

.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME (10s)
	@go test -list '^Fuzz' $(PACKAGES) | awk '/^Fuzz/ { names[++n] = $$1 } /^ok/ { for (i = 1; i <= n; i++) print $$2, names[i]; n = 0 }' | \
	while read -r package target; do \
		echo "$$package $$target"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$package"; \
	done

.PHONY: bench-go
bench-go: ## Go benchmarks; BENCH, BENCHTIME and PACKAGES choose; BENCHCOUNT=10 gives benchstat its samples
	go test -run '^$$' -bench '$(BENCH)' -benchtime $(BENCHTIME) -count $(BENCHCOUNT) -benchmem $(PACKAGES)

.PHONY: bench-sdk
bench-sdk: ## The four SDKs side by side: delay, throughput, CPU, memory; SDKBENCH passes flags on
	go run ./conformance/cmd/bench-sdk $(SDKBENCH)
