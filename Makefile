# fromzero: every target sets up what it needs and says what it does.
#
# Budgets (wall clock, 2 cores, from empty caches):
#   test        12 minutes
#   verify      15 minutes, of which
#     setup      5   kernel tools, Jupyter, warm build cache
#     kernel     3   tests that drive the real GoNB kernel
#     lessons    4   every notebook executed on the full data
#     browser    3   charts looked at in headless Chromium
#   verify-full  hours; each long training can be resumed

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Go 1.27 is wanted. An older go command fetches that toolchain by itself when
# told to; a newer one, or a toolchain that the user chose, is left alone.
GO_VERSION := $(shell cd / && go env GOVERSION 2>/dev/null)
GO_OLD := $(shell echo '$(GO_VERSION)' | sed 's/^devel //; s/^go//' | awk -F'[.-]' '{ if ($$1 + 0 < 1 || ($$1 == 1 && $$2 + 0 < 27)) print "old" }')
ifeq ($(GO_OLD),old)
export GOTOOLCHAIN := go1.27.3
endif
# The pure-Go backend uses its AVX kernels only when built with this.
export GOEXPERIMENT ?= simd
# A checkout owned by another user must build too.
export GOFLAGS := $(filter-out -buildvcs=false,$(GOFLAGS)) -buildvcs=false

BIN := $(CURDIR)/bin
FROMZERO := $(BIN)/fromzero
# The packages of this module that exist so far.
PKGS := ./...

.PHONY: help go setup doctor notebook test fmt-check vet lint unit verify verify-setup verify-kernel verify-lessons verify-browser verify-full bench build

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

go:
	@command -v go >/dev/null || { echo "Go is not installed: get it from https://go.dev/dl/ (1.24 or newer will do; it fetches 1.27 itself), then run make again."; exit 1; }

build: go ## the fromzero program, in bin/
	@echo "== building bin/fromzero"
	@mkdir -p $(BIN) && go build -o $(FROMZERO) ./cmd/fromzero

setup: build ## Jupyter, the Go kernel and its tools (SETUP_ARGS=...)
	@$(FROMZERO) setup $(SETUP_ARGS)

doctor: build ## what is installed, what is missing
	@$(FROMZERO) doctor

notebook: build ## open the course in Jupyter (NOTEBOOK_ARGS=--no-browser)
	@exec $(FROMZERO) notebook $(NOTEBOOK_ARGS)

test: fmt-check vet lint unit ## everything that needs no network data, no Jupyter

fmt-check: go
	@echo "== gofmt"
	@out=$$($$(go env GOROOT)/bin/gofmt -l $$(git ls-files '*.go')); test -z "$$out" || { echo "not formatted, run gofmt -w on:"; echo "$$out"; exit 1; }

vet: go
	@echo "== go vet"
	@go vet $(PKGS)

# The linters are a module of their own; their programs land in bin/lint and
# are built again only when that module changes.
LINT := $(BIN)/lint
$(LINT)/.done: tools/lint/go.mod tools/lint/go.sum
	@echo "== building the linters (a few minutes the first time)"
	@mkdir -p $(LINT) && cd tools/lint && GOWORK=off GOBIN=$(LINT) go install tool && touch $@

lint: go $(LINT)/.done
	@echo "== staticcheck"
	@$(LINT)/staticcheck $(PKGS)
	@echo "== golangci-lint"
	@$(LINT)/golangci-lint run --timeout 10m $(PKGS)

unit: go
	@echo "== go test"
	@go test $(TEST_ARGS) $(PKGS)

verify: verify-setup verify-kernel verify-lessons verify-browser ## real data, real kernel, real browser
	@echo "== verify: all passed"

verify-setup: build
	@echo "== setup"
	@$(FROMZERO) setup
	@$(FROMZERO) doctor

verify-kernel: go
	@echo "== tests with the real kernel"
	@FROMZERO_REQUIRE_KERNEL=1 go test -count=1 -v -run Real ./kernel/...

verify-lessons: build
	@echo "== lessons"
	@shopt -s nullglob; for n in notebooks/en/*.ipynb; do $(FROMZERO) run "$$n"; done

verify-browser: build
	@echo "== browser"

verify-full: verify ## the long trainings too; results go into RESULTS.md

bench: go $(LINT)/.done ## benchmarks, summed up by benchstat
	@go test -run '^$$' -bench . -count 5 $(BENCH_ARGS) $(PKGS) | tee $(BIN)/bench.txt
	@$(LINT)/benchstat $(BIN)/bench.txt
