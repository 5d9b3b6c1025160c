#!/usr/bin/env bash
# The long trainings, one after another, and RESULTS.md made of what they print.
# Each finished one leaves a file in bin/results; called again, the script goes
# on with those that are missing, and the longest within themselves. Remove a
# file, or the folder, to train anew. RESULTS_ONLY is a regular expression of
# the names of those to train; the others' results are taken as they are.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
kept=bin/results
mkdir -p "$kept" bin/xla
TIMEFORMAT='%R %U %S'

# train NAME COMMAND... runs a training, unless its result is there, and keeps
# its last line and its times: by the clock, and of the processors. If it is cut
# off, the times so far are kept and added to those of the next attempt.
train() {
	local name=$1 last ok=0
	shift
	[[ $name =~ ${RESULTS_ONLY:-.} ]] || return 0
	test ! -s "$kept/$name" || return 0
	echo "== $*"
	build "$@"
	{ time env "$@" >"$kept/$name.log" 2>&1; } 2>>"$kept/$name.times" || ok=$?
	cat "$kept/$name.log"
	test "$ok" = 0 || return "$ok"
	last=$(tail -n 1 "$kept/$name.log")
	awk -v command="$*" -v last="$last" '
		{ clock += $1; cpu += $2 + $3 }
		function minutes(s) { return s < 600 ? sprintf("%d s", s) : sprintf("%d min", s / 60 + 0.5) }
		END { printf "| `%s` | %s | %s | %s |\n", command, last, minutes(clock), minutes(cpu) }
	' "$kept/$name.times" >"$kept/$name.part"
	mv "$kept/$name.part" "$kept/$name"
	rm "$kept/$name.times"
}

# build COMMAND... makes the program of a command: bin/NAME, or bin/xla/NAME.
build() {
	local word
	for word in "$@"; do
		case $word in
		bin/xla/*) go build -tags xla -o "$word" "./examples/${word##*/}"; return ;;
		bin/*) go build -o "$word" "./examples/${word##*/}"; return ;;
		esac
	done
	return 1
}

# table TITLE NAME... puts the results that there are under a title.
table() {
	local title=$1 name
	shift
	printf '\n## %s\n\n| command | result | time | processor time |\n|---|---|---|---|\n' "$title"
	for name in "$@"; do
		test ! -s "$kept/$name" || cat "$kept/$name"
	done
}

# The plugin lies in one of the folders where package dlkit/xla looks for it.
xla=skipped
if command -v gcc >/dev/null &&
	{ compgen -G "$HOME/.local/lib/go-xla/*pjrt*" || compgen -G "/usr/local/lib/go-xla/*pjrt*" ||
		test -n "${PJRT_PLUGIN_LIBRARY_PATH:-}"; } >/dev/null; then
	xla=yes
fi

train mnistcnn bin/mnistcnn -keep "$kept/kept/mnistcnn"
train cifar10 bin/cifar10 -keep "$kept/kept/cifar10"
for model in bag bigrams embedding lstm; do
	train "imdb-$model" bin/imdb -model "$model"
done
for seed in 1 2 3 4 5; do
	train "mnist-$seed" bin/mnist -seed "$seed"
done
train waimai bin/waimai
train housing bin/housing || echo "skipped: the table of California's housing cannot be had"
train titanic bin/titanic || echo "skipped: the titanic table cannot be had"
if test "$xla" = yes; then
	train mnistcnn-xla GOMLX_BACKEND=xla:cpu bin/xla/mnistcnn -keep "$kept/kept/mnistcnn-xla"
	train cifar10-xla GOMLX_BACKEND=xla:cpu bin/xla/cifar10 -keep "$kept/kept/cifar10-xla"
	for model in bag bigrams embedding lstm; do
		train "imdb-$model-xla" GOMLX_BACKEND=xla:cpu bin/xla/imdb -model "$model"
	done
else
	echo "skipped: XLA's plugin is not installed (fromzero setup --xla), or there is no C compiler"
fi

processor=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | head -n 1 || true)
{
	echo '# Results'
	echo
	echo '`make verify-full` makes this page: every training in full, on the real data, and'
	echo 'tested once, when it has ended. The time is that of the whole command, reading the'
	echo 'data included; the processor time is the sum over all cores, and says more where'
	echo 'the machine had other work to do.'
	echo
	echo "Machine: ${processor:-unknown processor}, $(nproc) cores; $(go version | cut -d' ' -f3,4); GOEXPERIMENT=${GOEXPERIMENT:-}. $(date -u +%Y-%m-%d)."
	table 'Pure Go' mnistcnn cifar10 imdb-{bag,bigrams,embedding,lstm} mnist-{1,2,3,4,5} waimai housing titanic
	if compgen -G "$kept/*-xla" >/dev/null; then
		table 'XLA, on the processor' {mnistcnn,cifar10,imdb-bag,imdb-bigrams,imdb-embedding,imdb-lstm}-xla
		echo
		echo 'Programs built with `-tags xla`, after `fromzero setup --xla`.'
	fi
} >RESULTS.md.part
mv RESULTS.md.part RESULTS.md
echo "== RESULTS.md"
