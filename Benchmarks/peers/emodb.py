"""EmoDB for the PyTorch peer: files, speakers, labels and 39 MFCC in numpy, with the constants of docs and Sources/Features."""
import pathlib
from concurrent.futures import ProcessPoolExecutor

import librosa
import numpy as np
import soundfile

EMOTIONS = "WLEAFTN"  # the sixth character of a file's name


def utterances(folder):
    """(file, speaker, class) of every recording, in order of their names."""
    files = sorted(pathlib.Path(folder, "wav").glob("*.wav"))
    return [(str(file), file.name[:2], EMOTIONS.index(file.name[5])) for file in files]


def features(file):
    """13 MFCC by librosa of the recording scaled to a peak of 1 (26 bands, 25 ms Hamming windows, a hop of 10 ms, pre-emphasis), with deltas and
    deltas of deltas: frames × 39."""
    samples, rate = soundfile.read(file, dtype="float32")
    samples = librosa.effects.preemphasis(samples / abs(samples).max(), coef=0.97)
    static = librosa.feature.mfcc(
        y=samples, sr=rate, n_mfcc=13, n_mels=26, n_fft=512, win_length=400, hop_length=160, window="hamming", center=False, htk=True, lifter=22)
    deltas = delta(static)
    return np.vstack([static, deltas, delta(deltas)]).T.astype(np.float32)


def delta(x):
    """Regression over two frames on either side; at the ends, the first or the last frame is repeated."""
    padded = np.pad(x, ((0, 0), (2, 2)), mode="edge")
    count = x.shape[1]
    return sum(n * (padded[:, 2 + n : 2 + n + count] - padded[:, 2 - n : 2 - n + count]) for n in (1, 2)) / 10


def all_features(files, processes):
    if processes == 1:
        return [features(file) for file in files]
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(features, files, chunksize=16))
