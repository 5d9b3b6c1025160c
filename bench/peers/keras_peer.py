"""Keras' side, on JAX: Model.fit, and the leaner loop over train_on_batch."""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402

import peer  # noqa: E402
from keras_models import make  # noqa: E402

PREDICT_BATCH = 256


class Keras:
    versions = {"keras": keras.__version__, "jax": jax.__version__, "numpy": np.__version__}
    variants = ["fit", "train_on_batch"]
    predict_variants = ["predict"]

    def __init__(self, name, batch, steps):
        keras.utils.set_random_seed(1)
        self.batch, self.n = batch, batch * steps
        self.x, self.y = peer.inputs(name, self.n), peer.labels(name, self.n)
        self.model = make(name)
        self.model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=True)
        self.rng = np.random.default_rng(3)

    def train(self, variant):
        if variant == "fit":
            return self.model.fit(self.x, self.y, batch_size=self.batch, verbose=0)
        self.model.reset_metrics()
        order = self.rng.permutation(self.n)
        for start in range(0, self.n, self.batch):
            at = order[start:start + self.batch]
            logs = self.model.train_on_batch(self.x[at], self.y[at])
        return logs

    def predict(self, variant, rows):
        if len(rows) == 1:
            return self.model.predict_on_batch(rows)
        return self.model.predict(rows, batch_size=PREDICT_BATCH, verbose=0)


if __name__ == "__main__":
    peer.serve(Keras)
