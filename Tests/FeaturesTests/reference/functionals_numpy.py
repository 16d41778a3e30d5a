"""Functionals of frames from their definitions, in double precision: a reference for the Swift module.

Needs numpy only.

    functionals_numpy.py FRAMES.npy OUTPUT.f64

The frames have the kinds fbank (40), mfcc (13 of 26 bands), energy and pitch, in this order, every 10 ms. The functionals are written as
little-endian doubles: for each column, its statistics and those of its deltas, and for all kinds except fbank those of its accelerations
and of the voiced frames; then, for all kinds except fbank, the autocorrelations at lags of 3 and 15 frames and the correlations of every
pair; finally the rhythm.
"""

import sys

import numpy as np

FBANK, C0, ENERGY, F0, VOICING, COLUMNS = 40, 40, 53, 54, 55, 56
HOP = 0.01


def delta(x):
    last = len(x) - 1
    at = lambda n: x[np.clip(np.arange(len(x)) + n, 0, last)]
    return ((at(1) - at(-1)) + 2 * (at(2) - at(-2))) / 10


def statistics(x):
    centred = x - x.mean()
    variance = (centred ** 2).mean()
    p = np.percentile(x, [1, 10, 25, 50, 75, 90, 99])
    time = np.linspace(-1, 1, len(x))
    slope, intercept = np.polyfit(time, x, 1)
    return [
        x.mean(), np.sqrt(variance), (centred ** 3).mean() / variance ** 1.5, (centred ** 4).mean() / variance ** 2 - 3,
        *p, p[6] - p[0], p[4] - p[2], slope, (x - slope * time - intercept).std(),
        np.abs(np.diff(x)).mean(), np.diff(centred > 0).mean(),
    ]


def runs(mask):
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]])))
    return (edges[1::2] - edges[0::2]) * HOP


def main():
    frames = np.load(sys.argv[1]).astype(np.float64)
    assert frames.shape[1] == COLUMNS
    level = np.percentile(frames[:, ENERGY], 95)
    frames[:, :FBANK] -= level
    frames[:, C0] -= level * np.sqrt(26)
    frames[:, ENERGY] -= level
    loud = np.flatnonzero(frames[:, ENERGY] > -30 * np.log(10) / 10)
    frames = frames[loud[0]:loud[-1] + 1]
    voiced = frames[:, VOICING] > 0.5
    assert voiced.sum() >= 5
    frames[:, F0] = np.interp(np.arange(len(frames)), np.flatnonzero(voiced), frames[voiced, F0])

    row = []
    for column in range(COLUMNS):
        x = frames[:, column]
        row += statistics(x) + statistics(delta(x))
        if column >= FBANK:
            row += statistics(delta(delta(x))) + statistics(x[voiced])
    related = frames[:, FBANK:].T
    for x in related:
        z = (x - x.mean()) / x.std()
        row += [(z[:-lag] * z[lag:]).mean() for lag in (3, 15)]
    row += list(np.corrcoef(related)[np.triu_indices(len(related), 1)])
    voices, pauses = runs(voiced), runs(~voiced)
    duration = len(frames) * HOP
    row += [voices.sum() / duration, len(voices) / duration, voices.mean(), voices.std(), voices.max()]
    row += [pauses.mean(), pauses.std(), np.log(duration)]
    np.array(row, "<f8").tofile(sys.argv[2])


main()
