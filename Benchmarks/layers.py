"""Layers, training steps and features: `stimmung-benchmark` and the peers, run alternately."""
from collections import defaultdict

from runs import benchmark, peer, run, stimmung
from spread import Comparison, Spread


def measure(threads, rounds, say):
    """All times of all rounds, and the number of frames of each: ours as "lstm.train" …, the peers' as "torch equal.train" …."""
    spreads = defaultdict(lambda: Spread([], []))
    frames = {}

    def gather(prefix, lines):
        seen = set()
        for line in lines:
            # The second line of the same kind has mixed lengths.
            name = prefix + line["kind"] + (" mixed" if line["kind"] in seen else "")
            seen.add(line["kind"])
            frames[name] = line["frames"]
            for work, runs in line["times"].items():
                spreads[f"{name}.{work}"].add(runs["wall_ms"], runs["processor_ms"])

    for number in range(rounds):
        say(f"{threads} thread{'s' * (threads > 1)}, round {number + 1} of {rounds}")
        for kind, program in [("lstm", "lstm.py"), ("bidirectional", None), ("step", None), ("crbm", "crbm.py"), ("mfcc", "mfcc.py")]:
            if kind == "mfcc" and threads > 1:
                continue
            gather("", benchmark(kind, "--json", "--threads", threads).lines)
            if program:
                options = [] if kind == "mfcc" else ["--threads", threads]
                gather("torch ", run(peer(program) + options).lines)
    return spreads, frames


def comparisons(threads, rounds, say):
    t, frames = measure(threads, rounds, say)
    rows = []

    def row(what, ours, theirs, label, **goal):
        rows.append(Comparison(what, threads, t[ours], t[theirs], label, **goal))

    lstm = "peephole LSTM 128, forward and backward, 32 × 300 frames"
    row(lstm, "lstm.train", "lstm.limit", "its products by dnnl_sgemm", at_least=0.7)
    row(lstm, "lstm.train", "torch equal.train", "nn.LSTM, no peepholes", at_least=2.3)
    row(lstm, "lstm.train", "torch peepholes.train", "TorchScript, peepholes", at_least=6)
    row("the same, lengths 75–300", "lstm mixed.train", "torch mixed.train", "nn.LSTM, PackedSequence", at_least=1)
    # Time per frame: scaled to the number of frames of the equal lengths.
    mixed = t["lstm mixed.train"].scaled(frames["lstm"] / frames["lstm mixed"])
    rows.append(Comparison("the same, time per frame", threads, mixed, t["lstm.train"], "equal lengths", at_most=1.10))
    row("the same layer, inference", "lstm.infer", "torch equal.infer", "nn.LSTM, inference mode", at_least=1)
    row("bidirectional, 2 × 256 cells, forward and backward", "bidirectional.train", "torch bidirectional.train", "nn.LSTM, no peepholes", at_least=2.3)
    row("the same", "bidirectional.train", "bidirectional.limit", "its products by dnnl_sgemm", at_least=0.7)
    row("a training step of the recipe lstm, 16 × 100 frames", "step.train", "step.layer", "its layer alone", at_most=1.25)
    goals = [dict(at_least=2.5), dict(at_least=0.7)] if threads == 1 else [{}, {}]
    row("conditional RBM, CD-1, 256 frames", "crbm.train", "torch crbm.train", "PyTorch", **goals[0])
    row("the same", "crbm.train", "crbm.limit", "its products by dnnl_sgemm", **goals[1])
    if threads == 1:
        row("MFCC of a minute (ours 39 coefficients, theirs 13)", "mfcc.train", "torch mfcc.train", "librosa", at_least=8)
    return rows, t


def gain(one, two):
    """The speed-up from a second thread."""
    return [
        Comparison(f"{what}, two threads", 2, two[name], one[name], "one thread", at_least=goal)
        for what, name, goal in [("peephole LSTM", "lstm.train", 1), ("conditional RBM", "crbm.train", 1.7)]
    ]
