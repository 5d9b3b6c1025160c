"""Checks ONNX files against dlkit's own outputs with ONNX Runtime.

    python check.py DIR

DIR holds manifest.json and the files that it names, written by
TestRealRuntime. Every file must pass onnx's checker with inferred shapes, every
output must agree within 1e-5 (absolute, and relative to values above 1), for
batches of every size from one session, and the names of classes must be in the
metadata. Needs the packages onnx and onnxruntime.
"""

import json
import pathlib
import sys

import numpy
import onnx
import onnxruntime

LIMIT = 1e-5


def load(folder, array):
    values = numpy.fromfile(folder / array["file"], dtype=array["dtype"])
    return values.reshape(array["shape"])


def difference(folder, case):
    path = folder / case["file"]
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    for value in list(model.graph.input) + list(model.graph.output):
        batch = value.type.tensor_type.shape.dim[0]
        assert batch.dim_param, f"{value.name} has a batch of fixed size"
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    classes = session.get_modelmeta().custom_metadata_map.get("classes", "null")
    assert json.loads(classes) == case["classes"], f"classes are {classes}"
    worst = 0.0
    for batch in case["batches"]:
        names = [i.name for i in session.get_inputs()]
        feed = dict(zip(names, (load(folder, a) for a in batch["inputs"]), strict=True))
        got = session.run(None, feed)
        for y, array in zip(got, batch["outputs"], strict=True):
            want = load(folder, array)
            assert y.shape == want.shape, f"shape {y.shape}, want {want.shape}"
            assert numpy.isfinite(y).all() == numpy.isfinite(want).all(), "not finite"
            error = numpy.abs(y - want) / numpy.maximum(1, numpy.abs(want))
            worst = max(worst, float(error.max()))
    return worst


def main():
    folder = pathlib.Path(sys.argv[1])
    cases = json.loads((folder / "manifest.json").read_text())
    failed, worst = 0, (0.0, "")
    for case in cases:
        try:
            found = difference(folder, case)
        except Exception as error:  # report all models, not the first alone
            print(f"FAIL {case['name']}: {str(error)[:600]}")
            failed += 1
            continue
        worst = max(worst, (found, case["name"]))
        if found > LIMIT:
            print(f"FAIL {case['name']}: differs by {found:.2e}")
            failed += 1
    print(f"{len(cases)} models, {failed} failed; largest difference {worst[0]:.1e} ({worst[1]})")
    print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
