#!/bin/sh
# Puts the lessons into the volume, where what the reader changes stays, makes the
# folder for data sets, and runs the command. A lesson that is there already is left
# as it is.
set -eu
work=/home/learner/work
for lang in en zh; do
	mkdir -p "$work/$lang"
	for lesson in /opt/fromzero/notebooks/"$lang"/*.ipynb; do
		test -e "$work/$lang/${lesson##*/}" || cp "$lesson" "$work/$lang/"
	done
done
mkdir -p "${FROMZERO_DATA:-$work/data}"
exec "$@"
