"""Golden values of pitch from Praat, on ten recordings of EmoDB.

    pip install praat-parselmouth
    python voice_praat.py EMODB_WAV_FOLDER > ../golden/voice_praat.json

The recordings are those that the tests take: ten at equal distances of the sorted list. Frames of 25 ms every 10 ms, their middles are
where Praat's nearest frame is read. `f0` is in hertz, 0 where Praat finds no voice.
"""
import glob
import json
import os
import sys

import numpy as np
import parselmouth

WINDOW, HOP = 400, 160
FLOOR, CEILING = 65, 600


def analyse(path):
    sound = parselmouth.Sound(path)
    count = 1 + (sound.get_number_of_samples() - WINDOW) // HOP
    times = [(HOP * t + WINDOW / 2) / 16000 for t in range(count)]
    pitch = sound.to_pitch_ac(time_step=0.01, pitch_floor=FLOOR, pitch_ceiling=CEILING)
    f0 = [pitch.get_value_at_time(t, interpolation=parselmouth.ValueInterpolation.NEAREST) for t in times]
    return {"f0": [0 if np.isnan(f) else round(f, 1) for f in f0]}


paths = sorted(glob.glob(os.path.join(sys.argv[1], "*.wav")))
chosen = [paths[k * len(paths) // 10] for k in range(10)]
print(json.dumps({
    "tool": f"Praat {parselmouth.PRAAT_VERSION}",
    "recordings": {os.path.basename(path): analyse(path) for path in chosen},
}))
