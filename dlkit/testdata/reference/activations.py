"""Reference values of the activations: value and derivative on a grid."""

from common import *

# No point within 0.05 of a kink (0, ±3, 6); large ends show saturation.
GRID = np.array([-9, -6.2, -4.5, -3.3, -2.7, -2, -1.4, -1, -0.6, -0.35, -0.1,
                 0.1, 0.35, 0.6, 1, 1.4, 2, 2.7, 3.3, 4.5, 5.4, 6.2, 9])

ELEMENTWISE = [
    ("linear", {}),
    ("relu", {}),
    ("relu6", {}),
    ("leaky_relu", {"negative_slope": 0.2}),  # the default of Keras 3
    ("leaky_relu", {"negative_slope": 0.3}),  # the default of the LeakyReLU layer
    ("leaky_relu", {"negative_slope": 0.01}),  # the default of PyTorch
    ("elu", {"alpha": 1.0}),
    ("elu", {"alpha": 0.5}),
    ("selu", {}),
    ("gelu", {"approximate": False}),
    ("gelu", {"approximate": True}),
    ("sigmoid", {}),
    ("hard_sigmoid", {}),  # Keras 3: relu6(x + 3) / 6
    ("tanh", {}),
    ("softplus", {}),
    ("softsign", {}),
    ("silu", {}),
    ("swish", {}),
    ("hard_silu", {}),
    ("mish", {}),
    ("exponential", {}),
]


def case(activation, args, x):
    fn = getattr(keras.activations, "silu" if activation == "swish" else activation)
    label = " ".join([activation] + [f"{k}={v}" for k, v in args.items()])
    rng = rng_for(label)
    upstream = normal(rng, x.shape)
    out, back = jax.vjp(lambda a: fn(a, **args), jnp.asarray(x))
    result = {
        "name": label, "class": "Activation", "config": {"activation": activation, **args},
        "training": False, "inputs": [tensor(x)], "weights": [],
        "output": [tensor(out)], "upstream": [tensor(upstream)],
        "input_grads": [tensor(back(jnp.asarray(upstream))[0])], "weight_grads": [],
    }
    if x.ndim == 1:
        result["derivative"] = tensor(back(jnp.ones(x.shape))[0])
    return result


def main():
    cases = [case(a, args, GRID) for a, args in ELEMENTWISE]
    rng = rng_for("softmax rows")
    rows = normal(rng, (4, 5), 2)
    rows[3] = [80, -80, 2, 79, 1]  # exp(80) alone is near float32's limit
    cases += [case("softmax", {"axis": -1}, rows), case("log_softmax", {"axis": -1}, rows)]
    cases.append({**case("softmax", {"axis": -1}, normal(rng, (2, 3, 4))), "name": "softmax of a 3-D input"})
    for c in cases:
        if c["input_grads"][0]["shape"] == [23]:
            # One row of a batch: Go's layers want a batch axis.
            for key in ("inputs", "output", "upstream", "input_grads"):
                c[key][0]["shape"] = [1, 23]
            c["derivative"]["shape"] = [1, 23]
    write("activations.json", cases)


if __name__ == "__main__":
    main()
