"""Writes text_vectorization.json: what keras.layers.TextVectorization gives.

Run with TensorFlow 2.21 and Keras 3 (the layer needs TensorFlow whatever the
backend):  python text_vectorization.py
"""
import json
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import tensorflow as tf

TRAIN = [
    "The movie was great, really great!",
    "The movie was bad; the acting was WORSE.",
    "Don't watch this movie... it isn't good",
    "a\tgood   film (with a good cast) -- 10/10",
    "What a cast! What a film? \"Wonderful\" & moving",
    "zebra apple zebra apple mango",
    "",
    "re-watch_able [sic] {50%} #1 @home ~ ^ `x` \\ | <b> $5 + 6 = 11: 'yes'",
]
TEXTS = TRAIN[:4] + ["unknown words only", "the the THE good-good bad", "   ", "x"]

CASES = {
    "default": dict(),
    "limit": dict(max_tokens=10),
    "length": dict(max_tokens=20, output_sequence_length=5),
    "bigrams": dict(ngrams=2, output_sequence_length=12),
    "trigrams_limit": dict(ngrams=3, max_tokens=30),
    "characters": dict(split="character", max_tokens=20, output_sequence_length=16),
    "keep_case": dict(standardize="strip_punctuation"),
    "keep_punctuation": dict(standardize="lower"),
    "multi_hot": dict(output_mode="multi_hot", max_tokens=15),
    "count": dict(output_mode="count"),
    "tf_idf": dict(output_mode="tf_idf", max_tokens=12),
    "tf_idf_bigrams": dict(output_mode="tf_idf", ngrams=2),
    "padded": dict(output_mode="count", max_tokens=100, pad_to_max_tokens=True),
}

out = {"train": TRAIN, "texts": TEXTS, "cases": {}}
for name, config in CASES.items():
    # Here a token is never white space, so the texts have none.
    squeeze = (lambda t: "".join(t.split())) if name == "characters" else (lambda t: t)
    train, texts = [squeeze(t) for t in TRAIN], [squeeze(t) for t in TEXTS]
    layer = keras.layers.TextVectorization(**config)
    layer.adapt(tf.data.Dataset.from_tensor_slices(train).batch(3))
    values = layer(tf.constant(texts)).numpy()
    out["cases"][name] = {
        "config": config,
        "vocabulary": layer.get_vocabulary(),
        "shape": list(values.shape),
        "values": [float(v) for v in values.reshape(-1)],
    }
with open("text_vectorization.json", "w") as f:
    json.dump(out, f, ensure_ascii=False, separators=(",", ":"))
    f.write("\n")
