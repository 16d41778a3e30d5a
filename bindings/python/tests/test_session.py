import contextlib
import json
import threading

import numpy as np
import pytest
from conftest import read_wav

import stimmung


def events_of(samples, rate, chunk, **options):
    with stimmung.Session(rate, **options) as session:
        events = []
        for start in range(0, len(samples), chunk):
            events += session.push(samples[start:start + chunk])
        return events + session.finish()


@pytest.mark.parametrize("chunk", [160, 7001, 10**9])
def test_equals_the_program(recording, command, chunk):
    samples, rate = read_wav(recording)
    lines = command("stream", "--rate", rate, input=samples.tobytes()).decode().splitlines()
    events = events_of(samples, rate, chunk)
    assert events == [json.loads(line) for line in lines]
    assert events[-1]["event"] == "finished"
    assert events_of(samples / 32768, rate, chunk) == events


def test_options(recording, tmp_path, command):
    samples, rate = read_wav(recording)
    lines = command(
        "stream", "--rate", rate, "--interval", "0", "--least-pause", "0.2", "--reject", "0.9", "--enrol", tmp_path / "program.voice",
        input=samples.tobytes()).decode().splitlines()
    events = events_of(samples, rate, 16000, interval=0, least_pause=0.2, reject=0.9, enrol=tmp_path / "session.voice")
    assert events == [json.loads(line) for line in lines]
    assert (tmp_path / "session.voice").read_bytes() == (tmp_path / "program.voice").read_bytes()


def test_wrong_order_and_arguments():
    session = stimmung.Session(16000)
    session.finish()
    for call in [session.finish, lambda: session.push(np.zeros(160))]:
        with pytest.raises(stimmung.StimmungError) as raised:
            call()
        assert raised.value.code == "library.finished"
    session.close()
    session.close()
    with pytest.raises(stimmung.ArgumentError):
        session.push(np.zeros(160))
    with pytest.raises(stimmung.ArgumentError, match="rate"):
        stimmung.Session(10)
    with pytest.raises(stimmung.ArgumentError, match="least_pause|leastPauze"):
        stimmung.Session(16000, least_pauze=1)
    with pytest.raises(stimmung.StimmungError, match="[Ss]ample"):
        stimmung.Session(16000).push(np.full(160, np.nan))
    with pytest.raises(stimmung.ArgumentError, match="dimension"):
        stimmung.Session(16000).push(np.zeros((2, 160)))


def test_a_second_thread_is_refused(recording):
    samples, rate = read_wav(recording)
    session = stimmung.Session(rate)
    long = np.tile(samples, 1 + 60 * rate // len(samples))

    def push():
        # Taking the events may meet the other thread.
        with contextlib.suppress(stimmung.StimmungError):
            session.push(long)

    thread = threading.Thread(target=push)
    thread.start()
    codes = set()
    while thread.is_alive():
        try:
            session.push(np.zeros(1))
        except stimmung.StimmungError as error:
            codes.add(error.code)
    thread.join()
    assert codes == {"library.busy"}
