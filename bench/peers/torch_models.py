"""The measured models in PyTorch. They compute the same as those of
bench/worker/models.go: same layers, same sizes, same places of dropout."""

import torch
from torch import nn
from torch.nn import functional as F

from peer import TEXT_STEPS


class Recurrent(nn.Module):
    """Embedding, recurrent layer, and the last output's classes."""

    def __init__(self, layer):
        super().__init__()
        self.words = nn.Embedding(10000, 32)
        self.layer = layer(32, 64, batch_first=True)
        self.out = nn.Linear(64, 2)

    def forward(self, x):
        y, _ = self.layer(self.words(x))
        return self.out(y[:, -1])


class MeanOfWords(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(10000, 16)
        self.hidden = nn.Linear(16, 16)
        self.out = nn.Linear(16, 2)

    def forward(self, x):
        return self.out(F.relu(self.hidden(self.words(x).mean(1))))


class WordsCNN(nn.Module):
    """A convolution over words, and the largest of each filter."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(10000, 32)
        self.conv = nn.Conv1d(32, 64, 5)
        self.head = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))

    def forward(self, x):
        return self.head(F.relu(self.conv(self.words(x).transpose(1, 2))).amax(2))


class Residual(nn.Module):
    """Three residual blocks, of which two halve the picture."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU())
        self.long, self.short = nn.ModuleList(), nn.ModuleList()
        channels = 16
        for i, f in enumerate((16, 32, 64)):
            step = 2 if i else 1
            self.long.append(nn.Sequential(
                nn.Conv2d(channels, f, 3, step, 1), nn.BatchNorm2d(f), nn.ReLU(),
                nn.Conv2d(f, f, 3, padding=1), nn.BatchNorm2d(f)))
            self.short.append(nn.Sequential(nn.Conv2d(channels, f, 1, step), nn.BatchNorm2d(f)) if i else nn.Identity())
            channels = f
        self.out = nn.Linear(channels, 10)

    def forward(self, x):
        x = self.stem(x)
        for long, short in zip(self.long, self.short):
            x = F.relu(long(x) + short(x))
        return self.out(x.mean((2, 3)))


class Encoder(nn.Module):
    """One block; its heads are as wide as the input each, as in Keras' text
    example, which nn.TransformerEncoderLayer cannot be."""

    def __init__(self, size=32, heads=2, units=32):
        super().__init__()
        self.heads, self.size = heads, size
        self.qkv = nn.Linear(size, 3 * heads * size)
        self.join = nn.Linear(heads * size, size)
        self.norm_attention = nn.LayerNorm(size, 1e-6)
        self.ffn = nn.Sequential(nn.Linear(size, units), nn.ReLU(), nn.Linear(units, size))
        self.norm_ffn = nn.LayerNorm(size, 1e-6)
        self.drop_attention, self.drop_ffn = nn.Dropout(0.1), nn.Dropout(0.1)

    def forward(self, x):
        n, steps, _ = x.shape
        q, k, v = self.qkv(x).view(n, steps, 3, self.heads, self.size).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, steps, -1)
        x = self.norm_attention(x + self.drop_attention(self.join(y)))
        return self.norm_ffn(x + self.drop_ffn(self.ffn(x)))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(20000, 32)
        self.positions = nn.Embedding(TEXT_STEPS, 32)
        self.encoder = Encoder()
        self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(32, 20), nn.ReLU(), nn.Dropout(0.1), nn.Linear(20, 2))

    def forward(self, x):
        x = self.words(x) + self.positions.weight[: x.shape[1]]
        return self.head(self.encoder(x).mean(1))


def dense():
    return nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1600, 64), nn.ReLU(), nn.Linear(64, 10))


def cifar():
    layers, channels = [], 3
    for filters in 32, 64, 128:
        for _ in range(2):
            layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.BatchNorm2d(filters), nn.ReLU()]
            channels = filters
        layers += [nn.MaxPool2d(2), nn.Dropout(0.25)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(2048, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10))


def separable():
    def block(channels, filters):
        return [nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False),
                nn.Conv2d(channels, filters, 1), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), *block(32, 64), *block(64, 128),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10))


MODELS = {
    "residual": Residual, "separable": separable, "textcnn": WordsCNN,
    "dense": dense, "cnn": cnn, "cifar": cifar, "embedding": MeanOfWords,
    "lstm": lambda: Recurrent(nn.LSTM), "gru": lambda: Recurrent(nn.GRU), "transformer": Transformer,
}


def layout(x):
    """A NumPy batch as a tensor in PyTorch's own layout, pictures with
    channels first."""
    x = torch.from_numpy(x)
    return x.permute(0, 3, 1, 2).contiguous() if x.ndim == 4 else x
