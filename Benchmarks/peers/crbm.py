"""Times CD-1 of a conditional RBM with Gaussian visible units in PyTorch, pasts and frames at hand; prints a JSON line."""
import argparse
import json
import time

import torch

options = argparse.ArgumentParser()
options.add_argument("--threads", type=int, default=1)
options.add_argument("--visible", type=int, default=39)
options.add_argument("--hidden", type=int, default=256)
options.add_argument("--order", type=int, default=5)
options.add_argument("--batch", type=int, default=256)
options = options.parse_args()
torch.set_num_threads(options.threads)
V, H, P, N = options.visible, options.hidden, options.order * options.visible, options.batch
weights = {name: 0.01 * torch.randn(shape) for name, shape in dict(W=(V, H), A=(P, V), B=(P, H), b=(V,), c=(H,)).items()}
frames, past = torch.randn(N, V), torch.randn(N, P)


@torch.no_grad()
def step(rate=1e-3):
    W, A, B, b, c = weights.values()
    visible_bias, hidden_bias = torch.addmm(b, past, A), torch.addmm(c, past, B)
    hidden = torch.sigmoid(torch.addmm(hidden_bias, frames, W))
    drawn = (torch.rand_like(hidden) < hidden).float()
    fantasy = torch.addmm(visible_bias, drawn, W.T)
    fantasy_hidden = torch.sigmoid(torch.addmm(hidden_bias, fantasy, W))
    d, δ = frames - fantasy, hidden - fantasy_hidden
    W += rate / N * (frames.T @ hidden - fantasy.T @ fantasy_hidden)
    A += rate / N * (past.T @ d)
    B += rate / N * (past.T @ δ)
    b += rate / N * d.sum(0)
    c += rate / N * δ.sum(0)


times = []
step()
for _ in range(12):
    start = time.perf_counter()
    for _ in range(50):
        step()
    times.append((time.perf_counter() - start) / 50)
print(json.dumps(dict(what="CD-1", threads=options.threads, train_ms=1e3 * sorted(times)[6], train_best_ms=1e3 * min(times), torch=torch.__version__)))
