"""Whole models trained by Keras's own fit: loss of each epoch, final weights.

Batches come in order (no shuffling); the last, smaller batch counts too. The
loss and metrics of an epoch are means over its rows while training.
"""

from common import *
from keras import layers as L

EPOCHS, BATCH, ROWS = 3, 8, 20
SSCE, ACCURACY = "sparse_categorical_crossentropy", ["sparse_categorical_accuracy"]


def packed(value):
    """The JSON form of one array or of named arrays."""
    if isinstance(value, dict):
        return {k: tensor(v) for k, v in value.items()}
    return tensor(value)


def fit_case(name, make, layers, x, y, optimizer, loss, metrics, *, fit_args=None, extra=None,
             validation=None, loss_weights=None):
    """make builds the model; layers tells a reader how; optimizer is (class, config);
    x, y, loss, metrics and loss_weights may be dicts by input or output name."""
    rng = rng_for(name)
    keras.utils.clear_session()
    model = make()
    names = weight_names(model)
    if len(set(names)) < len(names):
        raise ValueError(f"{name}: two weights share a name in {names}")
    for path, w in zip(names, model.weights):
        w.assign(random_weight(rng, path, tuple(w.shape)))
    before = [np.array(w.value) for w in model.weights]
    klass, config = optimizer
    model.compile(optimizer=getattr(keras.optimizers, klass)(**config), loss=loss,
                  metrics=metrics, loss_weights=loss_weights)
    history = model.fit(x, y, epochs=EPOCHS, batch_size=BATCH, shuffle=False, verbose=0,
                        validation_data=validation, **(fit_args or {}))
    case = {
        "name": name, "class": type(model).__name__, "layers": layers,
        "optimizer": {"class": klass, "config": config}, "loss": loss, "metrics": metrics,
        "epochs": EPOCHS, "batch_size": BATCH, **(extra or {}), "x": packed(x), "y": packed(y),
    }
    if loss_weights is not None:
        case["loss_weights"] = loss_weights
    if validation is not None:
        case["validation_x"], case["validation_y"] = map(packed, validation)
    case["initial_weights"] = tensors(before, names)
    case["history"] = {k: [digits(v) for v in vs] for k, vs in history.history.items()}
    case["final_weights"] = tensors([w.value for w in model.weights], names)
    predicted = model.predict(x, verbose=0)
    case["predictions"] = packed(predicted)
    evaluated = model.evaluate(x, y, batch_size=BATCH, verbose=0, return_dict=True)
    case["evaluation"] = {k: digits(v) for k, v in evaluated.items()}
    return case


# ---- stacks of dense layers ----------------------------------------------


def classifier(last="softmax"):
    return lambda: keras.Sequential([
        keras.Input((6,)), L.Dense(5, activation="tanh", name="hidden"),
        L.Dense(3, activation=last, name="out")])


def spec(last="softmax"):
    return [{"name": "hidden", "class": "Dense", "config": {"units": 5, "activation": "tanh"}},
            {"name": "out", "class": "Dense", "config": {"units": 3, "activation": last}}]


def one_layer():
    return keras.Sequential([keras.Input((6,)), L.Dense(3, activation="softmax", name="out")])


def held_back():
    """Regularizers on one layer, a constraint on the other."""
    return keras.Sequential([
        keras.Input((6,)),
        L.Dense(5, activation="tanh", name="hidden", kernel_regularizer=keras.regularizers.L1L2(0.01, 0.02),
                bias_regularizer=keras.regularizers.L2(0.05)),
        L.Dense(3, activation="softmax", name="out", kernel_constraint=keras.constraints.MaxNorm(0.8, axis=0))])


def held_back_spec():
    hidden, out = spec()
    hidden["config"].update(kernel_regularizer={"l1": 0.01, "l2": 0.02}, bias_regularizer={"l2": 0.05})
    out["config"].update(kernel_constraint={"class": "MaxNorm", "max_value": 0.8, "axis": 0})
    return [hidden, out]


def dense_models():
    rng = rng_for("models")
    x = normal(rng, (ROWS, 6))
    labels = (x[:, :3] + normal(rng, (ROWS, 3), 0.3)).argmax(1).astype(np.int32)
    onehot = np.eye(3)[labels]
    multi = (x[:, :3] > 0).astype(float)
    held = (normal(rng, (5, 6)), np.array([0, 1, 2, 1, 0], dtype=np.int32))
    row_weights = uniform(rng, 0.2, 2, ROWS)
    amounts = normal(rng, (ROWS, 3))
    classes = {0: 0.5, 1: 2.0, 2: 1.25}
    by_class = {"fit_args": {"class_weight": classes}, "extra": {"class_weight": {str(k): v for k, v in classes.items()}}}
    adam, sgd = ("Adam", {"learning_rate": 0.05}), ("SGD", {"learning_rate": 0.1})
    return [
        fit_case("classifier with Adam", classifier(), spec(), x, labels, adam, SSCE, ACCURACY, validation=held),
        fit_case("classifier with SGD and momentum", classifier(), spec(), x, labels,
                 ("SGD", {"learning_rate": 0.1, "momentum": 0.9}), SSCE, ACCURACY),
        fit_case("classifier with one-hot labels", classifier(), spec(), x, onehot, adam,
                 "categorical_crossentropy", ["categorical_accuracy"]),
        fit_case("classifier with class weights", classifier(), spec(), x, labels, sgd, SSCE, ACCURACY, **by_class),
        fit_case("classifier with sample weights", classifier(), spec(), x, labels, sgd, SSCE, ACCURACY,
                 fit_args={"sample_weight": row_weights}, extra={"sample_weight": tensor(row_weights)}),
        fit_case("classifier with regularizers and max-norm", held_back, held_back_spec(), x, labels, sgd, SSCE, ACCURACY),
        fit_case("three yes-or-no labels with RMSprop", classifier("sigmoid"), spec("sigmoid"), x, multi,
                 ("RMSprop", {"learning_rate": 0.01}), "binary_crossentropy", ["binary_accuracy"]),
        fit_case("regression with Adam", classifier("linear"), spec("linear"), x, amounts, adam,
                 "mean_squared_error", ["mean_absolute_error"]),
        fit_case("one layer with class weights", one_layer, spec()[1:], x, labels, sgd, SSCE, ACCURACY, **by_class),
    ]


