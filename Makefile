# fromzero: every target sets up what it needs and says what it does.
#
# Budgets (wall clock, 2 cores, from empty caches):
#   test          12 minutes, of which the linters' build takes 4
#   verify        20 minutes, of which
#     plain        3   dlkit without lowerings, on lesser processors, without simd
#     setup        5   kernel tools, Jupyter, warm build cache
#     data         3   tests on the full data sets
#     kernel       2   tests that drive the real GoNB kernel and Jupyter
#     xla          5   dlkit's tests on XLA, and a cell on its kernel
#     lessons      3   every English notebook executed, with less training
#     onnx         2   exported models in ONNX Runtime, where pip brings it
#     browser      3   all lessons' charts looked at in headless Chromium
#   verify-full   hours; each long training can be resumed

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
export GOFLAGS := $(strip $(filter-out -buildvcs=false,$(GOFLAGS)) -buildvcs=false)

BIN := $(CURDIR)/bin
FROMZERO := $(BIN)/fromzero
LINT := $(BIN)/lint
CHECKED := $(BIN)/verify
PKGS := ./...

# A run of tests that must not skip any: its output goes through this.
no-skips = tee $(CHECKED)/$(1).log; if grep -E '^ *--- SKIP' $(CHECKED)/$(1).log; then echo "tests that verify needs were skipped"; exit 1; fi

.PHONY: help go build setup doctor notebook notebooks test fmt vet lint cells unit \
	verify verify-setup verify-lowerings verify-plain verify-data verify-kernel verify-xla verify-xla-full \
	verify-lessons verify-lessons-full verify-onnx verify-browser verify-docker verify-full bench bench-data bench-lowerings microbench clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

go:
	@command -v go >/dev/null || { echo "Go is not installed: get it from https://go.dev/dl/ (1.21 or newer will do, it fetches 1.27 by itself), then run make again."; exit 1; }

build: go ## the fromzero program, as bin/fromzero
	@echo "== building bin/fromzero"
	@mkdir -p $(BIN)
	@go build -o $(FROMZERO) ./cmd/fromzero

setup: build ## Jupyter, the Go kernel and its tools (SETUP_ARGS=...)
	@$(FROMZERO) setup $(SETUP_ARGS)

doctor: build ## what is installed, what is missing
	@$(FROMZERO) doctor

notebook: build ## open the course in Jupyter (NOTEBOOK_ARGS=--no-browser)
	@exec $(FROMZERO) notebook $(NOTEBOOK_ARGS)

