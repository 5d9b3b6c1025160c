#!/usr/bin/env bash
# The long trainings, one after another, and RESULTS.md made of what they print.
# Each finished one leaves a file in bin/results; called again, the script goes
# on with those that are missing. Remove a file, or the folder, to train anew.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
kept=bin/results
mkdir -p "$kept" bin

# train NAME COMMAND... runs a training, unless its result is there, and keeps
# its last line and its time.
train() {
	local name=$1
	shift
	test -s "$kept/$name" && return
	echo "== $*"
	local start=$SECONDS last
	last=$("$@" | tee /dev/stderr | tail -n 1) || return 1
	printf '| `%s` | %s | %d s |\n' "$*" "$last" $((SECONDS - start)) >"$kept/.part"
	mv "$kept/.part" "$kept/$name"
}

go build -o bin/mnist ./examples/mnist
go build -o bin/titanic ./examples/titanic
for seed in 1 2 3 4 5; do
	train "mnist-$seed" bin/mnist -seed "$seed"
done
train titanic bin/titanic || echo "skipped: the titanic table is not in the data folder, and nobody publishes it with a checksum"

processor=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | head -n 1 || true)
{
	echo '# Results'
	echo
	echo '`make verify-full` makes this page: every training in full, on the real data.'
	echo
	echo "Machine: ${processor:-unknown processor}, $(nproc) cores; $(go version | cut -d' ' -f3,4); GOEXPERIMENT=${GOEXPERIMENT:-}; the pure-Go backend. $(date -u +%Y-%m-%d)."
	echo
	echo '| command | result | time |'
	echo '|---|---|---|'
	cat "$kept"/mnist-*
	test ! -s "$kept/titanic" || cat "$kept/titanic"
} >RESULTS.md.part
mv RESULTS.md.part RESULTS.md
echo "== RESULTS.md"
