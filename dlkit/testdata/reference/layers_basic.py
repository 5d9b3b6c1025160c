"""Reference values of dense, shape-changing, merging and preprocessing layers."""

from common import *
from keras import layers as L


def dense():
    cases = [
        layer_case("dense linear", lambda: L.Dense(3), [normal(rng_for("dense linear"), (4, 5))]),
        layer_case("dense without bias", lambda: L.Dense(3, use_bias=False),
                   [normal(rng_for("dense without bias"), (4, 5))]),
        layer_case("dense one unit", lambda: L.Dense(1), [normal(rng_for("dense one unit"), (3, 2))]),
        layer_case("dense one row", lambda: L.Dense(4, activation="tanh"),
                   [normal(rng_for("dense one row"), (1, 3))]),
        layer_case("dense 3-D input", lambda: L.Dense(4, activation="tanh"),
                   [normal(rng_for("dense 3-D input"), (2, 3, 5))]),
        layer_case("dense 3-D input softmax", lambda: L.Dense(4, activation="softmax"),
                   [normal(rng_for("dense 3-D input softmax"), (2, 3, 2))]),
    ]
    for act in ("sigmoid", "tanh", "softmax", "gelu", "silu", "softplus", "mish", "softsign"):
        name = f"dense {act}"
        cases.append(layer_case(name, lambda: L.Dense(3, activation=act), [normal(rng_for(name), (4, 5))]))
    for act in ("relu", "leaky_relu", "elu", "selu"):
        name = f"dense {act}"
        cases.append(clear_of_kinks(name, lambda: L.Dense(3, activation=act), lambda: L.Dense(3),
                                    lambda rng: [normal(rng, (4, 5))]))
    return cases


def shaping():
    x = normal(rng_for("shaping"), (2, 3, 4))
    picture = normal(rng_for("picture"), (2, 2, 3, 2))
    return [
        layer_case("flatten 3-D", L.Flatten, [x]),
        layer_case("flatten picture", L.Flatten, [picture]),
        layer_case("reshape", lambda: L.Reshape((6, 2)), [x]),
        layer_case("reshape with -1", lambda: L.Reshape((-1, 2)), [x]),
        layer_case("permute", lambda: L.Permute((2, 1)), [x]),
        layer_case("permute picture", lambda: L.Permute((3, 1, 2)), [picture]),
        layer_case("repeat vector", lambda: L.RepeatVector(3), [normal(rng_for("repeat"), (2, 4))]),
        layer_case("zero padding 2-D", lambda: L.ZeroPadding2D(1), [picture]),
        layer_case("zero padding 2-D by side", lambda: L.ZeroPadding2D(((1, 2), (0, 3))), [picture]),
        layer_case("cropping 2-D", lambda: L.Cropping2D(((1, 0), (0, 1))), [picture]),
        layer_case("zero padding 1-D", lambda: L.ZeroPadding1D((1, 2)), [x]),
        layer_case("dropout at inference", lambda: L.Dropout(0.4), [x]),
        layer_case("spatial dropout 1-D at inference", lambda: L.SpatialDropout1D(0.4), [x]),
        layer_case("spatial dropout 2-D at inference", lambda: L.SpatialDropout2D(0.4), [picture]),
        layer_case("gaussian noise at inference", lambda: L.GaussianNoise(0.4), [x]),
    ]


def activations():
    rng = rng_for("activation layers")
    x = np.where(np.abs(v := normal(rng, (3, 4), 1.5)) < 0.05, v + 0.2, v)
    cases = [layer_case(f"activation layer {a}", lambda: L.Activation(a), [x], config={"activation": a})
             for a in ("relu", "tanh", "softmax", "sigmoid")]
    cases += [
        layer_case("relu layer", L.ReLU, [x]),
        layer_case("leaky relu layer", lambda: L.LeakyReLU(negative_slope=0.3), [x]),
        layer_case("elu layer", lambda: L.ELU(alpha=0.7), [x]),
        layer_case("softmax layer", L.Softmax, [x]),
        layer_case("prelu layer", L.PReLU, [x]),
    ]
    return cases


def merging():
    rng = rng_for("merging")
    a, b, c = (normal(rng, (2, 3)) for _ in range(3))
    ranked = np.split(distinct(rng, (6, 3)), 3)
    wide, tall = normal(rng, (2, 2, 3)), normal(rng, (2, 4, 3))
    rows, row = normal(rng, (2, 3, 2)), normal(rng, (2, 1, 2))
    return [
        layer_case("add", L.Add, [a, b, c], arrange=one_list),
        layer_case("add broadcast", L.Add, [rows, row], arrange=one_list),
        layer_case("subtract", L.Subtract, [a, b], arrange=one_list),
        layer_case("multiply", L.Multiply, [a, b, c], arrange=one_list),
        layer_case("multiply broadcast", L.Multiply, [rows, row], arrange=one_list),
        layer_case("average", L.Average, [a, b, c], arrange=one_list),
        layer_case("maximum", L.Maximum, ranked, arrange=one_list),
        layer_case("minimum", L.Minimum, ranked, arrange=one_list),
        layer_case("concatenate", L.Concatenate, [a, b], arrange=one_list),
        layer_case("concatenate axis 1", lambda: L.Concatenate(axis=1), [wide, tall], arrange=one_list),
        layer_case("dot of rows", lambda: L.Dot(axes=1), [a, b], arrange=one_list),
    ]


def normalization_case(name, layer, x, data=None):
    if data is not None:
        layer.adapt(data)
    case = layer_case(name, lambda: layer, [x], weight_fn=None,
                      extra=None if data is None else {"adapt": tensor(data)},
                      config={k: v for k, v in plain_config(layer).items() if v is not None})
    if data is not None:
        case["weights"] = tensors([np.asarray(layer.mean, float).ravel(),
                                   np.asarray(layer.variance, float).ravel()], ["mean", "variance"])
    return case


def preprocessing():
    rng = rng_for("preprocessing")
    x = normal(rng, (3, 4), 2)
    data = np.round(normal(rng, (7, 4), 3) + [5, -2, 0, 10], 3)
    steady = data.copy()
    steady[:, 2] = 1.5  # a constant column: variance 0
    picture = normal(rng, (2, 2, 3, 2))
    return [
        layer_case("rescaling", lambda: L.Rescaling(1 / 127.5, offset=-1.0), [uniform(rng, 0, 255, (3, 4))]),
        normalization_case("normalization adapted", L.Normalization(), x, data),
        normalization_case("normalization with a constant column", L.Normalization(), x, steady),
        normalization_case("normalization of pictures", L.Normalization(), picture, normal(rng, (5, 2, 3, 2), 2)),
        normalization_case("normalization given mean and variance",
                           L.Normalization(mean=[1.0, 2.0, 3.0, 4.0], variance=[1.0, 4.0, 0.25, 2.0]), x),
    ]


if __name__ == "__main__":
    write("layers_basic.json", dense() + shaping() + activations() + merging() + preprocessing())
