#!/usr/bin/env python3
"""Writes reference.json: what NumPy says, for the tests of package tensor.

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6
    venv/bin/python make_reference.py

The values are committed, so the tests need no Python.
"""
import json
import math
import pathlib

import numpy as np

rng = np.random.default_rng(1)
cases = []

# The order in which package tensor promotes types; NumPy differs where an
# integer meets a float32.
ORDER = ["bool", "uint8", "int32", "int64", "float32", "float64"]


def promoted(*arrays):
    name = max((a.dtype.name for a in arrays), key=ORDER.index)
    return "int64" if name == "bool" else name


def number(v):
    if isinstance(v, float) and not math.isfinite(v):
        return "NaN" if math.isnan(v) else "Infinity" if v > 0 else "-Infinity"
    return int(v) if isinstance(v, float) and v.is_integer() and abs(v) < 1e15 and (v or math.copysign(1, v) > 0) else v


def pack(a):
    a = np.asarray(a)
    if a.size > 100 and np.array_equal(a.ravel(), np.arange(a.size).astype(a.dtype)):
        return {"dtype": a.dtype.name, "shape": list(a.shape), "data": "arange"}
    values = a.ravel().tolist()
    if a.dtype == np.float32:
        values = [float(str(v)) for v in a.ravel()]  # as few digits as a float32 needs
    return {"dtype": a.dtype.name, "shape": list(a.shape), "data": [number(v) for v in values]}


def case(op, args, want, ints=(), floats=(), exact=False):
    c = {"op": op, "args": [pack(a) for a in args], "ints": list(ints), "floats": list(floats), "want": pack(want), "exact": exact}
    cases.append({k: v for k, v in c.items() if v or k in ("op", "want")})


def arr(dtype, *shape, lo=-5, hi=6):
    if dtype == "bool":
        return rng.random(shape) < 0.5
    if dtype.startswith("float"):
        return rng.normal(0, 2, shape).round(3).astype(dtype)
    return rng.integers(max(lo, 0) if dtype == "uint8" else lo, hi, shape).astype(dtype)


# Arithmetic with broadcasting.
SHAPES = [((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 1), (1, 4)), ((3,), ()), ((2, 1, 3), (4, 1)),
          ((1, 1), (2, 2)), ((0, 3), (1, 3)), ((4, 1, 2), (1, 3, 1)), ((5,), (1,))]
TYPES = ["float32", "float64", "int32", "int64", "uint8"]
ARITHMETIC = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "maximum": np.maximum, "minimum": np.minimum}
for i, (sa, sb) in enumerate(SHAPES):
    for name, f in ARITHMETIC.items():
        ta, tb = TYPES[i % 5], TYPES[(i + len(name)) % 5]
        a, b = arr(ta, *sa), arr(tb, *sb)
        t = promoted(a, b)
        case(name, [a, b], f(a.astype(t), b.astype(t)))
    a, b = arr("float32", *sa), arr("float32", *sb)
    case("div", [a, b], a / b)
    case("pow", [np.abs(a), b], np.abs(a) ** b)
