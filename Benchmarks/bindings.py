#!/usr/bin/env python3
"""Compares `stimmung.predict` with the command over all recordings of EmoDB: the same numbers, and the time of each.

    .venv/bindings/bin/python Benchmarks/bindings.py [--program FILE] [--rounds 5]

Each round runs both in a new process with all processors, in turn, so that other work on the machine affects both. The time of the Python process
includes its start and its imports; the time of the call alone is that of `predict` inside it. Needs STIMMUNG_DATA with emodb, and the package
stimmung. Exits with status 1 if any number differs.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import pandas as pd

ROOT = pathlib.Path(__file__).resolve().parent.parent

#: What the Python process runs: the arguments are the file for the table and the recordings; it prints the seconds of the call.
CALL = """
import sys, time
import stimmung
begin = time.monotonic()
table = stimmung.predict(sys.argv[2:])
print(time.monotonic() - begin)
table.to_pickle(sys.argv[1])
"""


def timed(command):
    begin = time.monotonic()
    process = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if process.returncode != 0:
        sys.exit(f"{command[0]} failed")
    return process.stdout, time.monotonic() - begin


def differences(table, results):
    """The files for which the table and the program's JSON differ in any number. Both come from the same text, so that equality is of bits."""
    found = []
    for (index, row), result in zip(table.iterrows(), results, strict=True):
        expected = {"label": result["label"], "confidence": result["confidence"], **result["probabilities"]}
        if index[0] != result["file"] or any(row[name] != value for name, value in expected.items()):
            found.append(result["file"])
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--program", default=str(ROOT / ".build/release/stimmung"))
    options.add_argument("--rounds", type=int, default=5)
    options = options.parse_args()
    files = sorted(map(str, (pathlib.Path(os.environ["STIMMUNG_DATA"]) / "emodb/wav").glob("*.wav")))
    pickle = str(ROOT / ".build-python/table.pickle")
    commands, processes, calls = [], [], []
    for _ in range(options.rounds):
        document, seconds = timed([options.program, "predict", "--format", "json", "-q", *files])
        commands.append(seconds)
        printed, seconds = timed([sys.executable, "-c", CALL, pickle, *files])
        processes.append(seconds)
        calls.append(float(printed.split()[0]))
    different = differences(pd.read_pickle(pickle), json.loads(document))
    os.remove(pickle)
    command, process, call = map(statistics.median, [commands, processes, calls])
    print(f"{len(files)} recordings, medians of {options.rounds}: command {command:.2f} s, Python process {process:.2f} s, predict in it {call:.2f} s")
    print(f"predict takes {call / command:.2f} of the time of the command; {len(files) - len(different)} recordings are equal to the bit")
    if different:
        sys.exit(f"different: {', '.join(different[:10])}")


if __name__ == "__main__":
    main()
