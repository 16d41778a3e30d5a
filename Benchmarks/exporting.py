#!/usr/bin/env python3
"""Compares ONNX Runtime on exported graphs with `stimmung predict`, over all recordings of EmoDB.

    Benchmarks/exporting.py [--program FILE] [--recipes lstm,mlp] [--epochs 4] [--every 1] [--json FILE]

Trains each recipe for a few epochs, exports the model from features and from audio, and runs both programs with one thread. Prints the sizes of the
files, the number of equal labels, the largest difference of a probability, and seconds of audio per second of time. Needs STIMMUNG_DATA with emodb,
and the Python packages numpy, onnx and onnxruntime. Exits with status 1 if a label differs or a probability differs by more than 0.001.
"""

import argparse
import csv
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import wave

import numpy as np
import onnx
import onnxruntime

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECIPES = "lstm,rectifier-lstm,blstm,rectifier-blstm,rnn,mlp,pretrained-mlp,rbm-mlp,crbm-lstm,stacked-crbm-lstm"


def samples(path):
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768


def train(program, name, epochs, corpus, folder):
    """A model of the recipe, trained for fewer epochs."""
    text = subprocess.run([program, "inspect", name], check=True, capture_output=True, text=True).stdout
    before, training = text.split("\ntraining:", 1)
    recipe = folder / f"{name}.yaml"
    recipe.write_text(before + "\ntraining:" + re.sub(r"\n  epochs: \d+", f"\n  epochs: {epochs}", training, count=1))
    model = folder / f"{name}.safetensors"
    subprocess.run([program, "train", recipe, "--corpus", corpus, "-o", model, "--seed", "1", "-q"], check=True, stdout=subprocess.DEVNULL)
    return model


def session(path):
    onnx.checker.check_model(onnx.load(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def export(program, model, start):
    path = model.with_suffix(f".{start}.onnx")
    subprocess.run([program, "export", model, "--onnx", path, "--input", start], check=True, stdout=subprocess.DEVNULL)
    return path


def compare(program, model, files, sounds):
    """One line of the table."""
    duration = sum(len(sound) for sound in sounds) / 16000
    begin = time.monotonic()
    printed = subprocess.run([program, "predict", "--model", model, "--format", "csv", "--threads", "1", "-q", *files], check=True, capture_output=True, text=True).stdout
    ours = time.monotonic() - begin
    rows = list(csv.DictReader(io.StringIO(printed)))
    features, audio = export(program, model, "features"), export(program, model, "audio")
    session(str(features))
    graph = session(str(audio))
    labels = json.loads(graph.get_modelmeta().custom_metadata_map["labels"])
    found = []
    begin = time.monotonic()
    for sound in sounds:
        found.append(graph.run(["probabilities"], {"audio": sound[None], "lengths": np.array([len(sound)], np.int64)})[0][0])
    theirs = time.monotonic() - begin
    equal, difference = 0, 0.0
    for row, probabilities in zip(rows, found):
        equal += row["label"] == labels[int(probabilities.argmax())]
        difference = max(difference, max(abs(float(row[f"p_{label}"]) - float(p)) for label, p in zip(labels, probabilities)))
    return {
        "model": model.stem, "KB of safetensors": model.stat().st_size // 1000, "KB from features": features.stat().st_size // 1000,
        "KB from audio": audio.stat().st_size // 1000, "recordings": len(rows), "equal labels": equal, "largest difference": difference,
        "stimmung, times real time": round(duration / ours), "ONNX Runtime, times real time": round(duration / theirs),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / ".build/release/stimmung"))
    parser.add_argument("--recipes", default=RECIPES)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--every", type=int, default=1, help="use every n-th recording")
    parser.add_argument("--json")
    options = parser.parse_args()
    corpus = pathlib.Path(os.environ.get("STIMMUNG_DATA", "/nowhere")) / "emodb"
    files = sorted((corpus / "wav").glob("*.wav"))[::options.every]
    if not files:
        sys.exit("STIMMUNG_DATA does not name a folder with emodb")
    sounds = [samples(file) for file in files]
    results = []
    with tempfile.TemporaryDirectory(prefix="stimmung-onnx-") as name:
        for recipe in options.recipes.split(","):
            model = train(options.program, recipe, options.epochs, corpus, pathlib.Path(name))
            results.append(compare(options.program, model, files, sounds))
            print(json.dumps(results[-1]), flush=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(results, indent=2) + "\n")
    sys.exit(0 if all(row["equal labels"] == row["recordings"] and row["largest difference"] < 1e-3 for row in results) else 1)


if __name__ == "__main__":
    main()
