"""Layers, training steps and features: `stimmung-benchmark` and the peers, run alternately."""
from collections import defaultdict

from runs import benchmark, peer, run, stimmung
from spread import Comparison, Spread


def measure(threads, rounds, say):
    """All times of all rounds, the number of frames of each, and the processor's limits: ours as "lstm.train" …, the peers' as "torch equal.train" …."""
    spreads = defaultdict(lambda: Spread([], []))
    frames = {}
    limits = {}

    def gather(prefix, lines):
        seen = set()
        for line in lines:
            # The second line of the same kind has mixed lengths.
            name = prefix + line["kind"] + (" mixed" if line["kind"] in seen else "")
            seen.add(line["kind"])
            frames[name] = line["frames"]
            limits.update(line.get("limits", {}))
            if "bandwidth" in line:
                # Reading all weights at the speed of the second-level cache, at every step.
                infer, speed = line["times"]["infer"], line["bandwidth"]
                share = speed["gigabytes_per_second"] / speed["second_level_gigabytes"]
                spreads[f"{name}.reading"].add([share * infer["processor_ms"][0]], [share * infer["processor_ms"][0]])
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
        one = ["lstm", "--json", "--threads", threads, "--batch", 1]
        gather("one ", benchmark(*one).lines[:1])
        if "gigaflops_bf16" in limits:
            gather("bfloat16 ", benchmark("lstm", "--json", "--threads", threads, "--precision", "bfloat16").lines[:1])
            gather("one bfloat16 ", benchmark(*one, "--precision", "bfloat16").lines[:1])
        gather("torch one ", run(peer("lstm.py") + ["--threads", threads, "--batch", 1, "--only", "equal"]).lines)
    return spreads, frames, limits


def goals(limits, threads):
    """What is asked of an LSTM on this kind of processor: training and inference against nn.LSTM."""
    narrow, wide = limits["gigaflops256"], limits.get("gigaflops512", 0)
    training, inference = ((2.2, 2.4), 1.1) if wide > 1.5 * narrow else ((1.8, 2.1), 1.1) if wide else ((1.9, 2.1), 1.3)
    return training[threads - 1], inference


def comparisons(threads, rounds, say):
    t, frames, limits = measure(threads, rounds, say)
    rows = []
    training, inference = goals(limits, threads)

    def row(what, ours, theirs, label, **goal):
        rows.append(Comparison(what, threads, t[ours], t[theirs], label, **goal))

    lstm = "peephole LSTM 128, forward and backward, 32 × 300 frames"
    row(lstm, "lstm.train", "lstm.limit", "its products at the peak", at_least=0.8)
    row(lstm, "lstm.train", "torch equal.train", "nn.LSTM, no peepholes", at_least=training)
    row(lstm, "lstm.train", "torch peepholes.train", "TorchScript, peepholes")
    row("the same, lengths 75–300", "lstm mixed.train", "torch mixed.train", "nn.LSTM, PackedSequence", at_least=1)
    # Time per frame: scaled to the number of frames of the equal lengths.
    mixed = t["lstm mixed.train"].scaled(frames["lstm"] / frames["lstm mixed"])
    rows.append(Comparison("the same, time per frame", threads, mixed, t["lstm.train"], "equal lengths", at_most=1.10))
    row("the same layer, inference", "lstm.infer", "torch equal.infer", "nn.LSTM, inference mode", at_least=inference)
    row("the same layer, inference of one sequence", "one lstm.infer", "torch one equal.infer", "nn.LSTM, inference mode", at_least=1.3)
    row("the same", "one lstm.infer", "one lstm.reading", "its weights at the speed of the second-level cache")
    if "bfloat16 lstm.train" in t:
        row("LSTM in bfloat16, forward and backward", "bfloat16 lstm.train", "lstm.train", "ours in float32", at_least=1.4)
        row("the same, inference", "bfloat16 lstm.infer", "lstm.infer", "ours in float32")
        row("the same, inference of one sequence", "one bfloat16 lstm.infer", "torch one equal.infer", "nn.LSTM, inference mode", at_least=2)
    row("bidirectional, 2 × 256 cells, forward and backward", "bidirectional.train", "torch bidirectional.train", "nn.LSTM, no peepholes", at_least=1.7)
    row("the same", "bidirectional.train", "bidirectional.limit", "its products at the peak")
    row("a training step of the recipe lstm, 16 × 100 frames", "step.train", "step.layer", "its layer alone", at_most=1.25)
    row("conditional RBM, CD-1, 256 frames", "crbm.train", "torch crbm.train", "PyTorch", at_least=1.7 if threads == 1 else None)
    row("the same", "crbm.train", "crbm.limit", "its products at the peak", at_least=0.85 if threads == 1 else None)
    if threads == 1:
        row("MFCC of a minute (ours 39 coefficients, theirs 13)", "mfcc.train", "torch mfcc.train", "librosa", at_least=8)
    return rows, t


def gain(one, two):
    """The speed-up from a second thread."""
    return [
        Comparison(f"{what}, two threads", 2, two[name], one[name], "one thread", at_least=goal)
        for what, name, goal in [("peephole LSTM", "lstm.train", 1), ("conditional RBM", "crbm.train", 1.7)]
    ]
