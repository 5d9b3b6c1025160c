"""What the peers have in common: the data, and the protocol with the harness.

See bench/worker/main.go for the protocol. A peer class has `variants` (ways to
train: threads, loops), `predict_variants` (ways to predict), `versions`, `train(variant)`, which runs one epoch,
and `predict(variant, rows)`, which returns when the result is there.
"""

import argparse
import json
import resource
import sys
import time

import numpy as np

TEXT_STEPS = 200

# Shape of an example, number of different words (0: numbers in [0, 1)), classes.
DATA = {
    "dense": ((784,), 0, 10),
    "cnn": ((28, 28, 1), 0, 10),
    "cifar": ((32, 32, 3), 0, 10),
    "residual": ((32, 32, 3), 0, 10),
    "separable": ((32, 32, 3), 0, 10),
    "embedding": ((TEXT_STEPS,), 10000, 2),
    "lstm": ((TEXT_STEPS,), 10000, 2),
    "gru": ((TEXT_STEPS,), 10000, 2),
    "textcnn": ((TEXT_STEPS,), 10000, 2),
    "transformer": ((TEXT_STEPS,), 20000, 2),
}


def inputs(model, count):
    """Draws `count` examples."""
    shape, words, _ = DATA[model]
    rng = np.random.default_rng(1)
    if words:
        return rng.integers(0, words, (count, *shape), dtype=np.int32)
    return rng.random((count, *shape), dtype=np.float32)


def labels(model, count):
    return np.random.default_rng(2).integers(0, DATA[model][2], count, dtype=np.int32)


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cpu_seconds():
    u = resource.getrusage(resource.RUSAGE_SELF)
    return u.ru_utime + u.ru_stime


def measure(seconds, each, f):
    """Calls f, which does `each` things, until some seconds are over."""
    count, cpu, begin = 0, cpu_seconds(), time.perf_counter()
    while count == 0 or time.perf_counter() - begin < seconds:
        f()
        count += each
    wall = time.perf_counter() - begin
    return {"ms": wall * 1e3 / count, "cpu_ms": (cpu_seconds() - cpu) * 1e3 / count, "count": count}


def serve(make):
    """Makes the peer and answers the harness until it closes the pipe."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-model", default="dense", choices=sorted(DATA))
    parser.add_argument("-batch", type=int, default=32)
    parser.add_argument("-steps", type=int, default=64)
    args = parser.parse_args()
    out, sys.stdout = sys.stdout, sys.stderr  # answers only, whatever a library prints

    def answer(a):
        print(json.dumps(a), file=out, flush=True)

    imported, begin = peak_mb(), time.perf_counter()
    peer = make(args.model, args.batch, args.steps)
    peer.train(peer.variants[0])
    first = time.perf_counter() - begin
    for variant in peer.variants[1:]:
        peer.train(variant)
    answer({"variants": peer.variants, "predict_variants": peer.predict_variants, "versions": peer.versions,
            "imported_mb": imported, "first_epoch_s": first})
    rows = np.empty(0)
    for line in sys.stdin:
        request = json.loads(line)
        variant = request.get("variant", "")
        if request["do"] == "train":
            answer(measure(request["seconds"], args.steps, lambda: peer.train(variant)))
        elif request["do"] == "predict":
            if len(rows) != request["rows"]:
                rows = inputs(args.model, request["rows"])
            answer(measure(request["seconds"], 1, lambda: peer.predict(variant, rows)))
        elif request["do"] == "memory":
            answer({"peak_mb": peak_mb()})
        else:
            raise ValueError(f"cannot do {request['do']!r}")
