"""Recordings of the tests: those of the demo, or of EmoDB in STIMMUNG_DATA."""

import os
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest

import stimmung

ROOT = Path(__file__).resolve().parents[3]


def find_recordings():
    demo = sorted((ROOT / "demo/speech-1/wav").glob("*.wav"))
    emodb = sorted((Path(os.environ.get("STIMMUNG_DATA", "/nonexistent")) / "emodb/wav").glob("*.wav"))
    return [str(path) for path in demo or emodb]


@pytest.fixture(scope="session")
def recordings():
    found = find_recordings()
    if len(found) < 20:
        pytest.skip("there are no recordings: run `make run`, or set STIMMUNG_DATA")
    return found[:: len(found) // 20][:20]


@pytest.fixture(scope="session")
def recording(recordings):
    return recordings[0]


@pytest.fixture(scope="session")
def command():
    """Runs the program of the package; returns its standard output."""

    def run(*arguments, **options):
        return subprocess.run([stimmung.program(), *map(str, arguments)], check=True, stdout=subprocess.PIPE, **options).stdout

    return run


def read_wav(path):
    """The samples of a file with one channel of 16 bits, and their rate."""
    with wave.open(path) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2"), file.getframerate()
