"""Reference values of normalisation, attention and transformer layers."""

from common import *
from keras import layers as L


def case(name, make, shape, **kw):
    return layer_case(name, make, [normal(rng_for(name), shape)], **kw)


def batch_normalization():
    cases = []
    for training in (True, False):
        when = "training" if training else "inference"
        for label, shape in (("2-D", (6, 3)), ("3-D", (3, 4, 2)), ("4-D", (2, 3, 2, 3))):
            cases.append(case(f"batch normalization {label} {when}", L.BatchNormalization, shape, training=training))
        cases += [
            case(f"batch normalization momentum and epsilon {when}",
                 lambda: L.BatchNormalization(momentum=0.8, epsilon=1e-2), (5, 3), training=training),
            case(f"batch normalization without scale {when}", lambda: L.BatchNormalization(scale=False), (5, 3), training=training),
            case(f"batch normalization without center {when}", lambda: L.BatchNormalization(center=False), (5, 3), training=training),
        ]
    cases.append(case("batch normalization one row training", L.BatchNormalization, (1, 3), training=True))
    return cases


def other_normalization():
    return [
        case("layer normalization 2-D", L.LayerNormalization, (4, 5)),
        case("layer normalization 3-D", L.LayerNormalization, (2, 3, 4)),
        case("layer normalization 4-D", L.LayerNormalization, (2, 2, 3, 4)),
        case("layer normalization two axes", lambda: L.LayerNormalization(axis=[1, 2]), (2, 3, 4)),
        case("layer normalization epsilon", lambda: L.LayerNormalization(epsilon=1e-6), (3, 4)),
        case("layer normalization without center", lambda: L.LayerNormalization(center=False), (3, 4)),
        case("layer normalization without scale", lambda: L.LayerNormalization(scale=False), (3, 4)),
        case("layer normalization without both", lambda: L.LayerNormalization(center=False, scale=False), (3, 4)),
        case("RMS normalization", L.RMSNormalization, (3, 4)),
        case("unit normalization", L.UnitNormalization, (3, 4)),
        case("group normalization 2 groups", lambda: L.GroupNormalization(groups=2), (2, 3, 2, 4)),
        case("group normalization one group", lambda: L.GroupNormalization(groups=1), (2, 3, 2, 4)),
        case("group normalization a group a channel", lambda: L.GroupNormalization(groups=-1), (2, 3, 2, 4)),
        case("group normalization 3-D", lambda: L.GroupNormalization(groups=3), (2, 4, 6)),
        case("group normalization 2-D", lambda: L.GroupNormalization(groups=2), (3, 6)),
        case("group normalization plain", lambda: L.GroupNormalization(groups=2, center=False, scale=False), (2, 2, 2, 4)),
    ]


# ---- attention -----------------------------------------------------------


class MultiHeadAttention(L.MultiHeadAttention):
    """Keras's layer on the path that computes scores: the other one, chosen
    where no scores are asked for, computes its softmax in float32."""

    def _compute_attention(self, query, key, value, attention_mask=None, training=None,
                           return_attention_scores=False):
        return super()._compute_attention(query, key, value, attention_mask, training, True)


def with_itself(inputs):
    """Query and value are the one input."""
    return [inputs[0], inputs[0]]


def attention_case(name, make, shapes, **call_args):
    """shapes: one for self-attention, or those of query, value and perhaps key."""
    rng = rng_for(name)
    inputs = [normal(rng, s) for s in shapes]
    extra = {"call": {k: v for k, v in call_args.items() if not isinstance(v, np.ndarray)}}
    for key, value in call_args.items():
        if isinstance(value, np.ndarray):
            extra[key] = tensor(value)
    call_args = {k: jnp.asarray(v) if isinstance(v, np.ndarray) else v for k, v in call_args.items()}
    return layer_case(name, make, inputs, call_args=call_args, extra=extra,
                      arrange=with_itself if len(shapes) == 1 else list)


def attention():
    x, memory = (2, 3, 4), (2, 4, 3)
    two = lambda **kw: lambda: MultiHeadAttention(num_heads=2, key_dim=2, **kw)
    padding = np.array([[[1, 1, 1]], [[1, 1, 0]]], dtype=bool)  # which keys are words
    each = np.array([[[1, 0, 1, 1], [0, 1, 0, 0], [1, 1, 1, 1]],
                     [[1, 0, 0, 0], [1, 1, 0, 1], [0, 0, 1, 1]]], dtype=bool)
    return [
        attention_case("attention to itself", two(), [x]),
        attention_case("attention to itself with scores", two(), [x], return_attention_scores=True),
        attention_case("attention one head", lambda: MultiHeadAttention(num_heads=1, key_dim=3), [x]),
        attention_case("attention without bias", two(use_bias=False), [x]),
        attention_case("attention value dim", two(value_dim=3), [x], return_attention_scores=True),
        attention_case("attention output shape", two(output_shape=5), [x]),
        attention_case("attention causal", two(), [x], use_causal_mask=True, return_attention_scores=True),
        attention_case("attention padded keys", two(), [x], attention_mask=padding, return_attention_scores=True),
        attention_case("attention padded keys and causal", two(), [x], attention_mask=padding,
                       use_causal_mask=True, return_attention_scores=True),
        attention_case("attention to another sequence", two(), [x, memory], return_attention_scores=True),
        attention_case("attention with a mask by query and key", two(), [x, memory], attention_mask=each,
                       return_attention_scores=True),
        attention_case("attention with its own keys", two(), [x, memory, (2, 4, 2)], return_attention_scores=True),
    ]


