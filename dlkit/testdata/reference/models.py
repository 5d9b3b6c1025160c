"""Whole models trained by Keras's own fit: loss of each epoch, final weights.

Batches come in order (no shuffling); the last, smaller batch counts too. The
loss and metrics of an epoch are means over its rows while training.
"""

from common import *
from keras import layers as L

EPOCHS, BATCH, ROWS = 3, 8, 20


def fit_case(name, make, x, y, optimizer, optimizer_config, loss, metrics=(), *,
             layer_list, fit_args=None, extra=None, validation=None):
    rng = rng_for(name)
    keras.utils.clear_session()
    model = make()
    names = weight_names(model)
    for path, w in zip(names, model.weights):
        w.assign(random_weight(rng, path, tuple(w.shape)))
    names = [f"{w.path.split('/')[-2]}/{w.path.split('/')[-1]}" for w in model.weights]
    before = [np.array(w.value) for w in model.weights]
    model.compile(optimizer=getattr(keras.optimizers, optimizer)(**optimizer_config),
                  loss=loss, metrics=list(metrics))
    history = model.fit(x, y, epochs=EPOCHS, batch_size=BATCH, shuffle=False, verbose=0,
                        validation_data=validation, **(fit_args or {}))
    case = {
        "name": name, "class": "Sequential", "layers": layer_list,
        "optimizer": {"class": optimizer, "config": optimizer_config},
        "loss": loss, "metrics": list(metrics), "epochs": EPOCHS, "batch_size": BATCH,
        **(extra or {}),
        "x": tensor(x), "y": tensor(y),
    }
    if validation is not None:
        case["validation_x"], case["validation_y"] = tensor(validation[0]), tensor(validation[1])
    case["initial_weights"] = tensors(before, names)
    case["history"] = {k: [digits(v) for v in vs] for k, vs in history.history.items()}
    case["final_weights"] = tensors([w.value for w in model.weights], names)
    case["predictions"] = tensor(np.asarray(model.predict(x, verbose=0)))
    evaluated = model.evaluate(x, y, batch_size=BATCH, verbose=0, return_dict=True)
    case["evaluation"] = {k: digits(v) for k, v in evaluated.items()}
    return case


def classifier(last="softmax"):
    return lambda: keras.Sequential([
        keras.Input((6,)), L.Dense(5, activation="tanh", name="hidden"),
        L.Dense(3, activation=last, name="out")])


def spec(last="softmax"):
    return [{"class": "Dense", "config": {"units": 5, "activation": "tanh"}},
            {"class": "Dense", "config": {"units": 3, "activation": last}}]


def one_layer():
    return keras.Sequential([keras.Input((6,)), L.Dense(3, activation="softmax", name="out")])


def main():
    rng = rng_for("models")
    x = normal(rng, (ROWS, 6))
    labels = (x[:, :3] + normal(rng, (ROWS, 3), 0.3)).argmax(1).astype(np.int32)
    onehot = np.eye(3)[labels]
    multi = (x[:, :3] > 0).astype(float)
    held = (normal(rng, (5, 6)), np.array([0, 1, 2, 1, 0], dtype=np.int32))
    ssce, accuracy = "sparse_categorical_crossentropy", ("sparse_categorical_accuracy",)
    common = {"layer_list": spec()}
    row_weights = uniform(rng, 0.2, 2, ROWS)
    class_weight = {0: 0.5, 1: 2.0, 2: 1.25}
    cases = [
        fit_case("classifier with Adam", classifier(), x, labels, "Adam", {"learning_rate": 0.05}, ssce, accuracy,
                 validation=held, **common),
        fit_case("classifier with SGD and momentum", classifier(), x, labels, "SGD",
                 {"learning_rate": 0.1, "momentum": 0.9}, ssce, accuracy, **common),
        fit_case("classifier with one-hot labels", classifier(), x, onehot, "Adam", {"learning_rate": 0.05},
                 "categorical_crossentropy", ("categorical_accuracy",), **common),
        fit_case("classifier with class weights", classifier(), x, labels, "SGD", {"learning_rate": 0.1}, ssce, accuracy,
                 fit_args={"class_weight": class_weight},
                 extra={"class_weight": {str(k): v for k, v in class_weight.items()}}, **common),
        fit_case("classifier with sample weights", classifier(), x, labels, "SGD", {"learning_rate": 0.1}, ssce, accuracy,
                 fit_args={"sample_weight": row_weights}, extra={"sample_weight": tensor(row_weights)}, **common),
        fit_case("three yes-or-no labels with RMSprop", classifier("sigmoid"), x, multi, "RMSprop",
                 {"learning_rate": 0.01}, "binary_crossentropy", ("binary_accuracy",), layer_list=spec("sigmoid")),
        fit_case("regression with Adam", classifier("linear"), x, normal(rng, (ROWS, 3)), "Adam",
                 {"learning_rate": 0.05}, "mean_squared_error", ("mean_absolute_error",), layer_list=spec("linear")),
    ]
    cases.append(fit_case("one layer with class weights", one_layer, x, labels, "SGD", {"learning_rate": 0.1}, ssce,
                          accuracy, fit_args={"class_weight": class_weight},
                          extra={"class_weight": {str(k): v for k, v in class_weight.items()}},
                          layer_list=spec()[1:]))
    write("models.json", cases)


if __name__ == "__main__":
    main()
