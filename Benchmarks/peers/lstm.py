"""Times an LSTM layer's training step and inference in PyTorch on the processor; prints a JSON object a line."""
import argparse
import json
import statistics
import time

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

options = argparse.ArgumentParser(description=__doc__)
for name, value in dict(threads=1, steps=300, batch=32, inputs=39, cells=128, repeats=7).items():
    options.add_argument(f"--{name}", type=int, default=value)
a = options.parse_args()
torch.set_num_threads(a.threads)


def seconds(work):
    work()
    times = []
    for _ in range(a.repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return times


def measure(what, run):
    def train():
        layer.zero_grad()
        run().sum().backward()

    def infer():
        with torch.inference_mode():
            run()

    training, inference = seconds(train), seconds(infer)
    print(json.dumps({
        "peer": f"torch {torch.__version__}", "what": what, "threads": a.threads,
        "train_ms": statistics.median(training) * 1e3, "train_best_ms": min(training) * 1e3, "infer_ms": min(inference) * 1e3}), flush=True)


layer = nn.LSTM(a.inputs, a.cells)
x = torch.randn(a.steps, a.batch, a.inputs)
measure("nn.LSTM without peepholes, equal lengths", lambda: layer(x)[0])
packed = pack_padded_sequence(x, torch.linspace(a.steps, a.steps // 4, a.batch).long())
measure("nn.LSTM without peepholes, PackedSequence of lengths from a quarter", lambda: layer(packed)[0].data)
