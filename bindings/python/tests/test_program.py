import csv
import os
import signal
import subprocess
import sys
import time

import pytest

import stimmung

EMOTIONS = ["anger", "neutral"]


@pytest.fixture
def corpus(recordings, tmp_path):
    """Twenty recordings of four invented speakers."""
    path = tmp_path / "corpus.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "emotion", "speaker"])
        for number, recording in enumerate(recordings):
            table.writerow([recording, EMOTIONS[number % 2], f"speaker{number % 4 // 2 + 2 * (number // 10)}"])
    return path


def test_train_and_evaluate(corpus, recording, tmp_path, capfd):
    output = tmp_path / "model.safetensors"
    assert stimmung.train("functionals-mlp", corpus, output, epochs=2, seed=3, no_cache=True) == str(output)
    assert set(stimmung.Model(output).labels) == set(EMOTIONS)
    assert stimmung.predict(recording, model=output)["label"].iloc[0] in EMOTIONS
    figures = stimmung.evaluate("functionals-mlp", [corpus], protocol="speaker-folds=2", epochs=2, quiet=True, no_cache=True)
    assert isinstance(figures, dict) and "uar" in str(figures).lower()


def test_errors_are_those_of_the_program(tmp_path):
    with pytest.raises(stimmung.StimmungError, match="nowhere"):
        stimmung.train("lstm", "nowhere", tmp_path / "m.safetensors")
    with pytest.raises(stimmung.StimmungError, match="--epoch"):
        stimmung.evaluate("lstm", "nowhere", epoch=1)


def test_ctrl_c_reaches_the_program(corpus, tmp_path):
    output = tmp_path / "model.safetensors"
    code = f"import stimmung; stimmung.train('functionals-mlp', {str(corpus)!r}, {str(output)!r}, epochs=100000, no_cache=True)"
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, env=os.environ)
    checkpoint = tmp_path / "model.safetensors.checkpoint"
    while not checkpoint.exists():
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    errors = process.communicate(timeout=60)[1].decode()
    assert "KeyboardInterrupt" in errors and "--resume" in errors and checkpoint.exists()
