"""The measured models in Keras. They compute the same as those of
bench/worker/models.go: same layers, same sizes, same places of dropout."""

import keras
from keras import layers, ops

from peer import TEXT_STEPS


class Words(layers.Layer):
    """Token and position embedding, as in Keras' text example."""

    def __init__(self, steps, words, size):
        super().__init__()
        self.token_emb = layers.Embedding(words, size)
        self.pos_emb = layers.Embedding(steps, size)

    def call(self, x):
        return self.token_emb(x) + self.pos_emb(ops.arange(0, x.shape[-1]))


class Encoder(layers.Layer):
    """One block, as in Keras' text example."""

    def __init__(self, size, heads, units, rate=0.1):
        super().__init__()
        self.att = layers.MultiHeadAttention(num_heads=heads, key_dim=size)
        self.ffn_in, self.ffn_out = layers.Dense(units, activation="relu"), layers.Dense(size)
        self.norm_att, self.norm_ffn = (layers.LayerNormalization(epsilon=1e-6) for _ in range(2))
        self.drop_att, self.drop_ffn = layers.Dropout(rate), layers.Dropout(rate)

    def call(self, x, training=None):
        x = self.norm_att(x + self.drop_att(self.att(x, x), training=training))
        return self.norm_ffn(x + self.drop_ffn(self.ffn_out(self.ffn_in(x)), training=training))


def text(words, size, *middle):
    return [keras.Input((TEXT_STEPS,), dtype="int32"), layers.Embedding(words, size), *middle,
            layers.Dense(2, activation="softmax")]


def dense():
    return [keras.Input((784,)), layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")]


def cnn():
    return [keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2),
            layers.Flatten(), layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")]


def cifar():
    stack = [keras.Input((32, 32, 3))]
    for filters in 32, 64, 128:
        for _ in range(2):
            stack += [layers.Conv2D(filters, 3, padding="same"), layers.BatchNormalization(), layers.ReLU()]
        stack += [layers.MaxPooling2D(2), layers.Dropout(0.25)]
    return stack + [layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dropout(0.5),
                    layers.Dense(10, activation="softmax")]


def residual():
    def block(x, filters, step):
        short = x
        if step > 1:
            short = layers.BatchNormalization()(layers.Conv2D(filters, 1, step, padding="same")(x))
        x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(filters, 3, step, padding="same")(x)))
        x = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(x))
        return layers.ReLU()(layers.Add()([x, short]))

    inputs = keras.Input((32, 32, 3))
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(16, 3, padding="same")(inputs)))
    for filters, step in (16, 1), (32, 2), (64, 2):
        x = block(x, filters, step)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x)))


def separable():
    stack = [keras.Input((32, 32, 3)), layers.Conv2D(32, 3, padding="same", activation="relu")]
    for filters in 64, 128:
        stack += [layers.SeparableConv2D(filters, 3, padding="same", activation="relu"), layers.MaxPooling2D(2)]
    return stack + [layers.GlobalAveragePooling2D(), layers.Dense(10, activation="softmax")]


def transformer():
    return [keras.Input((TEXT_STEPS,), dtype="int32"),
            Words(TEXT_STEPS, 20000, 32), Encoder(32, 2, 32),
            layers.GlobalAveragePooling1D(), layers.Dropout(0.1),
            layers.Dense(20, activation="relu"), layers.Dropout(0.1),
            layers.Dense(2, activation="softmax")]


MODELS = {
    "dense": dense, "cnn": cnn, "cifar": cifar,
    "embedding": lambda: text(10000, 16, layers.GlobalAveragePooling1D(), layers.Dense(16, activation="relu")),
    "lstm": lambda: text(10000, 32, layers.LSTM(64)),
    "gru": lambda: text(10000, 32, layers.GRU(64)),
    "residual": residual, "separable": separable,
    "textcnn": lambda: text(10000, 32, layers.Conv1D(64, 5, activation="relu"), layers.GlobalMaxPooling1D(),
                            layers.Dense(64, activation="relu")),
    "transformer": transformer,
}


def make(name):
    made = MODELS[name]()
    return keras.Sequential(made) if isinstance(made, list) else made
