import itertools
import json
import os
import signal
import threading
import time
import wave

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


def test_silence_has_no_label(recording):
    silence = np.zeros(32000, np.int16)
    samples, rate = read_wav(recording)
    alone = stimmung.predict(silence, rate)
    beside = stimmung.predict([silence, samples], rate, errors="return")
    failed = stimmung.predict([silence, samples, samples[:5]], rate, errors="return")
    for table in [alone, beside, failed]:
        assert table["label"].iloc[0] is None and np.isnan(table["confidence"].iloc[0])
        assert table["label"].dtype == object and table.iloc[1:2]["label"].notna().all()
    assert beside["error"].tolist() == [None, None] and beside["error"].dtype == failed["error"].dtype == object
    assert failed["label"].iloc[2] is None and failed["error"].iloc[0] is None and "recording 2" in failed["error"].iloc[2]


def test_arrays_with_channels_name_the_remedy(recording):
    samples, rate = read_wav(recording)
    two = np.stack([samples, samples], axis=1)
    for inputs in [two, [two]]:
        with pytest.raises(stimmung.ArgumentError, match=r"samples\[:, 0\], or the mean of all, samples.mean\(axis=1\) / 32768"):
            stimmung.predict(inputs, rate)
    with pytest.raises(stimmung.ArgumentError, match=r"samples\[0\].*samples.mean\(axis=0\)\.$"):
        stimmung.predict([two.T / 32768], rate)
    pd.testing.assert_frame_equal(stimmung.predict(two.mean(axis=1) / 32768, rate), stimmung.predict(samples, rate))
    # No channel of these could be used.
    for inputs in [two.astype(np.uint8), [two.astype(np.uint8)], [two.astype(str)]]:
        with pytest.raises(stimmung.ArgumentError, match="of type"):
            stimmung.predict(inputs, rate)
    # Rows are recordings.
    assert len(stimmung.predict(two.T, rate)) == 2


def test_rates(recording):
    samples, rate = read_wav(recording)
    expected = stimmung.predict(samples, rate)
    for other in [float(rate), np.float32(rate), np.int64(rate)]:
        pd.testing.assert_frame_equal(stimmung.predict(samples, other), expected)
    for wrong in [rate + 0.5, float("nan"), str(rate), True, 0, 2**32 + rate]:
        with pytest.raises(stimmung.ArgumentError, match="rate"):
            stimmung.predict(samples, wrong)


def test_names_that_are_not_utf8(recording, tmp_path):
    name = os.path.join(os.fsencode(tmp_path), b"\xe4.wav")
    with open(name, "wb") as copy, open(recording, "rb") as original:
        copy.write(original.read())
    text = os.fsdecode(name)
    expected = stimmung.predict(recording)
    for inputs in [name, text, [recording, text, recording]]:
        table = stimmung.predict(inputs)
        # Lookup in the index would convert the name to Arrow.
        row = table[[file == text for file in table.index.get_level_values("file")]]
        pd.testing.assert_frame_equal(row.reset_index(drop=True), expected.reset_index(drop=True))
    assert list(stimmung.predict([recording, text], channels="each").index.get_level_values("file")) == [recording, text]
    assert stimmung.features(text, deltas=0).index[0][0] == text
    with pytest.raises(stimmung.StimmungError, match="no such file"):
        stimmung.predict(text + "x")


def test_channels(recording, tmp_path):
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


def interrupt(monkeypatch, name, work):
    """Interrupts work a tenth of its time after its first call of ``_library.name``: it ends before half of its time.

    Returns an item per call: its code where it failed, otherwise None.
    """
    from stimmung import _library

    began = time.monotonic()
    work()
    whole = time.monotonic() - began

    begun, numbers, codes = threading.Event(), itertools.count(), {}
    call = getattr(_library, name)

    def recorded(*arguments):
        number = next(numbers)
        codes[number] = None
        begun.set()
        try:
            return call(*arguments)
        except stimmung.StimmungError as error:
            codes[number] = error.code
            raise

    def send():
        begun.wait()
        time.sleep(whole / 10)
        os.kill(os.getpid(), signal.SIGINT)

    sender = threading.Thread(target=send)
    with monkeypatch.context() as patch:
        patch.setattr(_library, name, recorded)
        sender.start()
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            work()
            # The signal must not reach another test.
            sender.join()
            time.sleep(1)
        assert time.monotonic() - began < whole / 2
    sender.join()
    return list(codes.values())


def test_ctrl_c_ends_work_on_a_file(recording, monkeypatch, tmp_path):
    samples, rate = read_wav(recording)
    path = str(tmp_path / "long.wav")
    with wave.open(path, "wb") as file:
        file.setnchannels(1), file.setsampwidth(2), file.setframerate(rate)
        file.writeframes(np.tile(samples, 1 + 900 * rate // len(samples)).tobytes())
    model = stimmung.Model()
    assert interrupt(monkeypatch, "text", lambda: stimmung.predict(path, model=model)) == ["cancelled"]
    # Later calls work.
    assert len(stimmung.predict(recording, model=model)) == 1


@pytest.mark.parametrize(("count", "seconds"), [(1, 900), (60, 30)])
@pytest.mark.parametrize("name", ["text", "table"])
def test_ctrl_c_ends_work_on_arrays(recording, monkeypatch, name, count, seconds):
    """Running calls are cancelled, and calls that have not begun do not begin."""
    samples, rate = read_wav(recording)
    array = np.tile(samples, 1 + seconds * rate // len(samples)) / np.float32(32768)
    model = stimmung.Model()

    def work():
        if name == "text":
            stimmung.predict([array] * count, rate, model=model, workers=2)
        else:
            stimmung.features([array] * count, rate, functionals=True, workers=2)

    codes = interrupt(monkeypatch, name, work)
    assert len(codes) <= max(count // 2, 1)
    # A call on a short array may end before it is cancelled.
    assert count > 1 or "cancelled" in codes
    assert len(stimmung.features(samples, rate)) > 0
