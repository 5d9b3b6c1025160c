#!/usr/bin/env bash
# Builds the image for real and runs it with the network cut, on a machine
# without a Docker engine: buildah with chroot isolation, on a base image made by
# debootstrap, with the Go that is here. Needs root, buildah and debootstrap (both
# Debian packages). Prints the image's size and what a cell takes in it. Images and
# containers are removed in the end, unless FROMZERO_KEEP_IMAGE=1.
#
#   bash docker/check.sh [folder for what is worth keeping; default bin/docker]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
kept=${1:-bin/docker}
suite=bookworm
limit_mb=1500

for need in buildah debootstrap unshare; do
	command -v "$need" >/dev/null || { echo "skipped: $need is not installed (apt-get install buildah debootstrap)"; exit 0; }
done
test "$(id -u)" = 0 || { echo "skipped: buildah's chroot isolation and debootstrap need root"; exit 0; }

export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
mkdir -p "$kept"
work=$(mktemp -d)
made=()
cleanup() {
	local c
	for c in "${made[@]}"; do buildah rm "$c" >/dev/null 2>&1 || true; done
	test "${FROMZERO_KEEP_IMAGE:-}" = 1 || buildah rmi -f fromzero fromzero-base fromzero-go >/dev/null 2>&1 || true
	rm -rf "$work"
}
trap cleanup EXIT

# image NAME FOLDER: an image whose only layer is a folder.
image() {
	local c
	c=$(buildah from scratch)
	made+=("$c")
	buildah add -q "$c" "$2" / >/dev/null
	buildah commit -q "$c" "$1" >/dev/null
}

echo "== base image"
if [ ! -s "$kept/$suite.tar" ]; then
	debootstrap --variant=minbase --include=ca-certificates "$suite" "$work/base" >"$work/log" || { tail "$work/log"; exit 1; }
	rm -rf "$work/base"/var/cache/apt/archives/*.deb "$work/base"/var/lib/apt/lists/*
	tar -C "$work/base" -cf "$kept/$suite.part" . && mv "$kept/$suite.part" "$kept/$suite.tar"
	rm -rf "$work/base"
fi
mkdir "$work/base" && tar -C "$work/base" -xf "$kept/$suite.tar"
# What this machine needs to reach packages: its certificates, its sources.
cp /etc/ssl/certs/ca-certificates.crt "$work/base/etc/ssl/certs/"
for file in /etc/pip.conf; do test ! -e "$file" || cp "$file" "$work/base/etc/"; done
image fromzero-base "$work/base"

mkdir -p "$work/go/usr/local"
cp -r "$(GOTOOLCHAIN=${GOTOOLCHAIN:-go1.27.3} go env GOROOT)" "$work/go/usr/local/go"
chmod -R u+w "$work/go"
image fromzero-go "$work/go"

echo "== the image"
start=$SECONDS
# Of the two formats only Docker's has a place for the health check.
buildah bud -q --format docker -f docker/Dockerfile -t fromzero \
	--build-arg BASE_IMAGE=localhost/fromzero-base --build-arg GO_IMAGE=localhost/fromzero-go . >"$work/log" 2>&1 ||
	{ tail -n 40 "$work/log"; exit 1; }
echo "built in $((SECONDS - start)) s"

c=$(buildah from fromzero)
made+=("$c")
root=$(buildah mount "$c")
size=$(du -sxm --apparent-size "$root" | cut -f1)
echo "size: $size MB (du, uncompressed; the limit is $limit_mb)"
du -xm --apparent-size -d 3 "$root" | sort -rn | head -n 15
test "$size" -le "$limit_mb"

# inside COMMAND: in the container, as its user, with no network but loopback.
inside() {
	unshare --net sh -c 'ip link set lo up 2>/dev/null || true; exec "$@"' - \
		buildah run --user learner --env HEALTH="${health:-}" "$c" -- tini -s -- start sh -c "$1"
}

echo "== as an ordinary user, without network"
inside '
	set -eu
	test "$(id -un)" = learner
	if python3 -c "import socket; socket.create_connection((\"1.1.1.1\", 443), 3)" 2>/dev/null; then echo "there is a network"; exit 1; fi
	fromzero doctor
	start=$(date +%s%N)
	fromzero run --out /tmp/done.ipynb en/00-start.ipynb
	echo "lesson 00 in $((($(date +%s%N) - start) / 1000000)) ms, from starting the kernel to writing the notebook"
	python3 - <<-END
	import json
	cells = [c for c in json.load(open("/tmp/done.ipynb"))["cells"] if c["cell_type"] == "code"]
	errors = [c["id"] for c in cells for o in c["outputs"] if o["output_type"] == "error" and "raises-exception" not in c["metadata"].get("tags", [])]
	assert not errors and sum(bool(c["outputs"]) for c in cells) > 10, errors
	END
'

echo "== Jupyter"
health=$(buildah inspect --type image fromzero |
	python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["Docker"]["config"]["Healthcheck"]["Test"]))')
inside '
	set -eu
	export JUPYTER_TOKEN=secret
	fromzero notebook --no-setup --no-browser --ip=0.0.0.0 --port=8888 /home/learner/work >/tmp/log 2>&1 &
	course=$!
	for _ in $(seq 120); do
		python3 -c "import urllib.request; urllib.request.urlopen(\"http://127.0.0.1:8888/api\", timeout=4)" 2>/dev/null && break
		sleep 1
	done
	python3 - <<-END
	import json, urllib.error, urllib.request
	at = "http://127.0.0.1:8888/api/"
	specs = json.load(urllib.request.urlopen(at + "kernelspecs?token=secret"))["kernelspecs"]
	assert specs["fromzero"]["spec"]["display_name"] == "Go (fromzero)", specs
	names = [f["path"] for f in json.load(urllib.request.urlopen(at + "contents/en?token=secret"))["content"]]
	assert "en/00-start.ipynb" in names, names
	try:
	    urllib.request.urlopen(at + "kernelspecs")
	except urllib.error.HTTPError as refused:
	    assert refused.code == 403, refused
	else:
	    raise SystemExit("Jupyter lets anybody in")
	print("Jupyter lists the kernel and the lessons, and asks for the token")
	END
	healthy() {
		python3 -c "import json, os, subprocess, sys; sys.exit(subprocess.run(json.loads(os.environ[\"HEALTH\"])[1:], stderr=subprocess.DEVNULL).returncode)"
	}
	healthy
	kill "$course"
	wait "$course" || true
	if healthy; then echo "the health check finds a Jupyter that has ended"; exit 1; fi
	echo "the health check tells a Jupyter that runs from one that has ended"
'
echo "== docker: all passed"
