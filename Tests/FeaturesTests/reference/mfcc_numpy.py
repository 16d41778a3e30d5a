"""Speech features from their equations, in double precision: a reference for the Swift module.

Needs numpy and the standard library only. Deliberately plain and slow.

    mfcc_numpy.py OUTPUT_FOLDER KIND MEL_SCALE DELTAS FILE...

KIND is mfcc, fbank or energy; MEL_SCALE study, htk or slaney; DELTAS 0, 1 or 2. Files are 16-bit mono WAV at 16 kHz.
The features of the n-th file are written to OUTPUT_FOLDER/n.f64: little-endian doubles, frame by frame.
"""

import os
import sys
import wave

import numpy as np

SAMPLE_RATE = 16000
WINDOW = 400
HOP = 160
POINTS = 512
FLOOR = 1e-6
LIFTER = 22
COEFFICIENTS = 13
BANDS = {"mfcc": 26, "fbank": 40}

SCALES = {
    "study": (
        lambda f: 1125 * np.log(1 + f / 700),
        lambda m: 700 * (np.exp(m / 1125) - 1),
    ),
    "htk": (
        lambda f: 2595 * np.log10(1 + f / 700),
        lambda m: 700 * (10 ** (m / 2595) - 1),
    ),
    # 200/3 Hz per mel up to 1 kHz, then 27 equal logarithmic steps up to 6.4 kHz
    "slaney": (
        lambda f: np.where(f < 1000, 3 * f / 200, 15 + 27 * np.log(np.maximum(f, 1) / 1000) / np.log(6.4)),
        lambda m: np.where(m < 15, 200 * m / 3, 1000 * 6.4 ** ((m - 15) / 27)),
    ),
}


def samples(path):
    with wave.open(path, "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, SAMPLE_RATE), path
        data = file.readframes(file.getnframes())
    return np.frombuffer(data, "<i2").astype(np.float64) / 32768


def frames(x):
    count = 1 + (len(x) - WINDOW) // HOP
    return np.stack([x[t * HOP:t * HOP + WINDOW] for t in range(count)])


def filters(bands, scale):
    to_mel, to_hertz = SCALES[scale]
    edges = to_hertz(np.linspace(to_mel(np.float64(0)), to_mel(np.float64(8000)), bands + 2))
    hertz = np.arange(POINTS // 2 + 1) * SAMPLE_RATE / POINTS
    return np.stack([np.interp(hertz, edges[b:b + 3], [0, 1, 0]) for b in range(bands)])


def log_mel(x, bands, scale):
    emphasised = np.concatenate([x[:1], x[1:] - 0.97 * x[:-1]])
    n = np.arange(WINDOW)
    window = 0.54 - 0.46 * np.cos(2 * np.pi * n / (WINDOW - 1))
    power = np.abs(np.fft.rfft(frames(emphasised) * window, POINTS)) ** 2
    return np.log(np.maximum(power @ filters(bands, scale).T, FLOOR))


def cepstrum(logs):
    bands = logs.shape[1]
    n = np.arange(COEFFICIENTS)[:, None]
    b = np.arange(bands)[None, :]
    transform = np.sqrt(2 / bands) * np.cos(np.pi * n * (b + 0.5) / bands)
    transform[0] /= np.sqrt(2)
    lifter = 1 + LIFTER / 2 * np.sin(np.pi * np.arange(COEFFICIENTS) / LIFTER)
    return (logs @ transform.T) * lifter


def delta(c, reach=2):
    last = len(c) - 1
    result = np.zeros_like(c)
    for t in range(len(c)):
        for n in range(1, reach + 1):
            result[t] += n * (c[min(t + n, last)] - c[max(t - n, 0)])
    return result / (2 * sum(n * n for n in range(1, reach + 1)))


def features(x, kind, scale, deltas):
    if kind == "mfcc":
        parts = [cepstrum(log_mel(x, BANDS["mfcc"], scale))]
    elif kind == "fbank":
        parts = [log_mel(x, BANDS["fbank"], scale)]
    else:
        parts = [np.log(np.maximum((frames(x) ** 2).sum(axis=1, keepdims=True), FLOOR))]
    for _ in range(deltas):
        parts.append(delta(parts[-1]))
    return np.hstack(parts)


def main():
    folder, kind, scale, deltas, *files = sys.argv[1:]
    for number, path in enumerate(files):
        result = features(samples(path), kind, scale, int(deltas))
        result.astype("<f8").tofile(os.path.join(folder, f"{number}.f64"))


main()
