"""PyTorch's side: the eager loop on tensors in memory, with the fused Adam."""

import os
import warnings

import torch
from torch.nn import functional as F

import peer
from torch_models import MODELS, layout

PREDICT_BATCH = 256


class Torch:
    versions = {"torch": torch.__version__, "processor": torch.backends.cpu.get_cpu_capability(),
                "mkl": str(torch.backends.mkl.is_available())}

    def __init__(self, name, batch, steps):
        torch.manual_seed(1)
        self.batch, self.n = batch, batch * steps
        self.x, self.y = layout(peer.inputs(name, self.n)), torch.from_numpy(peer.labels(name, self.n)).long()
        self.model = MODELS[name]()
        self.compiled = None
        self.optimizer = torch.optim.Adam(self.model.parameters(), fused=True)
        self.variants = [f"{t} thread{'s' if t > 1 else ''}" for t in (1, 2)]
        if os.environ.get("BENCH_TORCH_COMPILE"):
            self.compiled = torch.compile(self.model)
            self.variants += [f"compiled, {v}" for v in self.variants]
        self.predict_variants = self.variants
        self.rows = None

    def choose(self, variant):
        torch.set_num_threads(2 if "2 threads" in variant else 1)
        return self.compiled if variant.startswith("compiled") else self.model

    def train(self, variant):
        """An epoch as a loop has it that shuffles, and knows loss and accuracy
        at the end."""
        model = self.choose(variant)
        model.train()
        order = torch.randperm(self.n)
        total, right = torch.zeros(()), torch.zeros((), dtype=torch.long)
        for start in range(0, self.n, self.batch):
            at = order[start:start + self.batch]
            x, y = self.x[at], self.y[at]
            logits = model(x)
            loss = F.cross_entropy(logits, y)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            total += loss.detach()
            right += (logits.detach().argmax(1) == y).sum()
        return total.item(), right.item()

    @torch.inference_mode()
    def predict(self, variant, rows):
        model = self.choose(variant)
        model.eval()
        if self.rows is not rows:  # made ready once: the time is not prediction's
            self.rows, self.inputs = rows, layout(rows)
        return torch.cat([F.softmax(model(x), 1) for x in self.inputs.split(PREDICT_BATCH)]).numpy()


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    peer.serve(Torch)
