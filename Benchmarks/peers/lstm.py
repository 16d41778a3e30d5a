"""Times the training step and inference of LSTM layers in PyTorch on the CPU: nn.LSTM, which has no peepholes, on equal lengths, on a
PackedSequence of mixed lengths and in both directions, and a peephole LSTM in TorchScript. Prints one JSON object per line."""
import argparse

import torch
from peephole import scripted
from timing import report, times
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

options = argparse.ArgumentParser(description=__doc__)
for name, value in dict(threads=1, steps=300, batch=32, inputs=39, cells=128, repeats=5).items():
    options.add_argument(f"--{name}", type=int, default=value)
options.add_argument("--only", choices=["equal", "mixed", "bidirectional", "peepholes"])
a = options.parse_args()
torch.set_num_threads(a.threads)
torch.manual_seed(1)


def measure(kind, what, layer, run, frames):
    if a.only not in (None, kind):
        return

    def train():
        layer.zero_grad()
        run().sum().backward()

    def infer():
        with torch.inference_mode():
            run()

    # TorchScript compiles during the first runs.
    for _ in range(3):
        train()
    report(kind=kind, what=what, peer=f"torch {torch.__version__}", threads=a.threads, frames=frames,
           times=dict(train=times(train, a.repeats), infer=times(infer, a.repeats)))


x = torch.randn(a.steps, a.batch, a.inputs)
lengths = torch.tensor([a.steps - i * (a.steps * 3 // 4) // max(a.batch - 1, 1) for i in range(a.batch)])
packed = pack_padded_sequence(x, lengths)
layer = nn.LSTM(a.inputs, a.cells)
both = nn.LSTM(a.inputs, 2 * a.cells, bidirectional=True)
peephole = scripted(a.inputs, a.cells)
frames = a.steps * a.batch
measure("equal", "nn.LSTM without peepholes, equal lengths", layer, lambda: layer(x)[0], frames)
measure("peepholes", "peephole LSTM in TorchScript, equal lengths", peephole, lambda: peephole(x), frames)
measure("mixed", "nn.LSTM without peepholes, PackedSequence of mixed lengths", layer, lambda: layer(packed)[0].data, int(lengths.sum()))
measure("bidirectional", "nn.LSTM without peepholes, bidirectional", both, lambda: both(x)[0], frames)
