"""Reference values of the metrics, each over several batches of unequal size.

"result" is the value after the last batch: over all rows seen, not a mean of
batch results.
"""

from common import *

SIZES = (4, 4, 3)


def split(*arrays):
    """Cuts arrays into batches of SIZES; None stays None."""
    ends = np.cumsum(SIZES)
    return [tuple(None if a is None else a[e - s:e] for a in arrays) for s, e in zip(SIZES, ends)]


def metric_case(klass, config, y_true, y_pred, weights=None, label=""):
    metric = getattr(keras.metrics, klass)(**config)
    batches = []
    for true, pred, weight in split(y_true, y_pred, weights):
        metric.update_state(jnp.asarray(true), jnp.asarray(pred),
                            None if weight is None else jnp.asarray(weight))
        batches.append({"y_true": tensor(true), "y_pred": tensor(pred),
                        "sample_weight": None if weight is None else tensor(weight)})
    words = [klass] + [f"{k}={v}" for k, v in config.items()] + ([label] if label else [])
    if weights is not None:
        words.append("sample weights")
    return {"name": " ".join(words), "class": klass, "config": config, "batches": batches,
            "result": result_of(metric)}


def result_of(metric):
    value = np.asarray(metric.result(), dtype=float)
    return digits(value) if value.ndim == 0 else tensor(value)


def both(klass, config, y_true, y_pred, weights, label=""):
    return [metric_case(klass, config, y_true, y_pred, None, label),
            metric_case(klass, config, y_true, y_pred, weights, label)]


def untied(rng, labels, k):
    """Probabilities that are right more often than not, no two of a row alike."""
    rows = np.arange(len(labels))
    while True:
        probs = rng.uniform(0.2, 1.0, (len(labels), k))
        probs[rows, labels] += 0.35
        probs = np.round(probs / probs.sum(1, keepdims=True), 3)
        if np.diff(np.sort(probs, axis=1), axis=1).min() > 0.01:
            return probs


def classes():
    rng = rng_for("metrics of classes")
    n, k = sum(SIZES), 4
    labels = rng.permutation(np.arange(n) % k).astype(np.int32)
    onehot = np.eye(k)[labels]
    probs = untied(rng, labels, k)
    weights = uniform(rng, 0.2, 2, n)
    cases = both("SparseCategoricalAccuracy", {}, labels, probs, weights)
    cases.append(metric_case("SparseCategoricalAccuracy", {}, labels[:, None], probs, None, "labels as a column"))
    cases += both("CategoricalAccuracy", {}, onehot, probs, weights)
    for top in (1, 2, 3):
        cases += both("SparseTopKCategoricalAccuracy", {"k": top}, labels, probs, weights)
    cases += both("TopKCategoricalAccuracy", {"k": 2}, onehot, probs, weights)
    cases += both("SparseCategoricalCrossentropy", {}, labels, probs, weights)
    cases += both("CategoricalCrossentropy", {}, onehot, probs, weights)
    for average in (None, "micro", "macro", "weighted"):
        cases += both("F1Score", {"average": average}, onehot, probs, weights)
    cases += both("F1Score", {"average": "macro", "threshold": 0.4}, onehot, probs, weights)
    for index in (0, 2):
        config = {"class_id": index, "thresholds": 0.3}
        cases.append(metric_case("Precision", config, onehot, probs))
        cases.append(metric_case("Recall", config, onehot, probs))
    cases.append(metric_case("Precision", {"top_k": 1}, onehot, probs))
    cases.append(metric_case("Recall", {"top_k": 1}, onehot, probs))
    cases += confusion(labels, probs, weights)
    return cases


def confusion(labels, probs, weights):
    """Rows are true classes, columns predicted ones; counted by NumPy."""
    k = probs.shape[1]
    out = []
    for weight in (None, weights):
        matrix = np.zeros((k, k))
        np.add.at(matrix, (labels, probs.argmax(1)), 1.0 if weight is None else weight)
        batches = [{"y_true": tensor(t), "y_pred": tensor(p),
                    "sample_weight": None if w is None else tensor(w)}
                   for t, p, w in split(labels, probs, weight)]
        out.append({"name": "ConfusionMatrix" + ("" if weight is None else " sample weights"),
                    "class": "ConfusionMatrix", "config": {"num_classes": k},
                    "batches": batches, "result": tensor(matrix)})
    return out


def binary():
    rng = rng_for("metrics of two classes")
    n = sum(SIZES)
    true = rng.permutation(np.arange(n) % 2).astype(float)[:, None]
    pred = np.clip(np.round(rng.uniform(0, 1, (n, 1)) * 0.8 + true * 0.15, 3), 0.02, 0.98)
    pred = np.where(np.abs(pred * 199 - np.round(pred * 199)) < 0.05, pred + 0.001, pred)
    weights = uniform(rng, 0.2, 2, n)
    cases = []
    for config in ({"threshold": 0.5}, {"threshold": 0.3}):
        cases += both("BinaryAccuracy", config, true, pred, weights)
    for klass in ("Precision", "Recall"):
        for config in ({}, {"thresholds": 0.35}, {"thresholds": [0.2, 0.5, 0.8]}):
            cases += both(klass, config, true, pred, weights)
    for curve in ("ROC", "PR"):
        for config in ({"curve": curve}, {"curve": curve, "num_thresholds": 4}):
            cases += both("AUC", {"num_thresholds": 200, **config}, true, pred, weights)
    for klass in ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives"):
        cases.append(metric_case(klass, {}, true, pred))
    cases += both("BinaryCrossentropy", {}, true, pred, weights)
    labels = rng.integers(0, 2, (n, 3)).astype(float)
    scores = uniform(rng, 0.02, 0.98, (n, 3))
    cases += both("BinaryAccuracy", {}, labels, scores, weights, "three labels")
    cases.append(metric_case("AUC", {"multi_label": True, "num_labels": 3}, labels, scores, None, "three labels"))
    cases.append(metric_case("F1Score", {"average": None, "threshold": 0.5}, labels, scores, None, "three labels"))
    return cases


def regression():
    rng = rng_for("metrics of regression")
    n = sum(SIZES)
    true, weights = normal(rng, (n, 2)), uniform(rng, 0.2, 2, n)
    true = np.where(np.abs(true) < 0.2, true + 0.5, true)
    pred = np.round(true + rng.normal(0, 0.5, (n, 2)), 3)
    cases = []
    for klass in ("MeanSquaredError", "MeanAbsoluteError", "RootMeanSquaredError",
                  "MeanAbsolutePercentageError", "CosineSimilarity", "LogCoshError",
                  "MeanSquaredLogarithmicError"):
        cases += both(klass, {}, true, pred, weights)
    for aggregation in ("uniform_average", "variance_weighted_average"):
        cases += both("R2Score", {"class_aggregation": aggregation}, true, pred, weights)
    cases.append(metric_case("R2Score", {}, true[:, :1], pred[:, :1], None, "one column"))
    return cases


if __name__ == "__main__":
    write("metrics.json", classes() + binary() + regression())
