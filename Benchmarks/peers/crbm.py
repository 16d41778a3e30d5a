"""Times CD-1 of a conditional RBM with Gaussian visible units in PyTorch, from frames and pasts in memory; prints a JSON line."""
import argparse

import torch
from timing import report, times

options = argparse.ArgumentParser(description=__doc__)
for name, value in dict(threads=1, visible=39, hidden=256, order=5, batch=256, repeats=7).items():
    options.add_argument(f"--{name}", type=int, default=value)
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


report(kind="crbm", what="CD-1", peer=f"torch {torch.__version__}", threads=options.threads, frames=N,
       times=dict(train=times(step, options.repeats, runs=50)))
