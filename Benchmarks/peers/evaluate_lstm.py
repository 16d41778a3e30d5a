"""The recipe `lstm` and its leave-one-speaker-out evaluation on EmoDB, in PyTorch: the peer of

    stimmung evaluate lstm --corpus emodb --protocol loso

39 MFCC standardised by the training speakers, one LSTM layer of 128 cells (nn.LSTM, so without peepholes), dropout 0.3, a class per frame,
cross-entropy; Adam with decoupled decay 0.01, a one-cycle schedule up to 0.003, gradient norms clipped at 1, batches of 16 random one-second
crops, 30 epochs; the class of an utterance is the one with the largest sum of log posteriors. Prints a JSON line with the seconds of each part.

    python evaluate_lstm.py FOLDER --processes 2      two folds in parallel, one thread each (faster than one fold at a time on two threads)
"""
import argparse
import functools
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor


def arguments():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("corpus")
    options.add_argument("--processes", type=int, default=2, help="folds in parallel")
    options.add_argument("--threads", type=int, default=1, help="threads per fold")
    options.add_argument("--epochs", type=int, default=30)
    options.add_argument("--folds", type=int, help="number of folds to run; the seconds cover only these")
    options.add_argument("--seed", type=int, default=0)
    return options.parse_args()


def use_threads(threads):
    import torch

    torch.set_num_threads(threads)


def fold(speaker, data, options):
    """Trains on all other speakers; returns the numbers of correctly classified and of all utterances of this speaker."""
    import numpy as np
    import torch
    from torch import nn

    torch.manual_seed(options.seed)
    random = np.random.default_rng(options.seed)
    train = [(x, y) for x, s, y in data if s != speaker]
    test = [(x, y) for x, s, y in data if s == speaker]
    frames = np.concatenate([x for x, _ in train])
    mean, deviation = frames.mean(0), frames.std(0)
    train = [(torch.from_numpy((x - mean) / deviation), y) for x, y in train]
    test = [(torch.from_numpy((x - mean) / deviation), y) for x, y in test]

    lstm, dropout, output = nn.LSTM(39, 128), nn.Dropout(0.3), nn.Linear(128, 7)
    parameters = [*lstm.parameters(), *output.parameters()]
    steps = -(-len(train) // 16)
    optimiser = torch.optim.AdamW(parameters, lr=0.003, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, 0.003, total_steps=steps * options.epochs, pct_start=0.15, cycle_momentum=False)
    for _ in range(options.epochs):
        order = random.permutation(len(train))
        for step in range(steps):
            members = [train[i] for i in order[16 * step : 16 * step + 16]]
            length = min(100, min(len(x) for x, _ in members))
            starts = [random.integers(len(x) - length + 1) for x, _ in members]
            x = torch.stack([x[start : start + length] for start, (x, _) in zip(starts, members)], dim=1)
            y = torch.tensor([y for _, y in members]).expand(length, -1)
            loss = nn.functional.cross_entropy(output(dropout(lstm(x)[0])).reshape(-1, 7), y.reshape(-1))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            schedule.step()
    right = 0
    with torch.inference_mode():
        for x, y in test:
            right += int(output(lstm(x)[0]).log_softmax(1).sum(0).argmax()) == y
    return right, len(test)


def main():
    options = arguments()
    began = time.perf_counter()
    import emodb
    import torch
    from timing import report

    torch.set_num_threads(options.threads)
    recordings = emodb.utterances(options.corpus)
    matrices = emodb.all_features([file for file, _, _ in recordings], options.processes)
    data = [(x, speaker, label) for x, (_, speaker, label) in zip(matrices, recordings)]
    featured = time.perf_counter()
    speakers = sorted({speaker for _, speaker, _ in data})
    chosen = speakers[: options.folds]
    work = functools.partial(fold, data=data, options=options)
    if options.processes == 1:
        results = [work(speaker) for speaker in chosen]
    else:
        with ProcessPoolExecutor(options.processes, initializer=use_threads, initargs=(options.threads,)) as pool:
            results = list(pool.map(work, chosen))
    ended = time.perf_counter()
    report(what="LSTM by PyTorch, leave one speaker out", peer=f"torch {torch.__version__}", processes=options.processes,
           threads=options.threads, epochs=options.epochs, folds=len(chosen), of=len(speakers), features_s=featured - began,
           folds_s=ended - featured, wa=sum(right for right, _ in results) / sum(count for _, count in results))


if __name__ == "__main__":
    # NumPy's libraries must not start more threads than requested.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
