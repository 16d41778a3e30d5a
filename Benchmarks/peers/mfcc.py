"""Times librosa's 13 MFCC of a minute of noise on one thread, from samples in memory; prints a JSON line."""
import argparse
import os

# Before the import of NumPy, which starts its threads.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import librosa
import numpy as np
from timing import report, times

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("--seconds", type=int, default=60)
options.add_argument("--repeats", type=int, default=7)
options = options.parse_args()
samples = 0.1 * np.random.default_rng(1).standard_normal(16000 * options.seconds).astype(np.float32)


def mfcc():
    return librosa.feature.mfcc(y=samples, sr=16000, n_mfcc=13, n_mels=26, n_fft=512, win_length=400, hop_length=160)


report(kind="mfcc", what="13 MFCC", peer=f"librosa {librosa.__version__}", threads=1, frames=mfcc().shape[1],
       audio_seconds=options.seconds, times=dict(train=times(mfcc, options.repeats)))
