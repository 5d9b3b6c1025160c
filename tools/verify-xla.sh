#!/usr/bin/env bash
# dlkit's tests on XLA: all of them, but for those that dlkit/main_test.go lists
# with the reason. Where a test compares with Keras, it runs on pure Go as well.
# Nearly all of the time is XLA compiling thousands of tiny programs, so that
# several processes share the tests, and the compiler is told to optimize less.
# With XLA_FLAGS= in the environment it compiles as it does for users.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export FROMZERO_REQUIRE_XLA=1 CGO_ENABLED=1 XLA_FLAGS=${XLA_FLAGS---xla_backend_optimization_level=0}
unset GOMLX_BACKEND
export tests=$PWD/bin/verify/dlkit-xla.test
mkdir -p "${tests%/*}"
go test -c -tags xla -o "$tests" ./dlkit
cd dlkit

# some runs the tests with the given names, and shows what they say if it is
# more than that they pass.
some() {
	local out names code=0
	names=$(echo "$*" | tr ' ' '|')
	out=$("$tests" -test.timeout 30m -test.run "^($names)\$" 2>&1) || code=1
	test "$out" = PASS || echo "$out"
	return $code
}
export -f some
"$tests" -test.list '^(Test|Example)' | xargs -n 6 -P "$(nproc)" bash -c 'some "$@"' _ ||
	{ echo "tests of dlkit fail on XLA"; exit 1; }
echo "ok  	dlkit, $(nproc) processes, XLA_FLAGS=$XLA_FLAGS"
cd ..
go test -count=1 -tags xla ./dlkit/onnx ./dlkit/xla/... ./dlkit/internal/...