# Executed in copies, so that nothing kept from an earlier run is shown, and a
# failed run leaves the notebook as it is.
notebooks: build ## write the notebooks from their sources, and execute them
	@$(FROMZERO) setup --no-jupyter
	@go run ./notebooks/generate
	@rm -rf $(BIN)/notebooks; shopt -s nullglob; for n in notebooks/??/*.ipynb; do \
		copy="$(BIN)/$$n"; mkdir -p "$${copy%/*}"; cp "$$n" "$$copy"; \
		$(FROMZERO) run --static --timeout 1h --out "$$copy.done" "$$copy"; mv "$$copy.done" "$$n"; \
	done

# ---- checks that need neither data sets nor Jupyter

test: fmt vet lint cells unit ## formatting, linters, unit tests
	@echo "== test: all passed"

fmt: go
	@echo "== gofmt"
	@out=$$("$$(go env GOROOT)"/bin/gofmt -l $$(git ls-files '*.go')); test -z "$$out" || { echo "not formatted, run gofmt -w on:"; echo "$$out"; exit 1; }

vet: go
	@echo "== go vet"
	@go vet $(PKGS)
	@cd tools/browser && GOWORK=off go vet ./...

# The linters are a module of their own; they are built again when it changes.
$(LINT)/.done: tools/lint/go.mod tools/lint/go.sum
	@echo "== building the linters (a few minutes the first time)"
	@mkdir -p $(LINT)
	@cd tools/lint && GOWORK=off GOBIN=$(LINT) go install tool
	@touch $@

lint: go $(LINT)/.done
	@echo "== staticcheck"
	@$(LINT)/staticcheck $(PKGS)
	@echo "== golangci-lint"
	@$(LINT)/golangci-lint run --timeout 10m $(PKGS)

cells: go
	@echo "== notebooks: up to date, and every cell type-checks"
	@go run ./notebooks/generate -check -vet

unit: go
	@echo "== go test"
	@env -u FROMZERO_DATA go test $(TEST_ARGS) $(PKGS)

# ---- checks on the real data, with the real kernel, in a real browser

verify: verify-lowerings verify-plain verify-setup verify-data verify-kernel verify-xla verify-onnx verify-lessons verify-browser ## real data, kernel, XLA and browser
	@echo "== verify: all passed"

# With the operations that every backend has, instead of those that dlkit writes
# by hand for the Go backend.
verify-lowerings: go
	@echo "== verify: models without hand-written lowerings"
	@FROMZERO_PLAIN_OPS=1 go test -count=1 ./dlkit

# What computes must do so on any processor and in any build. The first two are
# simulated: Go switches off for itself what GODEBUG names.
NUMERIC := ./tensor/... ./datasets/... ./dlkit/...
verify-plain: go
	@if grep -qs avx2 /proc/cpuinfo; then \
		echo "== verify: on a processor without AVX-512"; \
		env -u FROMZERO_DATA FROMZERO_MAX_VECTORS=256 GODEBUG=cpu.avx512f=off go test -count=1 $(NUMERIC); \
		echo "== verify: on a processor without AVX"; \
		env -u FROMZERO_DATA FROMZERO_MAX_VECTORS=0 GODEBUG=cpu.avx512f=off,cpu.avx2=off,cpu.avx=off,cpu.fma=off go test -count=1 $(NUMERIC); fi
	@echo "== verify: built without GOEXPERIMENT=simd"
	@env -u FROMZERO_DATA FROMZERO_MAX_VECTORS=0 GOEXPERIMENT=nosimd go test -count=1 $(NUMERIC)

verify-setup: build
	@echo "== verify: setup"
	@mkdir -p $(CHECKED)
	@$(FROMZERO) setup --jupyter=private
	@$(FROMZERO) doctor

verify-data: build
	@echo "== verify: full data sets"
	@mkdir -p $(CHECKED)
	@$(FROMZERO) fetch mnist cifar-10 imdb waimai titanic adult penguins california-housing
	@export FROMZERO_DATA="$$($(FROMZERO) fetch --where)" FROMZERO_REQUIRE_DATA=1; \
	go test -count=1 ./datasets/...; \
	go test -count=1 -v -run Real ./examples/... | $(call no-skips,data)

verify-kernel: verify-setup
	@echo "== verify: the kernel"
	@FROMZERO_REQUIRE_KERNEL=1 go test -count=1 -v -run Real -skip XLA ./kernel/setup | $(call no-skips,kernel)

# A plugin that cannot be downloaded is passed over with a line, unless
# FROMZERO_MUST_INSTALL_XLA is set, as in .ci/run.
verify-xla: verify-setup
	@echo "== verify: models on XLA"
	@if $(FROMZERO) setup --xla >$(CHECKED)/xla-setup.log 2>&1; then \
		cat $(CHECKED)/xla-setup.log; bash tools/verify-xla.sh; \
		FROMZERO_REQUIRE_KERNEL=1 FROMZERO_REQUIRE_XLA=1 go test -count=1 -v -run XLAKernel ./kernel/setup | $(call no-skips,xla-kernel); \
	elif test -z "$${FROMZERO_MUST_INSTALL_XLA:-}" && grep "XLA's plugin could not be downloaded" $(CHECKED)/xla-setup.log; then \
		echo "skipped: no XLA here"; \
	else cat $(CHECKED)/xla-setup.log; exit 1; fi

verify-xla-full: verify-setup
	@echo "== verify: models on XLA, compiled as for users"
	@$(FROMZERO) setup --xla
	@XLA_FLAGS= bash tools/verify-xla.sh

ONNX_VENV := $(BIN)/onnx-venv
verify-onnx: go
	@echo "== verify: exported models in ONNX Runtime"
	@mkdir -p $(CHECKED)
	@test -e $(ONNX_VENV)/.done || { rm -rf $(ONNX_VENV); python3 -m venv $(ONNX_VENV) && \
		timeout 120 $(ONNX_VENV)/bin/pip install -q --disable-pip-version-check -r dlkit/onnx/testdata/requirements.txt && touch $(ONNX_VENV)/.done; } || true
	@if test -e $(ONNX_VENV)/.done; then \
		FROMZERO_ONNX_PYTHON=$(ONNX_VENV)/bin/python go test -count=1 -v -run Real ./dlkit/onnx | $(call no-skips,onnx); \
	else echo "skipped: pip cannot fetch onnxruntime here"; fi

# In copies: what a lesson writes and keeps must not come from an earlier run.
# FROMZERO_QUICK=1 is what cuts long trainings short; see the lessons' first cells.
verify-lessons: verify-setup
	@echo "== verify: lessons"
	@rm -rf $(CHECKED)/lessons && mkdir -p $(CHECKED)/lessons/executed
	@shopt -s nullglob; cp notebooks/en/*.ipynb $(CHECKED)/lessons/; \
	for n in $(CHECKED)/lessons/*.ipynb; do \
		$(FROMZERO) run -e FROMZERO_QUICK=1 --out "$(CHECKED)/lessons/executed/$${n##*/}" "$$n"; \
	done

