#!/usr/bin/env python3
"""Trains students of the speech encoder and judges them: docs/notebook/student.md has the figures.

usage: students.py DATA [--steps N] [--width W] [--seeds N] COMMAND...

DATA is the folder that prepare.py wrote, with the program's functionals in DATA/functionals/CORPUS/NAME.npy. Commands:
    losses      fidelity of network students of seed 0 for each training loss
    teacher     the teacher's statistics and our functionals, judged without a student
    linear      the linear student, from our functionals
    networks    network students, three seeds

Needs what prepare.py needs, and scikit-learn 1.9.1.
"""

import argparse
import pathlib
import sys
import time

import numpy as np
import torch
import torch.nn as nn
from sklearn.linear_model import LogisticRegression

SHARED = ["anger", "disgust", "fear", "happiness", "neutral", "sadness"]
HEAD_COPIES = ["plain", "telephone", "speed=0.9", "speed=1.1"]  # those of the recipe `encoder`
STRENGTH = 0.001  # C of the head
CROP = 100  # frames, 2 s
# frames: of the teacher's frames, which are pooled; statistics: of the statistics of crops, from those of the hidden units; both: their sum,
# and the statistics are predicted as with `statistics`.
LOSSES = ["frames", "statistics", "both"]
HELD_OUT = 10  # every tenth dialogue of RESD is held out of all students' training


class Data:
    """One corpus: `prepare.py` has the arrays."""

    def __init__(self, folder, corpus):
        stored = np.load(folder / f"{corpus}.npz")
        for name in stored.files:
            setattr(self, name, stored[name])
        self.corpus = corpus
        path = folder / f"{corpus}.frames.npy"
        self.frames = np.load(path, mmap_mode="r") if path.exists() else None
        rows = [folder / "functionals" / corpus / f"{name}.npy" for name in self.names]
        self.functionals = np.stack([np.load(row).ravel() for row in rows]).astype(np.float32)
        dialogues = sorted(set(self.speakers))
        self.held_out = np.isin(self.speakers, dialogues[::HELD_OUT]) if corpus == "resd" else np.zeros(len(self.names), bool)

    def range(self, recording):
        return self.starts[recording], self.starts[recording + 1]


class Student(nn.Module):
    """Dilated convolutions over our frames: hidden units each 20 ms that see 0.6 s, and two linear outputs: frames, and summaries of crops."""

    def __init__(self, width):
        super().__init__()
        self.register_buffer("centre", torch.zeros(40))
        self.register_buffer("scale", torch.ones(40))
        self.register_buffer("frame_centre", torch.zeros(768))
        self.register_buffer("frame_scale", torch.ones(768))
        self.register_buffer("summary_centre", torch.zeros(1536))
        self.register_buffer("summary_scale", torch.ones(1536))
        self.first = nn.Conv1d(40, width, 5, stride=2, padding=2)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.BatchNorm1d(width), nn.Conv1d(width, width, 3, dilation=d, padding=d), nn.GELU(), nn.Conv1d(width, width, 1))
            for d in (1, 2, 4, 8))
        self.frames = nn.Linear(width, 768)
        self.summary = nn.Sequential(nn.BatchNorm1d(2 * width), nn.Linear(2 * width, 1536))

    def forward(self, x):
        """B × 2T × 40 of our frames: B × T × W hidden units."""
        h = nn.functional.gelu(self.first(((x - self.centre) / self.scale).transpose(1, 2)))
        for block in self.blocks:
            h = h + block(h)
        return h.transpose(1, 2)


def pooled(frames, mask):
    """Mean and deviation of the frames where the mask is 1: B × T × D to B × 2D."""
    weights = (mask / mask.sum(1, keepdim=True).clamp(min=1))[:, None]
    mean, square = torch.bmm(weights, frames)[:, 0], torch.bmm(weights, frames * frames)[:, 0]
    return torch.cat([mean, (torch.relu(square - mean * mean) + 1e-4).sqrt()], 1)


def batch(corpora, places, random):
    ours, frames, mask = (np.zeros((len(places), *shape), np.float32) for shape in ((2 * CROP, 40), (CROP, 768), (CROP,)))
    for row, (corpus, recording) in enumerate(places):
        data = corpora[corpus]
        first, last = data.range(recording)
        first += random.integers(0, max(1, last - first - CROP + 1))
        count = min(CROP, last - first)
        ours[row, :2 * count] = data.ours[2 * first:2 * (first + count)]
        ours[row, 2 * count:] = ours[row, 2 * count - 1]
        frames[row, :count] = data.frames[first:first + count]
        mask[row, :count] = data.loud[first:first + count]
    return torch.from_numpy(ours), torch.from_numpy(frames), torch.from_numpy(mask)