# ---- pictures and words --------------------------------------------------


def described(makes):
    return [{"name": l.name, "class": type(l).__name__, "config": plain_config(l)} for l in (m() for m in makes)]


def stack(shape, makes, dtype=None):
    return lambda: keras.Sequential([keras.Input(shape, dtype=dtype)] + [m() for m in makes])


def pictures():
    makes = [
        lambda: L.Conv2D(2, 3, padding="same", name="conv"),
        lambda: L.BatchNormalization(momentum=0.8, name="norm"),
        lambda: L.Activation("tanh", name="tanh"),
        lambda: L.MaxPooling2D(2, name="pool"),
        lambda: L.Flatten(name="flat"),
        lambda: L.Dense(3, activation="softmax", name="out"),
    ]
    rng = rng_for("pictures")
    x = np.round(normal(rng, (ROWS, 4, 4, 1)), 2)
    labels = rng.integers(0, 3, ROWS).astype(np.int32)
    return [fit_case("convolution with batch normalization", stack((4, 4, 1), makes), described(makes), x, labels,
                     ("Adam", {"learning_rate": 0.02}), SSCE, ACCURACY)]


def words():
    makes = [
        lambda: L.Embedding(8, 3, mask_zero=True, name="words"),
        lambda: L.LSTM(3, name="lstm"),
        lambda: L.Dense(1, activation="sigmoid", name="out"),
    ]
    rng = rng_for("words")
    x = rng.integers(1, 8, (ROWS, 5)).astype(np.int32)
    x[np.arange(5) >= rng.integers(1, 6, ROWS)[:, None]] = 0  # sentences of 1 to 5 words
    y = rng.integers(0, 2, (ROWS, 1)).astype(float)
    return [fit_case("LSTM over padded words", stack((5,), makes, "int32"), described(makes), x, y,
                     ("Adam", {"learning_rate": 0.05}), "binary_crossentropy", ["binary_accuracy"])]


# ---- models that are not a stack -----------------------------------------


def residual():
    x = keras.Input((4,), name="x")
    h = L.Dense(4, activation="tanh", name="branch")(x)
    h = L.LayerNormalization(name="norm")(L.Add(name="add")([x, h]))
    return keras.Model(x, L.Dense(3, activation="softmax", name="out")(h))


RESIDUAL = [
    {"name": "branch", "class": "Dense", "config": {"units": 4, "activation": "tanh"}, "inputs": ["x"]},
    {"name": "add", "class": "Add", "config": {}, "inputs": ["x", "branch"]},
    {"name": "norm", "class": "LayerNormalization", "config": {"epsilon": 0.001}, "inputs": ["add"]},
    {"name": "out", "class": "Dense", "config": {"units": 3, "activation": "softmax"}, "inputs": ["norm"]},
]


def two_heads():
    a, b = keras.Input((4,), name="a"), keras.Input((2,), name="b")
    left, right = L.Dense(3, activation="tanh", name="left"), L.Dense(2, activation="tanh", name="right")
    both = L.Concatenate(name="both")([left(a), right(b)])
    return keras.Model({"a": a, "b": b}, {"kind": L.Dense(3, activation="softmax", name="kind")(both),
                                          "amount": L.Dense(1, name="amount")(both)})


TWO_HEADS = [
    {"name": "left", "class": "Dense", "config": {"units": 3, "activation": "tanh"}, "inputs": ["a"]},
    {"name": "right", "class": "Dense", "config": {"units": 2, "activation": "tanh"}, "inputs": ["b"]},
    {"name": "both", "class": "Concatenate", "config": {"axis": -1}, "inputs": ["left", "right"]},
    {"name": "kind", "class": "Dense", "config": {"units": 3, "activation": "softmax"}, "inputs": ["both"]},
    {"name": "amount", "class": "Dense", "config": {"units": 1, "activation": "linear"}, "inputs": ["both"]},
]


def functional():
    rng = rng_for("functional")
    a, b = normal(rng, (ROWS, 4)), normal(rng, (ROWS, 2))
    labels, amount = a[:, :3].argmax(1).astype(np.int32), normal(rng, (ROWS, 1))
    return [
        fit_case("residual block", residual, RESIDUAL, a, labels, ("Adam", {"learning_rate": 0.05}), SSCE, ACCURACY),
        fit_case("two inputs, two outputs, loss weights", two_heads, TWO_HEADS, {"a": a, "b": b},
                 {"kind": labels, "amount": amount}, ("SGD", {"learning_rate": 0.1}),
                 {"kind": SSCE, "amount": "mean_squared_error"},
                 {"kind": ACCURACY, "amount": ["mean_absolute_error"]},
                 loss_weights={"kind": 1.0, "amount": 0.3}),
    ]


if __name__ == "__main__":
    write("models.json", dense_models() + pictures() + words() + functional())
