#!/bin/sh
# Builds echarts.min.js.gz from the npm packages echarts and esbuild at the
# versions below. Needs node and npm; nobody who only uses or tests fromzero
# needs to run it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund echarts@5.6.0 esbuild@0.28.2
cp "$here/entry.js" .
npx esbuild entry.js --bundle --minify --format=iife --global-name=echarts \
    --target=es2017 --legal-comments=none --outfile=echarts.min.js
gzip -9 -n -c echarts.min.js >"$here/echarts.min.js.gz"
ls -l "$here/echarts.min.js.gz"