def fit(corpora, options, seed, loss="both"):
    """A student of the corpora's recordings and copies, without labels."""
    torch.manual_seed(seed)
    random, began = np.random.default_rng(seed), time.process_time()
    places = [(c, r) for c, data in enumerate(corpora) for r in np.flatnonzero(~data.held_out)]
    draw = lambda count: [places[i] for i in random.integers(0, len(places), count)]
    student = Student(options.width)
    ours, frames, mask = batch(corpora, draw(512), random)
    heard, summaries = frames[mask > 0], pooled(frames, mask)
    student.centre, student.scale = ours.mean((0, 1)), ours.std((0, 1))
    student.frame_centre, student.frame_scale = heard.mean(0), heard.std(0)
    student.summary_centre, student.summary_scale = summaries.mean(0), summaries.std(0)
    optimiser = torch.optim.AdamW(student.parameters(), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.003, total_steps=options.steps, pct_start=0.1)
    for step in range(options.steps):
        ours, frames, mask = batch(corpora, draw(16), random)
        hidden = student(ours)
        losses = []
        if loss != "statistics":
            error = student.frames(hidden) - (frames - student.frame_centre) / student.frame_scale
            losses.append((torch.bmm(mask[:, None], error * error).sum() / mask.sum() / 768))
        if loss != "frames":
            target = (pooled(frames, mask) - student.summary_centre) / student.summary_scale
            losses.append(((student.summary(pooled(hidden, mask)) - target) ** 2).mean())
        optimiser.zero_grad()
        sum(losses).backward()
        optimiser.step()
        schedule.step()
        if step % 200 == 199:
            print(f"  step {step + 1}: {', '.join(f'{l:.3f}' for l in losses)}, {time.process_time() - began:.0f} s", file=sys.stderr)
    return student.eval()


def kept(name, corpora, options, seed):
    """The student of an earlier run with these options, or a new one."""
    path = options.data / "students" / f"{name.replace(', ', '')}-{options.width}-{options.steps}-{seed}.pt"
    if path.exists():
        student = Student(options.width)
        student.load_state_dict(torch.load(path, weights_only=True))
        return student.eval()
    student = fit(corpora, options, seed)
    path.parent.mkdir(exist_ok=True)
    torch.save(student.state_dict(), path)
    return student


@torch.no_grad()
def statistics(student, data, recordings, loss="both"):
    """The student's mean and deviation over loud frames, in the teacher's units, R × 1536."""
    rows = np.empty((len(recordings), 1536), np.float32)
    lengths = np.diff(data.starts)[recordings]
    for places in np.array_split(np.argsort(lengths), len(recordings) // 16 + 1):  # of similar lengths
        longest = lengths[places].max()
        ours, mask = np.zeros((len(places), 2 * longest, 40), np.float32), np.zeros((len(places), longest), np.float32)
        for row, place in enumerate(places):
            first, last = data.range(recordings[place])
            ours[row, :2 * (last - first)] = data.ours[2 * first:2 * last]
            ours[row, 2 * (last - first):] = data.ours[2 * last - 1]
            mask[row, :last - first] = data.loud[first:last]
        hidden, mask = student(torch.from_numpy(ours)), torch.from_numpy(mask)
        if loss == "frames":
            row = pooled(student.frames(hidden) * student.frame_scale + student.frame_centre, mask)
        else:
            row = student.summary(pooled(hidden, mask)) * student.summary_scale + student.summary_centre
        rows[places] = row.numpy()
    return rows


def fidelity(predicted, true):
    """R² in per cent, mean over columns, for the mean of blocks 1 and 2 and for their deviation."""
    r2 = 1 - ((predicted - true) ** 2).mean(0) / true.var(0)
    return " ".join(f"{100 * part.mean():6.1f}" for part in r2.reshape(4, 384))


def uar(labels, guesses):
    return 100 * np.mean([(guesses[labels == label] == label).mean() for label in np.unique(labels)])


def head(train, labels, test):
    """The classes of `test`, standardised by `train` and by its own statistics."""
    centre, scale = train.mean(0), train.std(0) + 1e-6
    classifier = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=200, tol=1e-3)
    classifier.fit(np.clip((train - centre) / scale, -5, 5), labels)
    return [classifier.predict(np.clip((test - c) / s, -5, 5)) for c, s in ((centre, scale), (test.mean(0), test.std(0) + 1e-6))]


