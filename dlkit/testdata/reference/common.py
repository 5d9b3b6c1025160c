"""Shared parts of the scripts that make dlkit's reference values.

Everything is computed by Keras 3 on JAX in float64 and stored with nine
significant digits. Inputs and weights are rounded to three decimals before
use, so a reader of the JSON starts from the very same numbers.
"""

import json
import os
import re
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import keras
import numpy as np

keras.config.set_floatx("float64")

# Keras on JAX narrows every promoted type to 32 bits, whatever floatx says;
# tanh, means and many other operations would fall back to float32.
from keras.src.backend.common import dtypes

dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"

HERE = os.path.dirname(os.path.abspath(__file__))
LEARNING_RATE = 0.1  # of the plain SGD in every case's three steps
STEPS = 3
KINK_MARGIN = 0.05  # no input of a kinked activation is nearer to its kink
MAX_CASE_BYTES = 13_000


# ---- writing -------------------------------------------------------------


def digits(value):
    """Nine significant digits; rounding noise around 0 becomes 0; JSON has no NaN."""
    value = float(f"{float(value):.9g}")
    if not np.isfinite(value):
        raise ValueError(f"a reference value is {value}")
    if abs(value) < 1e-13:
        return 0
    if value == int(value) and abs(value) < 1e15:
        return int(value)
    return value


def tensor(array, name=None):
    """The JSON form of an array: shape, dtype and flat row-major data."""
    array = np.asarray(array)
    if array.dtype == bool:
        dtype, data = "bool", [bool(v) for v in array.ravel()]
    elif np.issubdtype(array.dtype, np.integer):
        dtype, data = "int32", [int(v) for v in array.ravel()]
    else:
        if array.dtype != np.float64:
            raise TypeError(f"{name or 'a tensor'} was computed in {array.dtype}, not float64")
        dtype, data = "float32", [digits(v) for v in array.ravel()]
    out = {} if name is None else {"name": name}
    out.update(shape=list(array.shape), dtype=dtype, data=data)
    return out


def tensors(arrays, names=None):
    if names is None:
        return [tensor(a) for a in arrays]
    return [tensor(a, n) for a, n in zip(arrays, names)]


def write(filename, cases):
    """Writes a family, one line per field of a case, so that diffs can be read."""
    names = [c["name"] for c in cases]
    doubled = {n for n in names if names.count(n) > 1}
    if doubled:
        raise ValueError(f"{filename}: case names used twice: {sorted(doubled)}")
    blocks = []
    for case in cases:
        lines = [f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in case.items()]
        block = " {\n" + ",\n".join(lines) + "\n }"
        if len(block) > MAX_CASE_BYTES:
            raise ValueError(f"{filename}: case {case['name']!r} takes {len(block)} bytes")
        blocks.append(block)
    path = os.path.join(HERE, filename)
    with open(path + ".part", "w") as f:
        f.write("[\n" + ",\n".join(blocks) + "\n]\n")
    os.replace(path + ".part", path)
    print(f"{filename}: {len(cases)} cases, {os.path.getsize(path)} bytes", file=sys.stderr)


# ---- random data ---------------------------------------------------------


def rng_for(name, attempt=0):
    """A generator seeded by the case's name, so that adding a case moves no other."""
    return np.random.default_rng([attempt] + list(name.encode()))


def normal(rng, shape, scale=1.0):
    return np.round(rng.normal(0, scale, shape), 3)


def uniform(rng, low, high, shape):
    return np.round(rng.uniform(low, high, shape), 3)


def distinct(rng, shape):
    """Values at least 0.02 apart: a maximum has no rival."""
    n = int(np.prod(shape))
    return np.round((rng.permutation(n) - n / 2 + 0.25) * 0.03, 3).reshape(shape)


def probabilities(rng, shape, places=3):
    """Rows of probabilities bounded away from 0, summing to 1 up to rounding."""
    raw = rng.uniform(0.2, 1.0, shape)
    return np.round(raw / raw.sum(-1, keepdims=True), places)


# ---- layers --------------------------------------------------------------

NOISE = ("name", "trainable", "dtype", "seed", "build_config", "data_format",
         "sparse", "quantization_config", "zero_output_for_mask", "stateful",
         "unroll", "use_cudnn", "flash_attention", "autocast")


def plain_config(layer):
    """The layer's constructor arguments, defaults included, without those
    that decide initial values, regularizers and names."""
    out = {}
    for key, value in layer.get_config().items():
        if key in NOISE or re.search(r"_(initializer|regularizer|constraint)$", key):
            continue
        if isinstance(value, (dict, keras.layers.Layer)):
            continue
        out[key] = value
    return json.loads(json.dumps(out))


def weight_names(layer):
    """Paths inside the layer. Keras counts layers of a kind from clear_session on."""
    names = []
    for w in layer.weights:
        parts = w.path.split("/")
        if parts[0] == layer.name:
            parts = parts[1:]
        names.append("/".join(parts))
    return names


def random_weight(rng, path, shape):
    name = path.split("/")[-1]
    if name == "gamma":
        return np.round(1 + rng.normal(0, 0.3, shape), 3)
    if name == "moving_variance":
        return uniform(rng, 0.5, 1.5, shape)
    if name == "bias" and len(shape) == 0:
        return normal(rng, shape, 0.2)
    scale = 0.3 if name in ("bias", "beta", "moving_mean") else 0.5
    return normal(rng, shape, scale)


def one_list(inputs):
    """arrange for layers that take one list, as merges do."""
    return [list(inputs)]


def as_list(x):
    return list(x) if isinstance(x, (list, tuple)) else [x]


def differentiable(a):
    return np.issubdtype(np.asarray(a).dtype, np.floating)


