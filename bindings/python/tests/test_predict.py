import json
import os
import threading
import time

import audformat
import numpy as np
import pandas as pd
import pytest
from conftest import read_wav

import stimmung


def rows(document):
    """What the table should hold, from the JSON of the program."""
    for result in json.loads(document):
        for part in result.get("segments", [{**result, "start": 0, "end": result.get("duration")}]):
            yield result["file"], part


def check(table, document):
    expected = list(rows(document))
    assert len(table) == len(expected)
    for (index, row), (file, part) in zip(table.iterrows(), expected):
        assert index[0] == file
        # To the bit: both are read from the same text.
        assert round(index[1].total_seconds(), 6) == part["start"] and round(index[2].total_seconds(), 6) == part["end"]
        assert row["label"] == part["label"] or pd.isna(row["label"]) and part["label"] is None
        assert row["confidence"] == part["confidence"] or np.isnan(row["confidence"]) and part["confidence"] is None
        for label, probability in (part["probabilities"] or {}).items():
            assert row[label] == probability


@pytest.mark.parametrize("timeline", [False, True])
def test_equals_the_program(recordings, command, timeline):
    document = command("predict", *recordings, "--format", "json", "--quiet", *["--timeline"] * timeline)
    check(stimmung.predict(recordings, timeline=timeline), document)


def test_one_thread_gives_the_same_as_many(recordings):
    pd.testing.assert_frame_equal(stimmung.predict(recordings, workers=1), stimmung.predict(recordings, workers=4))


def test_index_is_that_of_audformat(recordings):
    table = stimmung.predict(recordings[:3], timeline=True)
    assert audformat.is_segmented_index(table.index)
    audformat.assert_index(table.index)
    pd.testing.assert_index_equal(
        table.index, audformat.segmented_index(*(table.index.get_level_values(name) for name in ["file", "start", "end"])))


def test_arrays_equal_files(recordings):
    files = stimmung.predict(recordings)
    samples, rates = zip(*map(read_wav, recordings))
    assert len(set(rates)) == 1
    arrays = stimmung.predict(list(samples), rates[0])
    assert list(arrays.index.get_level_values("file")) == [str(position) for position in range(len(recordings))]
    pd.testing.assert_frame_equal(arrays.reset_index(drop=True), files.reset_index(drop=True))
    floats = stimmung.predict(samples[0] / 32768, rates[0])
    pd.testing.assert_frame_equal(floats, arrays.iloc[:1])


def test_parquet(recordings, tmp_path):
    table = stimmung.predict(recordings, timeline=True)
    table.to_parquet(tmp_path / "table.parquet")
    read = pd.read_parquet(tmp_path / "table.parquet")
    assert list(read.index) == list(table.index) and list(read["label"].fillna("")) == list(table["label"].fillna(""))
    pd.testing.assert_frame_equal(read.drop(columns="label"), table.drop(columns="label"), check_index_type=False)


def test_failures(recording, tmp_path):
    missing = str(tmp_path / "missing.wav")
    with pytest.raises(stimmung.StimmungError, match="missing.wav") as raised:
        stimmung.predict([recording, missing])
    assert raised.value.code.startswith("audio.")
    table = stimmung.predict([missing, recording], errors="return")
    assert "missing.wav" in table["error"].iloc[0] and pd.isna(table["error"].iloc[1])
    assert pd.isna(table.index[0][2]) and pd.isna(table["confidence"].iloc[0])
    short = stimmung.predict(np.zeros(5, np.float32), 16000, errors="return")
    assert "recording 0" in short["error"].iloc[0] and "/proc" not in short["error"].iloc[0]


def test_silence_has_no_label():
    row = stimmung.predict(np.zeros(32000, np.float32), 16000).iloc[0]
    assert row["label"] is None and np.isnan(row["confidence"])


def test_channels(recording, tmp_path):
    import wave

    samples, rate = read_wav(recording)
    path = str(tmp_path / "two.wav")
    with wave.open(path, "wb") as file:
        file.setnchannels(2), file.setsampwidth(2), file.setframerate(rate)
        file.writeframes(np.stack([samples, np.roll(samples, 4000)], axis=1).astype("<i2").tobytes())
    table = stimmung.predict(path, channels="each")
    assert list(table["channel"]) == [1, 2]
    failed = stimmung.predict([path, str(tmp_path / "missing.wav")], channels="each", errors="return")
    assert failed["channel"].tolist()[:2] == [1, 2] and failed["channel"].isna().tolist() == [False, False, True]
    with pytest.raises(ValueError, match="not the name"):
        stimmung.predict("a\0b.wav")
    first = stimmung.predict(path, channels="first")
    assert table["confidence"].iloc[0] == first["confidence"].iloc[0]


def test_options(recording):
    table = stimmung.predict(recording, reject=1.0, affect=True)
    assert table["label"].iloc[0] == "uncertain" and -1 <= table["valence"].iloc[0] <= 1
    with pytest.raises(stimmung.ArgumentError, match="window"):
        stimmung.predict(recording, window=2)
    with pytest.raises(stimmung.ArgumentError, match="mix, first, louder, each"):
        stimmung.predict(recording, channels="last")
    with pytest.raises(stimmung.ArgumentError, match="rate"):
        stimmung.predict(np.zeros(16000))
    with pytest.raises(stimmung.StimmungError, match="nowhere.safetensors"):
        stimmung.predict(recording, model="nowhere.safetensors")
    assert len(stimmung.predict([])) == 0


def test_voice(recordings, tmp_path, command):
    voice = tmp_path / "speaker.voice"
    summary = stimmung.enrol(recordings[:8], voice)
    assert summary["stretches"] >= 1 and 0 < summary["share"] < 1
    command("enrol", *recordings[:8], "-o", tmp_path / "program.voice", "--quiet")
    assert voice.read_bytes() == (tmp_path / "program.voice").read_bytes()
    document = command("predict", *recordings, "--voice", voice, "--format", "json", "--quiet")
    check(stimmung.predict(recordings, voice=voice), document)


def test_models(recording):
    model = stimmung.Model()
    assert "anger" in model.labels
    pd.testing.assert_frame_equal(stimmung.predict(recording, model=model), stimmung.predict(recording))
    with pytest.raises(ValueError, match="opened model"):
        stimmung.predict(recording, model=model, reject=0.5)


def test_gil_is_released(recording):
    """Another Python thread runs while samples are recognised on this one."""
    samples, rate = read_wav(recording)
    session = stimmung.Session(rate)
    counts, stop = [0], threading.Event()

    def count():
        while not stop.is_set():
            counts[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    before = counts[0]
    # One call of some hundred milliseconds: a minute of speech.
    session.push(np.tile(samples, 1 + 60 * rate // len(samples)))
    during = counts[0] - before
    stop.set()
    thread.join()
    assert during > 20


def test_ctrl_c_cancels(recording):
    samples, rate = read_wav(recording)
    long = np.tile(samples, 1 + 3600 * rate // len(samples))
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), 2))
    began = time.monotonic()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        stimmung.predict(long, rate)
        time.sleep(5)
    assert time.monotonic() - began < 30
    # Later calls work.
    assert len(stimmung.predict(recording)) == 1
