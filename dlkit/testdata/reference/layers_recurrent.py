"""Reference values of embedding and recurrent layers, with and without masks."""

from common import *
from keras import layers as L

SHAPE = (3, 4, 2)  # batch, steps, features
# False is padding: at the end, in the middle, at the start.
MASK = np.array([[1, 1, 1, 0], [1, 0, 1, 1], [0, 0, 1, 1]], dtype=bool)
# Padding at the end only, as from padded sentences.
ENDED = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 0, 0]], dtype=bool)
WORDS = np.array([[3, 1, 4, 2], [2, 5, 0, 0], [1, 0, 0, 0]], dtype=np.int32)


def case(name, make, mask=None, **kw):
    extra, call_args = {}, {}
    if mask is not None:
        extra, call_args = {"mask": tensor(mask)}, {"mask": jnp.asarray(mask)}
    x = normal(rng_for(name), SHAPE)
    return layer_case(name, make, [x], extra=extra, call_args=call_args, **kw)


def cells():
    cases = []
    for klass in (L.SimpleRNN, L.LSTM, L.GRU):
        n = klass.__name__
        cases += [
            case(f"{n} last output", lambda: klass(3)),
            case(f"{n} sequences", lambda: klass(3, return_sequences=True)),
            case(f"{n} backwards", lambda: klass(3, go_backwards=True, return_sequences=True)),
            case(f"{n} without bias", lambda: klass(2, use_bias=False)),
            case(f"{n} with state", lambda: klass(2, return_state=True)),
            case(f"{n} masked last output", lambda: klass(3), MASK),
            case(f"{n} masked sequences", lambda: klass(3, return_sequences=True), MASK),
            case(f"{n} padded at the end", lambda: klass(3, return_sequences=True), ENDED),
            case(f"{n} masked backwards", lambda: klass(2, go_backwards=True), MASK),
        ]
    cases += [
        case("SimpleRNN sigmoid", lambda: L.SimpleRNN(3, activation="sigmoid")),
        case("LSTM other activations", lambda: L.LSTM(2, activation="softsign", recurrent_activation="hard_sigmoid")),
        case("LSTM one unit", lambda: L.LSTM(1, return_sequences=True)),
        case("GRU reset before", lambda: L.GRU(3, reset_after=False, return_sequences=True)),
        case("GRU reset before masked", lambda: L.GRU(3, reset_after=False), MASK),
    ]
    for c in cases:
        assert c["class"] != "GRU" or "reset_after" in c["config"]
    return cases


def bidirectional():
    cases = []
    for klass in (L.SimpleRNN, L.LSTM, L.GRU):
        for merge in ("concat", "sum", "mul", "ave"):
            for sequences in (False, True):
                if klass is not L.LSTM and merge in ("mul", "ave"):
                    continue
                for mask in (None, MASK) if merge in ("concat", "sum") else (None,):
                    cases.append(both_ways(klass, merge, sequences, mask))
    return cases


def both_ways(klass, merge, sequences, mask):
    name = " ".join(["Bidirectional", klass.__name__, merge] + ["sequences"] * sequences
                    + ["masked"] * (mask is not None))
    inner = lambda: klass(2, return_sequences=sequences)
    config = {"merge_mode": merge, "layer": {"class": klass.__name__, "config": plain_config(inner())}}
    return case(name, lambda: L.Bidirectional(inner(), merge_mode=merge), mask, config=config)


def chain(name, makes, inputs):
    """Layers in a row; an Embedding's mask travels along as Keras lets it."""
    plain = [{"class": type(l).__name__, "config": plain_config(l)} for l in (m() for m in makes)]
    return layer_case(name, lambda: keras.Sequential([m() for m in makes]), inputs,
                      klass="Sequential", config={"layers": plain})


def embedding():
    table = lambda masked: lambda: L.Embedding(6, 3, mask_zero=masked)
    lone = layer_case("embedding", table(False), [WORDS])
    cases = [
        lone,
        layer_case("embedding with mask_zero has the same output", table(True), [WORDS]),
        layer_case("embedding of one number", table(False), [WORDS[:, 0]]),
    ]
    followers = {
        "global average": [L.GlobalAveragePooling1D],
        "LSTM": [lambda: L.LSTM(2)],
        "GRU": [lambda: L.GRU(2)],
        "simple RNN": [lambda: L.SimpleRNN(2)],
        "two LSTMs": [lambda: L.LSTM(2, return_sequences=True), lambda: L.LSTM(2)],
        "LSTM and global average": [lambda: L.LSTM(2, return_sequences=True), L.GlobalAveragePooling1D],
        "dense and global average": [lambda: L.Dense(2, activation="tanh"), L.GlobalAveragePooling1D],
    }
    for label, makes in followers.items():
        for masked in (True, False):
            name = f"embedding {'masked' if masked else 'unmasked'} then {label}"
            cases.append(chain(name, [table(masked)] + makes, [WORDS]))
    pooled = rng_for("masked average")
    cases.append(layer_case("global average pooling masked", L.GlobalAveragePooling1D, [normal(pooled, SHAPE)],
                            extra={"mask": tensor(MASK)}, call_args={"mask": jnp.asarray(MASK)}))
    x = normal(pooled, SHAPE)
    x[~MASK] = 0
    cases.append(chain("masking layer then LSTM", [lambda: L.Masking(0.0), lambda: L.LSTM(2)], [x]))
    return cases


def distributed():
    name = "time distributed dense"
    inner = lambda: L.Dense(3, activation="tanh")
    config = {"layer": {"class": "Dense", "config": plain_config(inner())}}
    return [case(name, lambda: L.TimeDistributed(inner()), config=config)]


if __name__ == "__main__":
    write("layers_recurrent.json", cells() + bidirectional() + embedding() + distributed())