class Probe:
    """Calls a layer as a pure function of its inputs and trainable weights."""

    def __init__(self, layer, inputs, training, call_args=None, arrange=list):
        self.layer, self.training = layer, training
        self.call_args = dict(call_args or {})
        self.positional = arrange  # from the case's inputs to positional arguments
        self.takes_training = layer._call_has_training_arg or training
        self.call(inputs)

    def kwargs(self):
        kw = dict(self.call_args)
        if self.takes_training:
            kw["training"] = self.training
        return kw

    def call(self, inputs):
        return as_list(self.layer(*self.positional([jnp.asarray(i) for i in inputs]), **self.kwargs()))

    def state(self):
        trainable = [jnp.asarray(v.value) for v in self.layer.trainable_variables]
        other = [jnp.asarray(v.value) for v in self.layer.non_trainable_variables]
        return trainable, other

    def apply(self, trainable, other, inputs):
        out, other = self.layer.stateless_call(
            trainable, other, *self.positional(inputs), **self.kwargs())
        return as_list(out), other


def layer_case(name, make, inputs, *, training=False, config=None, klass=None,
               call_args=None, extra=None, arrange=list, attempt=0, steps=True,
               weight_fn=random_weight, accept=None):
    """One case: forward, gradients of sum(output*upstream), three SGD steps.

    make builds the layer; inputs is a list of arrays; arrange turns it into
    the call's positional arguments. Returns None where accept(layer), asked
    once the weights are set, says no.
    """
    rng = rng_for(name, attempt + 1000)
    keras.utils.clear_session()
    layer = make()
    probe = Probe(layer, inputs, training, call_args, arrange)
    names = weight_names(layer)
    for path, w in zip(names, layer.weights):
        if weight_fn is not None:
            w.assign(weight_fn(rng, path, tuple(w.shape)))
    if accept is not None and not accept(layer):
        return None
    before = [np.array(w.value) for w in layer.weights]
    trainable, other = probe.state()
    where = {id(v): i for i, v in enumerate(layer.weights)}
    trained = [where[id(v)] for v in layer.trainable_variables]
    live = [i for i, a in enumerate(inputs) if differentiable(a)]
    arrays = [jnp.asarray(a) for a in inputs]

    def forward(train, floats):
        args = list(arrays)
        for i, a in zip(live, floats):
            args[i] = a
        return probe.apply(train, other, args)

    outputs, after = forward(trainable, [arrays[i] for i in live])
    upstream = [normal(rng, o.shape) for o in outputs]

    def weighed(train, floats):
        outs, _ = forward(train, floats)
        return sum(jnp.sum(o * u) for o, u in zip(outs, upstream))

    weight_grads, input_grads = jax.grad(weighed, argnums=(0, 1))(
        trainable, [arrays[i] for i in live])
    by_input = dict(zip(live, input_grads))
    case = {
        "name": name,
        "class": klass or type(layer).__name__,
        "config": plain_config(layer) if config is None else config,
        "training": training,
    }
    case.update(extra or {})
    case["inputs"] = tensors(inputs)
    case["weights"] = tensors(before, names)
    case["output"] = tensors(outputs)
    case["upstream"] = tensors(upstream)
    case["input_grads"] = [
        tensor(by_input[i]) if i in by_input else None for i in range(len(inputs))]
    case["weight_grads"] = [tensor(g, names[i]) for g, i in zip(weight_grads, trained)]
    stateful = [id(v) for v in layer.non_trainable_variables]
    kept = [(i, a) for i, a in ((where.get(k), a) for k, a in zip(stateful, after)) if i is not None]
    if any(not np.array_equal(before[i], a) for i, a in kept):
        case["weights_after"] = weights_with(before, names, kept)
    if steps and trained:
        case["target"] = tensor(normal(rng, outputs[0].shape))
        case["steps"] = three_steps(probe, arrays, trainable, other, case["target"],
                                    before, names, trained, stateful, where)
    return case


def weights_with(before, names, changed):
    values = list(before)
    for i, a in changed:
        values[i] = a
    return tensors(values, names)


def three_steps(probe, arrays, trainable, other, target, before, names, trained,
                stateful, where):
    """Three steps of plain SGD on mean((first output - target)^2)."""
    goal = jnp.asarray(target["data"], dtype=float).reshape(target["shape"])

    def loss(train, rest):
        outs, rest = probe.apply(train, rest, arrays)
        return jnp.mean((outs[0] - goal) ** 2), rest

    step = jax.jit(jax.value_and_grad(loss, has_aux=True))
    losses = []
    for _ in range(STEPS):
        (value, other), grads = step(trainable, other)
        trainable = [w - LEARNING_RATE * g for w, g in zip(trainable, grads)]
        losses.append(digits(value))
    changed = list(zip(trained, trainable))
    changed += [(where[k], a) for k, a in zip(stateful, other) if k in where]
    return {"optimizer": f"SGD lr={LEARNING_RATE}", "losses": losses,
            "weights": weights_with(before, names, changed)}


def linear_twin_is_clear(make_linear, name, inputs, attempt, **kw):
    """Whether every output of the layer without its activation keeps away from 0."""
    case = layer_case(name, make_linear, inputs, attempt=attempt, steps=False, **kw)
    data = np.array(case["output"][0]["data"])
    return np.abs(data).min() > KINK_MARGIN


def clear_of_kinks(name, make, make_linear, inputs_fn, **kw):
    """layer_case with the first seed whose pre-activations avoid the kink at 0."""
    for attempt in range(300):
        inputs = inputs_fn(rng_for(name, attempt))
        if linear_twin_is_clear(make_linear, name, inputs, attempt, **kw):
            return layer_case(name, make, inputs, attempt=attempt, **kw)
    raise ValueError(f"{name}: no seed of 300 keeps clear of the kink")