# ---- transformer parts ---------------------------------------------------


class PositionEmbedding(L.Layer):
    """Adds a trained row per position to a sequence: x + table[:steps]."""

    def __init__(self, sequence_length, **kw):
        super().__init__(**kw)
        self.sequence_length = sequence_length

    def build(self, shape):
        self.table = self.add_weight(shape=(self.sequence_length, shape[-1]), name="embeddings")

    def call(self, x):
        return x + self.table[: x.shape[1]]


class TokenAndPositionEmbedding(L.Layer):
    """Sum of a word's and its position's embedding, as in Keras's text example."""

    def __init__(self, maxlen, vocab_size, embed_dim, **kw):
        super().__init__(**kw)
        self.token_emb = L.Embedding(vocab_size, embed_dim, name="token_emb")
        self.pos_emb = L.Embedding(maxlen, embed_dim, name="pos_emb")

    def call(self, x):
        return self.token_emb(x) + self.pos_emb(jnp.arange(x.shape[-1]))


class TransformerEncoder(L.Layer):
    """Attention and a two-layer network, each added to its input and normalised
    afterwards (or, with norm_first, before)."""

    def __init__(self, embed_dim, num_heads, key_dim, ff_dim, activation="relu", epsilon=1e-6,
                 norm_first=False, **kw):
        super().__init__(**kw)
        self.norm_first = norm_first
        self.attention = MultiHeadAttention(num_heads, key_dim, name="attention")
        self.ffn_in = L.Dense(ff_dim, name="ffn_in")
        self.act = keras.activations.get(activation)
        self.ffn_out = L.Dense(embed_dim, name="ffn_out")
        self.norm_attention = L.LayerNormalization(epsilon=epsilon, name="norm_attention")
        self.norm_ffn = L.LayerNormalization(epsilon=epsilon, name="norm_ffn")

    def middle(self, x, mask=None, causal=False):
        a = self.norm_attention(x) if self.norm_first else x
        x = x + self.attention(a, a, attention_mask=mask, use_causal_mask=causal)
        return x if self.norm_first else self.norm_attention(x)

    def pre_activation(self, x, mask=None, causal=False):
        x = self.middle(x, mask, causal)
        return self.ffn_in(self.norm_ffn(x) if self.norm_first else x)

    def call(self, x, attention_mask=None, use_causal_mask=False):
        x = self.middle(x, attention_mask, use_causal_mask)
        hidden = self.ffn_in(self.norm_ffn(x) if self.norm_first else x)
        x = x + self.ffn_out(self.act(hidden))
        return x if self.norm_first else self.norm_ffn(x)


def encoder_case(name, config, mask=None, causal=False):
    extra, call_args = {"call": {}}, {}
    if causal:
        extra["call"]["use_causal_mask"] = call_args["use_causal_mask"] = True
    if mask is not None:
        extra["attention_mask"], call_args["attention_mask"] = tensor(mask), jnp.asarray(mask)
    for attempt in range(300):
        x = normal(rng_for(name, attempt), (2, 3, config["embed_dim"]))
        clear = lambda l: np.abs(l.pre_activation(jnp.asarray(x), None if mask is None else jnp.asarray(mask),
                                                  causal)).min() > KINK_MARGIN
        found = layer_case(name, lambda: TransformerEncoder(**config), [x], config=config, extra=extra,
                           call_args=call_args, attempt=attempt, accept=clear)
        if found is not None:
            return found
    raise ValueError(f"{name}: no seed keeps clear of relu's kink")


def transformer():
    base = {"embed_dim": 4, "num_heads": 2, "key_dim": 4, "ff_dim": 3, "activation": "relu",
            "epsilon": 1e-6, "norm_first": False}
    padding = np.array([[[1, 1, 1]], [[1, 1, 0]]], dtype=bool)
    words = np.array([[3, 1, 4], [2, 5, 0]], dtype=np.int32)
    names = {"maxlen": 5, "vocab_size": 6, "embed_dim": 3}
    return [
        case("position embedding", lambda: PositionEmbedding(5), (2, 3, 4), config={"sequence_length": 5}),
        layer_case("token and position embedding", lambda: TokenAndPositionEmbedding(**names), [words], config=names),
        encoder_case("transformer encoder", base),
        encoder_case("transformer encoder key dim 2", {**base, "key_dim": 2}),
        encoder_case("transformer encoder norm first", {**base, "key_dim": 2, "norm_first": True}),
        encoder_case("transformer encoder gelu", {**base, "key_dim": 2, "activation": "gelu"}),
        encoder_case("transformer encoder padded", {**base, "key_dim": 2}, mask=padding),
        encoder_case("transformer encoder causal", {**base, "key_dim": 2}, causal=True),
    ]


if __name__ == "__main__":
    write("layers_norm.json", batch_normalization() + other_normalization())
    write("layers_attention.json", attention() + transformer())