with np.errstate(all="ignore"):
    a, b = np.array([1, -1, 0, 7], "int32"), np.array([0, 0, 0, 2], "int32")
    case("div", [a, b], a / b)
    a = np.array([-7, -6, -1, 0, 1, 6, 7, 8])
    for d in (3, -3, 2):
        b = np.array([d])
        for t in ("int32", "int64", "float32", "float64"):
            case("floordiv", [a.astype(t), b.astype(t)], a.astype(t) // b.astype(t))
            case("mod", [a.astype(t), b.astype(t)], a.astype(t) % b.astype(t))
    x, y = np.array([1.0, 5.5, -5.5, 0.3, 1e20, -1.0, 2.0]), np.array([0.1, 0.5, 2.0, -0.1, 3.0, 0.0, -np.inf])
    case("floordiv", [x[:6], y[:6]], x[:6] // y[:6])
    case("mod", [x, y], x % y)
case("pow", [np.array([2, -3, 10, 0], "int64"), np.array([10, 3, 0, 0], "int64")], np.array([1024, -27, 1, 1]))
u = np.array([250, 5, 200], "uint8")
case("add", [u, u], u + u)
case("sub", [u[::-1], u], u[::-1] - u)

# Comparisons.
COMPARE = {"eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal}
for i, (name, f) in enumerate(COMPARE.items()):
    a, b = arr(TYPES[i % 5], 3, 4, lo=0, hi=3), arr(TYPES[i % 5], 4, lo=0, hi=3)
    case(name, [a, b], f(a, b))
    n = np.array([1, np.nan, np.inf])
    case(name, [n, n[::-1].copy()], f(n, n[::-1]))

# Functions of one tensor.
x = np.concatenate([arr("float64", 6), [0.0, -0.0, 0.5, 1.5, -2.5, np.inf, -np.inf, np.nan]])
with np.errstate(all="ignore"):
    for t in ("float32", "float64"):
        a = x.astype(t)
        for name in ("exp", "log", "sqrt", "abs", "square", "tanh", "floor", "ceil", "rint", "negative"):
            case(name, [a], getattr(np, name)(a))
        case("sin", [a[:6]], np.sin(a[:6]))
        case("cos", [a[:6]], np.cos(a[:6]))
i32 = arr("int32", 5)
for name in ("exp", "sqrt", "tanh"):
    case(name, [np.abs(i32)], getattr(np, name)(np.abs(i32).astype("float64")))
for name in ("abs", "negative", "square"):
    case(name, [i32], getattr(np, name)(i32))
c = arr("float32", 7)
case("clip", [c], np.clip(c, np.float32(-1), np.float32(1)), floats=[-1, 1])

# Reductions.
REDUCE = {"sum": np.sum, "mean": np.mean, "std": np.std, "var": np.var, "min": np.min, "max": np.max}
for t in TYPES:
    a = arr(t, 2, 3, 4)
    for name, f in REDUCE.items():
        for axes in ((), (0,), (1,), (-1,), (0, 2), (2, 1), (0, 1, 2)):
            for keep in (False, True):
                want = f(a, axis=axes or None, keepdims=keep)
                if name == "sum" and not t.startswith("float"):
                    want = want.astype("int64")
                if name in ("mean", "std", "var") and t == "float32":
                    want = f(a.astype("float64"), axis=axes or None, keepdims=keep).astype("float32")
                case(("keep_" if keep else "") + name, [a], want, ints=axes)
    for name, f in {"argmax": np.argmax, "argmin": np.argmin}.items():
        for axis in (None, 0, 1, -1):
            for keep in (False, True):
                case(("keep_" if keep else "") + name, [a], f(a, axis=axis, keepdims=keep), ints=() if axis is None else (axis,))
nan = np.array([[1, np.nan, 3], [7, 5, -np.inf]])
for name in ("min", "max", "argmin", "argmax"):
    case(name, [nan], getattr(np, name)(nan, axis=1), ints=[1])
b = arr("bool", 3, 4)
for name in ("any", "all"):
    for axes in ((), (0,), (1,)):
        case(name, [b], getattr(np, name)(b, axis=axes or None), ints=axes)
case("sum", [b], np.sum(b, axis=0), ints=[0])
case("sum", [np.zeros((0, 3), "float32")], np.zeros(3, "float32"), ints=[0])
big = (rng.random(500) + 1e4).astype("float32")
case("var", [big], np.var(big.astype("float64")).astype("float32"))

# Matrix products.
for t in TYPES:
    for sa, sb in [((2, 3), (3, 4)), ((3,), (3,)), ((3,), (3, 2)), ((2, 3), (3,)), ((1, 1), (1, 1)), ((2, 0), (0, 3)),
                   ((2, 2, 3), (3, 2)), ((2, 1, 2, 3), (4, 3, 2)), ((3,), (2, 3, 2)), ((2, 2, 3), (3,)), ((9, 5), (5, 33))]:
        a, m = arr(t, *sa), arr(t, *sb)
        case("matmul", [a, m], np.matmul(a, m))
a, m = arr("float32", 4, 3), arr("int32", 3, 2)
case("matmul", [a, m], a @ m.astype("float32"))

# Shape and order.
a = np.arange(24, dtype="int32").reshape(2, 3, 4)
case("reshape", [a], a.reshape(4, -1), ints=[4, -1], exact=True)
case("flatten", [a], a.ravel(), exact=True)
for axes in ((), (1, 0, 2), (2, 0, 1), (0, -1, 1)):
    case("transpose", [a], a.transpose(axes or None), ints=axes, exact=True)
for axis in (0, 1, 3, -1, -4):
    case("expand", [a], np.expand_dims(a, axis), ints=[axis], exact=True)
s = a.reshape(1, 2, 1, 12)
for axes in ((), (0,), (-2,), (0, 2)):
    case("squeeze", [s], np.squeeze(s, axes or None), ints=axes, exact=True)
for axis in (0, 1, -1):
    case("concatenate", [a, a + 100], np.concatenate([a, a + 100], axis), ints=[axis], exact=True)
    case("stack", [a, a + 100], np.stack([a, a + 100], axis), ints=[axis], exact=True)
case("broadcast", [a[0, :1]], np.broadcast_to(a[0, :1], (2, 3, 4)), ints=[2, 3, 4], exact=True)
case("take", [a], a[[1, 0, -1, 1]], ints=[1, 0, -1, 1], exact=True)
case("filter", [a, a % 3 == 0], a[a % 3 == 0], exact=True)
case("filter", [a, np.array([False, True])], a[[False, True]], exact=True)
case("where", [a % 2 == 0, a, np.array([-1, -2, -3, -4])], np.where(a % 2 == 0, a, np.array([-1, -2, -3, -4])), exact=True)

# Slices: start, stop, step for one axis of size 10, with 99 for "not given".
v = np.arange(10)
G = 99
for start in (G, 0, 2, -3, 12, -12):
    for stop in (G, 0, 5, -1, 20, -20):
        for step in (1, 3, -1, -4, 50, -50):
            sl = slice(None if start == G else start, None if stop == G else stop, step)
            case("slice", [v], v[sl], ints=[start, stop, step], exact=True)

# Creation.
case("linspace", [], np.linspace(-1, 2, 7), ints=[7], floats=[-1, 2])
case("linspace", [], np.linspace(3, 5, 1), ints=[1], floats=[3, 5])
case("arange", [], np.arange(0, 1, 0.1), floats=[0, 1, 0.1])
case("arange", [], np.arange(5, -2, -1.5), floats=[5, -2, -1.5])
case("arange", [], np.arange(5.0, 7, -1), floats=[5, 7, -1])
case("eye", [], np.eye(3, dtype="float32"), ints=[3])


def softmax(z, axis):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


for axis in (0, 1, -1):
    z = arr("float32", 3, 4) * 50
    case("softmax", [z], softmax(z.astype("float64"), axis).astype("float32"), ints=[axis])

# Conversion.
f = np.array([0.0, 1.9, -1.9, 200.5, 0.4])
case("convert", [f], f.astype("int32"), ints=[2], exact=True)
case("convert", [f], f != 0, ints=[5], exact=True)
case("convert", [np.array([300, -1, 5], "int64")], np.array([300, -1, 5]).astype("uint8"), ints=[4], exact=True)

# Printing.
prints = []


def printed(a, **options):
    a = np.asarray(a)
    text = str(a) if not options else np.array2string(a, **options)
    prints.append({"tensor": pack(a), "options": options, "want": text})


for t in ("float32", "float64"):
    for shape in [(3,), (2, 3), (2, 2, 2), (1, 1), (30,), (4, 20), (2, 1, 2, 3)]:
        printed(rng.normal(0, 1, shape).astype(t))
        printed((rng.random(shape) * 100).round(2).astype(t))
        printed((rng.normal(0, 1, shape) * 10.0 ** rng.integers(-6, 12, shape)).astype(t))
        printed(rng.integers(-3, 9, shape).astype(t))
    for data in ([0.1, 0.2, 0.3], [1, 2, 3], [1e-5, 1], [1e8, 1], [1e6, 1], [1234567, 1234568], [999999, 1e5], [0.0001, 0.01], [1e-300, 1],
                 [1e300, 1e-300], [np.nan, 1.5], [np.inf, 2], [-np.inf, 2], [np.nan, np.nan], [np.inf], [-np.inf, np.nan], [np.nan, 1e-9],
                 [0.0, -0.0], [1 / 3, 2 / 3], [1e15, 1e16], [123456.789, 0.5], [1000.5, 1], [1001, 1], [0.5, 0.25], [1e10], [5e-324], [100000],
                 [1.00000001, 1], [16777216, 16777217], [0.1, 1e-8, 1.2345678e9], [2.5e-5, 2.5e-5], [-1.5, 10.25, 3]):
        with np.errstate(all="ignore"):
            printed(np.array(data, "float64").astype(t))
    for value in (0.1, 21, 2e5, 1e6, 12345678, 1e-4, 1e-5, 1e16, 1e15, 123456.789, -0.0, np.nan, np.inf, -np.inf, 1 / 3, 1e22, 3.0e-10):
        printed(np.array(value, t))
    printed(rng.normal(0, 1, (3, 3)).astype(t), precision=3)
    printed(rng.normal(0, 1, (2, 12)).astype(t), precision=2, max_line_width=40)
    printed(rng.normal(0, 1, (30, 34)).round(2).astype(t))
    printed(rng.normal(0, 1, (1001,)).round(2).astype(t))
    printed(np.array([[1e9] + [1.0] * 1000]).astype(t))
    printed(rng.normal(0, 1, (10, 10)).round(4).astype(t), threshold=20, edgeitems=2)
    printed(rng.normal(0, 1, (11, 5, 20)).round(2).astype(t))
for t in ("int32", "int64", "uint8"):
    for shape in [(4,), (2, 3), (2, 2, 2), (50,), (3, 40), (2, 2, 2, 2)]:
        printed(arr(t, *shape, lo=-20, hi=120))
    printed(np.arange(1001).astype(t))
    printed(np.arange(1000).reshape(10, 100).astype(t))
    printed(np.arange(6000).reshape(3, 20, 100).astype(t))
    printed(np.array(7, t))
printed(np.array([2**62, -(2**62) - 1]))
for shape in [(3,), (2, 3), (40,)]:
    printed(arr("bool", *shape))
printed(np.array([True, True]))
printed(np.array(True))
printed(np.array(False))
printed(np.zeros((0,)))
printed(np.zeros((2, 0, 3)))
printed(np.zeros((28, 28), "uint8"))

out = pathlib.Path(__file__).parent / "reference.json"
lines = lambda rows: ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows)
out.write_text('{"numpy":"%s",\n"cases":[\n%s\n],\n"prints":[\n%s\n]}\n' % (np.__version__, lines(cases), lines(prints)))
print(len(cases), "cases,", len(prints), "prints,", out.stat().st_size, "bytes")