def judge(name, train, test, columns):
    """UAR of heads on columns[corpus], R × D: trained on `train` with its copies, tested on `test`; LOSO if they are the same. Across corpora,
    the second figure is that of the normalisation `corpus`: the test corpus standardised by its own statistics."""
    x, y = columns[train.corpus], columns[test.corpus]
    plain = np.flatnonzero(test.copies == "plain")
    used = np.isin(train.copies, HEAD_COPIES)
    if train is test:
        guesses = np.empty(len(test.names), test.labels.dtype)
        for speaker in np.unique(test.speakers):
            mine = plain[test.speakers[plain] == speaker]
            others = used & (train.speakers != speaker)
            guesses[mine] = head(x[others], train.labels[others], y[mine])[0]
        results = [uar(test.labels[plain], guesses[plain])]
    else:
        plain = plain[np.isin(test.labels[plain], SHARED)]
        used &= np.isin(train.labels, SHARED)
        results = [uar(test.labels[plain], guesses) for guesses in head(x[used], train.labels[used], y[plain])]
    print(f"{name:44} {train.corpus:>7} -> {test.corpus:7}", *(f"{result:5.1f}" for result in results), flush=True)


def judge_all(name, e, v, columns):
    beside = {d.corpus: np.hstack([columns[d.corpus], d.functionals]) for d in (e, v)}
    for label, chosen in ((name, columns), (name + " + functionals", beside)):
        for train, test in ((e, v), (v, e), (e, e)):
            judge(label, train, test, chosen)


def report(name, predict, e, v, r):
    """Fidelity on E, V and the held-out part of R, then the judgement."""
    columns = {}
    for data in (e, v, r):
        rows = np.flatnonzero(data.held_out & (data.copies == "plain") if data is r else np.isin(data.copies, HEAD_COPIES))
        columns[data.corpus] = np.zeros((len(data.names), 1536), np.float32)  # rows that nothing uses remain 0
        columns[data.corpus][rows] = predict(data, rows)
        rows = rows[data.copies[rows] == "plain"]
        print(f"{name:44} R² on {data.corpus:7} {fidelity(columns[data.corpus][rows], data.pooled[rows])}", flush=True)
    judge_all(name, e, v, columns)


def linear(corpora, resd):
    """Ridge regression from functionals to the teacher's statistics; the penalty with the best fidelity on held-out dialogues."""
    used = [~data.held_out for data in corpora]
    x = np.concatenate([d.functionals[u] for d, u in zip(corpora, used)])
    y = np.concatenate([d.pooled[u] for d, u in zip(corpora, used)])
    centre, scale, target = x.mean(0), x.std(0) + 1e-6, y.mean(0)
    clipped = lambda x: np.clip((x - centre) / scale, -5, 5)
    gram, moment = clipped(x).T @ clipped(x), clipped(x).T @ (y - target)
    best = None
    for penalty in (300, 3000, 30_000, 300_000):
        w = np.linalg.solve(gram + penalty * np.eye(len(gram), dtype=np.float32), moment)
        true = resd.pooled[resd.held_out]
        error = (((clipped(resd.functionals[resd.held_out]) @ w + target - true) ** 2).mean(0) / true.var(0)).mean()
        print(f"  penalty {penalty}: R² {100 * (1 - error):.1f}", file=sys.stderr)
        if best is None or error < best[0]:
            best = error, w
    return lambda data, rows: clipped(data.functionals[rows]) @ best[1] + target


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("commands", nargs="+", choices=["losses", "teacher", "linear", "networks"])
    options = parser.parse_args()
    torch.set_num_threads(1)
    e, v, r, s = (Data(options.data, name) for name in ("emodb", "ravdess", "resd", "espeak"))
    # The first would ship. The second has heard no corpus that it is judged on.
    sets = {"E, R, S": [e, r, s], "R, S": [r, s]}
    if "losses" in options.commands:
        for loss in LOSSES:
            student = fit(sets["R, S"], options, 0, loss)
            predicted = statistics(student, r, np.flatnonzero(r.held_out), loss)
            print(f"{loss:12} R² on held-out dialogues {fidelity(predicted, r.pooled[r.held_out])}", flush=True)
    if "teacher" in options.commands:
        judge_all("teacher", e, v, {"emodb": e.pooled, "ravdess": v.pooled})
        for train, test in ((e, v), (v, e), (e, e)):
            judge("functionals", train, test, {"emodb": e.functionals, "ravdess": v.functionals})
    for name, corpora in sets.items():
        if "linear" in options.commands:
            report(f"linear, {name}", linear(corpora, r), e, v, r)
        if "networks" in options.commands:
            for seed in range(options.seeds):
                student = kept(name, corpora, options, seed)
                report(f"network, {name}, seed {seed}", lambda data, rows: statistics(student, data, rows), e, v, r)


if __name__ == "__main__":
    main()
