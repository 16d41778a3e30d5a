"""Golden values of the voice from Praat, on ten recordings of EmoDB.

    pip install praat-parselmouth
    python voice_praat.py EMODB_WAV_FOLDER > ../golden/voice_praat.json

The recordings are those of the tests: ten, equally spaced in the sorted list. Praat's nearest frame is read at the middle of each frame of
25 ms, every 10 ms. `f0` is in hertz, 0 in unvoiced frames; `formants` are the first three in hertz at every fourth frame. `jitter` and
`shimmer` (local) are for the whole recording. `hnr` is the mean over the frames where Praat has a value, in decibels; `alpha` and
`hammarberg` are means over the voiced frames, in decibels.
"""
import glob
import json
import os
import sys

import numpy as np
import parselmouth
from parselmouth.praat import call

WINDOW, HOP = 400, 160
FLOOR, CEILING = 65, 600


def analyse(path):
    sound = parselmouth.Sound(path)
    count = 1 + (sound.get_number_of_samples() - WINDOW) // HOP
    times = [(HOP * t + WINDOW / 2) / 16000 for t in range(count)]
    pitch = sound.to_pitch_ac(time_step=0.01, pitch_floor=FLOOR, pitch_ceiling=CEILING)
    f0 = [pitch.get_value_at_time(t, interpolation=parselmouth.ValueInterpolation.NEAREST) for t in times]
    voiced = [t for t, f in zip(times, f0) if not np.isnan(f)]

    formant = sound.to_formant_burg(time_step=0.01, max_number_of_formants=5, maximum_formant=5500)
    formants = [[formant.get_value_at_time(n, t) for n in (1, 2, 3)] for t in times[::4]]

    pulses = call([sound, pitch], "To PointProcess (cc)")
    limits = (0, 0, 0.0001, 0.02, 1.3)
    harmonicity = call(sound, "To Harmonicity (ac)", 0.01, FLOOR, 0.1, 4.5).values[0]

    alpha, hammarberg = [], []
    for t in voiced:
        part = sound.extract_part(t - 0.0125, t + 0.0125, parselmouth.WindowShape.HAMMING, 1, False)
        spectrum = part.to_spectrum()
        alpha.append(10 * np.log10(spectrum.get_band_energy(50, 1000) / spectrum.get_band_energy(1000, 5000)))
        power = (spectrum.values ** 2).sum(axis=0)
        frequency = spectrum.xs()
        hammarberg.append(10 * np.log10(
            power[frequency < 2000].max() / power[(frequency >= 2000) & (frequency < 5000)].max()))

    return {
        "f0": [0 if np.isnan(f) else round(f, 1) for f in f0],
        "formants": [[0 if np.isnan(f) else round(f) for f in frame] for frame in formants],
        "jitter": round(call(pulses, "Get jitter (local)", *limits), 5),
        "shimmer": round(call([sound, pulses], "Get shimmer (local)", *limits, 1.6), 5),
        "hnr": round(float(harmonicity[harmonicity > -150].mean()), 3),
        "alpha": round(float(np.mean(alpha)), 3),
        "hammarberg": round(float(np.mean(hammarberg)), 3),
    }


paths = sorted(glob.glob(os.path.join(sys.argv[1], "*.wav")))
chosen = [paths[k * len(paths) // 10] for k in range(10)]
print(json.dumps({
    "tool": f"Praat {parselmouth.PRAAT_VERSION}",
    "recordings": {os.path.basename(path): analyse(path) for path in chosen},
}))
