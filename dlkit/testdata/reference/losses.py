"""Reference values of the losses: value and gradient by y_pred.

Values are Keras's: reduction "sum_over_batch_size", so a loss with sample
weights is sum(weight*loss)/count, not divided by the weights' sum.
"""

from common import *

WEIGHTS = np.array([0.5, 2.0, 0.0, 1.25])


def loss_case(klass, config, y_true, y_pred, weights=None, label=""):
    loss = getattr(keras.losses, klass)(**config)
    true, pred = jnp.asarray(y_true), jnp.asarray(y_pred)
    weight = None if weights is None else jnp.asarray(weights)

    def value_of(p):
        return loss(true, p, sample_weight=weight)

    value, grad = jax.value_and_grad(value_of)(pred)
    words = [klass] + [f"{k}={v}" for k, v in config.items()] + ([label] if label else [])
    if weights is not None:
        words.append("sample weights")
    return {
        "name": " ".join(words), "class": klass, "config": config,
        "y_true": tensor(y_true), "y_pred": tensor(y_pred),
        "sample_weight": None if weights is None else tensor(weights),
        "value": digits(value), "grad": tensor(grad),
    }


def both(klass, config, y_true, y_pred, label=""):
    return [loss_case(klass, config, y_true, y_pred, None, label),
            loss_case(klass, config, y_true, y_pred, WEIGHTS, label)]


def regression():
    rng = rng_for("regression losses")
    true = normal(rng, (4, 3))
    pred = np.round(true + rng.choice([-1, 1], (4, 3)) * rng.uniform(0.1, 0.8, (4, 3)), 3)
    pred[0, 0], pred[1, 1], pred[3, 2] = true[0, 0] + 2.5, true[1, 1] - 1.7, true[3, 2] + 3.1
    far = np.where(np.abs(true) < 0.2, true + 0.5, true)
    cases = []
    for klass in ("MeanSquaredError", "MeanAbsoluteError", "LogCosh"):
        cases += both(klass, {}, true, pred)
    cases += both("Huber", {"delta": 1.0}, true, pred)
    cases += both("Huber", {"delta": 0.5}, true, pred)
    cases += both("MeanAbsolutePercentageError", {}, far, pred)
    cases += both("MeanSquaredLogarithmicError", {}, np.abs(true) + 0.1, np.abs(pred) + 0.1)
    cases += both("CosineSimilarity", {"axis": -1}, true, pred)
    counts = rng.integers(0, 6, (4, 3)).astype(float)
    cases += both("Poisson", {}, counts, np.abs(pred) + 0.2)
    for klass in ("MeanSquaredError", "MeanAbsoluteError"):
        cases.append(loss_case(klass, {}, normal(rng, (2, 3, 2)), normal(rng, (2, 3, 2)), None, "3-D"))
    return cases


def binary():
    rng = rng_for("binary losses")
    true = rng.integers(0, 2, (4, 3)).astype(float)
    probs, logits = uniform(rng, 0.05, 0.95, (4, 3)), normal(rng, (4, 3), 2)
    cases = []
    for smoothing in (0.0, 0.1):
        cases += both("BinaryCrossentropy", {"from_logits": False, "label_smoothing": smoothing}, true, probs)
        cases += both("BinaryCrossentropy", {"from_logits": True, "label_smoothing": smoothing}, true, logits)
    extreme = np.array([[60.0, -60.0], [45.0, -45.0], [-60.0, 60.0], [0.5, -0.5]])
    cases.append(loss_case("BinaryCrossentropy", {"from_logits": True},
                           np.array([[1.0, 0.0], [0, 1], [1, 0], [1, 0]]), extreme, None, "extreme logits"))
    for balancing in (False, True):
        config = {"apply_class_balancing": balancing, "alpha": 0.25, "gamma": 2.0}
        cases += both("BinaryFocalCrossentropy", {**config, "from_logits": False}, true, probs)
        cases += both("BinaryFocalCrossentropy", {**config, "from_logits": True}, true, logits)
    cases.append(loss_case("BinaryFocalCrossentropy", {"gamma": 1.5, "label_smoothing": 0.1}, true, probs))
    return cases


def categorical():
    rng = rng_for("categorical losses")
    labels = np.array([2, 0, 4, 1], dtype=np.int32)
    onehot = np.eye(5)[labels]
    probs, logits = probabilities(rng, (4, 5)), normal(rng, (4, 5), 2)
    soft = probabilities(rng, (4, 5))
    cases = []
    for smoothing in (0.0, 0.1):
        config = {"label_smoothing": smoothing}
        cases += both("CategoricalCrossentropy", {"from_logits": False, **config}, onehot, probs)
        cases += both("CategoricalCrossentropy", {"from_logits": True, **config}, onehot, logits)
    cases.append(loss_case("CategoricalCrossentropy", {"from_logits": True}, soft, logits, None, "soft targets"))
    cases += both("SparseCategoricalCrossentropy", {"from_logits": False}, labels, probs)
    cases += both("SparseCategoricalCrossentropy", {"from_logits": True}, labels, logits)
    extreme = np.array([[100.0, -100, 0, 3, 1], [-90, 90, 0, 2, 1], [0, 0.5, 60, 1, 2], [1, 2, 3, 4, 5]])
    cases.append(loss_case("SparseCategoricalCrossentropy", {"from_logits": True}, labels, extreme, None, "extreme logits"))
    sequence = rng.integers(0, 4, (2, 3)).astype(np.int32)
    cases.append(loss_case("SparseCategoricalCrossentropy", {"from_logits": True}, sequence,
                           normal(rng, (2, 3, 4)), None, "labels of a sequence"))
    cases.append(loss_case("SparseCategoricalCrossentropy", {"from_logits": True, "ignore_class": 4},
                           labels, logits, None))
    for from_logits, pred in ((False, probs), (True, logits)):
        cases += both("CategoricalFocalCrossentropy",
                      {"alpha": 0.25, "gamma": 2.0, "from_logits": from_logits}, onehot, pred)
    cases.append(loss_case("CategoricalFocalCrossentropy",
                           {"alpha": 0.5, "gamma": 1.5, "label_smoothing": 0.1}, onehot, probs))
    cases += both("KLDivergence", {}, soft, probs)
    cases += both("CategoricalHinge", {}, onehot, logits)
    return cases


def hinges():
    rng = rng_for("hinge losses")
    true = rng.choice([-1.0, 1.0], (4, 3))
    pred = normal(rng, (4, 3), 1.5)
    pred = np.where(np.abs(1 - true * pred) < 0.05, pred + 0.2, pred)
    cases = []
    for klass in ("Hinge", "SquaredHinge"):
        cases += both(klass, {}, true, pred)
    cases.append(loss_case("Hinge", {}, (true + 1) / 2, pred, None, "labels 0 and 1"))
    return cases


if __name__ == "__main__":
    write("losses.json", regression() + binary() + categorical() + hinges())
