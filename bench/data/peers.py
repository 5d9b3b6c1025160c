"""What package datasets is measured against; see worker.go for the protocol.

    python peers.py CASE DIR

Each case is a function that returns the ways to do it, by name: a function
that says what it got. Libraries are imported before anything is measured.
"""

import json
import multiprocessing
import os
import resource
import sys
import tarfile
import time


def csv(folder):
    import pandas
    import pyarrow

    def read(engine):
        frame = pandas.read_csv(os.path.join(folder, "numbers.csv"), engine=engine)
        return f"{len(frame)} rows, {len(frame.columns)} columns, sum of j {frame['j'].sum():.1f}"

    return f"pandas {pandas.__version__}, pyarrow {pyarrow.__version__}", {
        "pandas.read_csv": lambda: read("c"),
        "pandas.read_csv, pyarrow": lambda: read("pyarrow"),
    }


def cifar(folder):
    import numpy
    import torch

    names = [f"data_batch_{i}.bin" for i in range(1, 6)], ["test_batch.bin"]

    def rows(part):
        bins = os.path.join(folder, "cifar", "cifar-10-batches-bin")
        data = [numpy.fromfile(os.path.join(bins, n), numpy.uint8).reshape(-1, 3073) for n in part]
        data = numpy.concatenate(data) if len(data) > 1 else data[0]
        return data[:, 0].astype(numpy.int32), data[:, 1:].reshape(-1, 3, 32, 32)

    def with_numpy():
        for part in names:
            _, pixels = rows(part)
            x = numpy.multiply(pixels.transpose(0, 2, 3, 1), numpy.float32(1 / 255), dtype=numpy.float32, order="C")
        return f"last value {x[-1, -1, -1, -1]:.4f}"

    def with_torch():
        for part in names:
            _, pixels = rows(part)
            x = torch.from_numpy(pixels).permute(0, 2, 3, 1).to(torch.float32, memory_format=torch.contiguous_format)
            x = x.contiguous().div_(255)
        return f"last value {x[-1, -1, -1, -1].item():.4f}"

    return f"numpy {numpy.__version__}, torch {torch.__version__}", {"numpy": with_numpy, "torch": with_torch}


def jpeg(folder):
    import PIL
    import torch
    import torchvision
    from torchvision.io import ImageReadMode, decode_image
    from torchvision.transforms import v2

    def dataset(loader, transform):
        kinds = {"loader": loader} if loader else {}
        return torchvision.datasets.ImageFolder(os.path.join(folder, "jpeg"), transform=transform, **kinds)

    size, floats = v2.Resize((128, 128), antialias=True), v2.ToDtype(torch.float32, scale=True)
    pil = dataset(None, v2.Compose([size, v2.ToImage(), floats]))
    own = dataset(lambda path: decode_image(path, ImageReadMode.RGB), v2.Compose([size, floats]))

    def loader(data, workers):
        made = torch.utils.data.DataLoader(data, batch_size=64, num_workers=workers, persistent_workers=workers > 0)

        def read():
            n, total = 0, 0.0
            for x, _ in made:
                n += len(x)
                total += x[0].double().sum().item()
            return f"{n} images, mean of the first ones {total / (n // 64 * 128 * 128 * 3):.2f}"

        return read

    return f"torchvision {torchvision.__version__}, torch {torch.__version__}, pillow {PIL.__version__}", {
        "ImageFolder": loader(pil, 0),
        "ImageFolder, 2 workers": loader(pil, 2),
        "ImageFolder, decode_image": loader(own, 0),
        "ImageFolder, decode_image, 2 workers": loader(own, 2),
    }


def train_texts(folder):
    """The training reviews, in the order of their names."""
    texts = []
    with tarfile.open(os.path.join(folder, "imdb", "aclImdb_v1.tar.gz"), "r:gz") as archive:
        for member in archive:
            if member.name.startswith(("aclImdb/train/neg/", "aclImdb/train/pos/")) and member.isfile():
                texts.append(archive.extractfile(member).read())
    return texts


def imdb(folder, texts):
    os.environ["KERAS_BACKEND"], os.environ["TF_CPP_MIN_LOG_LEVEL"] = "tensorflow", "2"
    import keras
    import tensorflow as tf

    def vectorizer():
        return keras.layers.TextVectorization(max_tokens=10_000, output_sequence_length=200)

    def result(layer, rows):
        return f"{len(rows)} rows, words {[str(w) for w in layer.get_vocabulary()[2:5]]}"

    def at_once():
        data, layer = texts(), vectorizer()
        layer.adapt(data, batch_size=1024)
        return result(layer, layer(tf.constant(data)).numpy())

    def in_batches():
        data, layer = tf.data.Dataset.from_tensor_slices(texts()).batch(1024), vectorizer()
        layer.adapt(data)
        rows = [r for batch in data.map(layer, num_parallel_calls=tf.data.AUTOTUNE).prefetch(2) for r in [batch.numpy()]]
        return result(layer, [r for batch in rows for r in batch])

    return f"keras {keras.__version__}, tensorflow {tf.__version__}", {
        "TextVectorization": at_once,
        "TextVectorization, tf.data": in_batches,
    }


def imdb_archive(folder):
    return imdb(folder, lambda: train_texts(folder))


def imdb_texts(folder):
    texts = train_texts(folder)
    return imdb(folder, lambda: texts)


def cpu_seconds():
    """Processor time of this process, of those that have ended and those that run."""
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        u = resource.getrusage(who)
        total += u.ru_utime + u.ru_stime
    for child in multiprocessing.active_children():
        with open(f"/proc/{child.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def main():
    case, folder = sys.argv[1:]
    out, sys.stdout = sys.stdout, sys.stderr  # answers only, whatever a library prints

    def answer(a):
        print(json.dumps(a), file=out, flush=True)

    versions, ways = globals()[case.replace("-", "_")](folder)
    answer({"ways": list(ways), "versions": versions})
    for line in sys.stdin:
        cpu, begin = cpu_seconds(), time.perf_counter()
        got = ways[line.rstrip("\n")]()
        wall = time.perf_counter() - begin
        answer({"ms": wall * 1e3, "cpu_ms": (cpu_seconds() - cpu) * 1e3, "got": got})


if __name__ == "__main__":
    main()
