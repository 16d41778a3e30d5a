"""The independent referee: speech that Silero VAD finds.

    python silero.py FILE.wav …

Prints one line per file: a JSON array of [start, end] in seconds. Files are 16 kHz, mono, 16 bit. The model is silero_vad.onnx in the
package pipecat-ai 1.14.0, which need not be importable: `pip install --no-deps` is enough. Thresholds are those of the project's own Python package (0.5 and 0.35, least speech
0.25 s, padding 0.03 s); the least pause is the one of Stimmung.
"""

import importlib.util
import json
import pathlib
import sys
import wave

import numpy
import onnxruntime

RATE, WINDOW, CONTEXT = 16000, 512, 64
UPPER, LOWER = 0.5, 0.35
LEAST_SPEECH, LEAST_PAUSE, PADDING = 0.25, 0.5, 0.03


def probabilities(session, samples):
    """The probability of speech in every window of 32 ms."""
    count = -(-len(samples) // WINDOW)
    samples = numpy.concatenate([numpy.zeros(CONTEXT, "f4"), samples, numpy.zeros(count * WINDOW - len(samples), "f4")])
    state = numpy.zeros((2, 1, 128), "f4")
    result = []
    for start in range(0, count * WINDOW, WINDOW):
        window = samples[None, start : start + CONTEXT + WINDOW]
        probability, state = session.run(None, {"input": window, "state": state, "sr": numpy.array(RATE)})
        result.append(float(probability[0, 0]))
    return result


def segments(probabilities, duration):
    """Stretches of speech by hysteresis, least durations and padding, in seconds."""
    hop = WINDOW / RATE
    runs, start = [], None
    for index, probability in enumerate(probabilities + [0.0]):
        if start is None and probability >= UPPER:
            start = index
        elif start is not None and probability < LOWER:
            runs.append([start * hop, index * hop])
            start = None
    joined = []
    for run in runs:
        if joined and run[0] - joined[-1][1] < LEAST_PAUSE:
            joined[-1][1] = run[1]
        else:
            joined.append(run)
    kept = [run for run in joined if run[1] - run[0] >= LEAST_SPEECH]
    return [[max(0.0, start - PADDING), min(duration, end + PADDING)] for start, end in kept]


def model():
    """The path of the network."""
    package = importlib.util.find_spec("pipecat")
    if package is None:
        sys.exit("the package pipecat-ai is not installed")
    return str(pathlib.Path(package.submodule_search_locations[0]) / "audio/vad/data/silero_vad.onnx")


def main(*files):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model(), sess_options=options, providers=["CPUExecutionProvider"])
    for file in files:
        with wave.open(file) as recording:
            assert recording.getframerate() == RATE and recording.getnchannels() == 1 and recording.getsampwidth() == 2, file
            samples = numpy.frombuffer(recording.readframes(recording.getnframes()), "<i2").astype("f4") / 32768
        print(json.dumps(segments(probabilities(session, samples), len(samples) / RATE)))


if __name__ == "__main__":
    main(*sys.argv[1:])