verify-lessons-full: verify-setup
	@echo "== verify: lessons in full, in both languages"
	@rm -rf $(CHECKED)/lessons-full; for n in notebooks/??/*.ipynb; do \
		copy="$(CHECKED)/lessons-full/$$n"; mkdir -p "$${copy%/*}"; cp "$$n" "$$copy"; \
		$(FROMZERO) run --timeout 1h "$$copy"; \
	done

verify-browser: verify-lessons
	@echo "== verify: charts in a browser"
	@if ! command -v chromium chromium-browser google-chrome >/dev/null && command -v apt-get >/dev/null && test "$$(id -u)" = 0; then \
		echo "installing Chromium"; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; fi
	@if command -v chromium chromium-browser google-chrome >/dev/null; then \
		export FROMZERO_REQUIRE_BROWSER=1 FROMZERO_EXECUTED=$(CHECKED)/lessons/executed; \
		cd tools/browser && GOWORK=off go test -count=1 -v . | $(call no-skips,browser); \
	else echo "skipped: Chromium is not installed, and installing it takes root on Debian"; fi

verify-docker: go ## build the image with buildah and try it without network (root; 10 minutes)
	@echo "== verify: the image"
	@bash docker/check.sh $(BIN)/docker

verify-full: verify verify-xla-full verify-lessons-full verify-docker ## the long trainings too; results go into RESULTS.md
	@bash tools/results.sh

bench: go ## dlkit beside PyTorch and Keras, into BENCHMARKS.md (BENCH_ARGS=-quick to try)
	@go run ./bench $(if $(BENCH_ARGS),$(BENCH_ARGS),-write)

bench-data: go ## datasets beside pandas, torchvision and Keras, into BENCHMARKS.md (BENCH_ARGS=-only=csv to try)
	@export FROMZERO_DATA="$$(go run ./cmd/fromzero fetch --where)"; \
	go run ./bench/data $(if $(BENCH_ARGS),$(BENCH_ARGS),-write)

microbench: go $(LINT)/.done ## Go's benchmarks, summed up by benchstat (BENCH_ARGS=...)
	@go test -run '^$$' -bench . -count 5 $(BENCH_ARGS) $(PKGS) | tee $(BIN)/bench.txt
	@$(LINT)/benchstat $(BIN)/bench.txt

# Before and after what dlkit computes by hand instead of by the backend's own
# operations.
bench-lowerings: go $(LINT)/.done ## Go's benchmarks without and with dlkit's own lowerings, compared by benchstat
	@echo "== the backend's own operations"
	@FROMZERO_PLAIN_OPS=1 go test -run '^$$' -bench '^Benchmark(Train|PredictOne)$$' -count 6 -benchtime 0.3s ./dlkit > $(BIN)/plain.txt
	@echo "== dlkit's lowerings"
	@go test -run '^$$' -bench '^Benchmark(Train|PredictOne)$$' -count 6 -benchtime 0.3s ./dlkit > $(BIN)/lowered.txt
	@$(LINT)/benchstat $(BIN)/plain.txt $(BIN)/lowered.txt

clean: ## what make has built here
	@rm -rf $(BIN)
