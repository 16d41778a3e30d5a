import audformat
import numpy as np
import pytest
from conftest import read_wav
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

import stimmung


def test_equal_the_program(recording, command, tmp_path):
    for arguments, options in [
        ([], {}),
        (["--kind", "fbank,pitch", "--deltas", "0", "--set", "melScale=htk"], {"kinds": ["fbank", "pitch"], "deltas": 0, "melScale": "htk"}),
        (["--set", "functionals={trim: 20}"], {"functionals": {"trim": 20}}),
    ]:
        command("features", recording, *arguments, "-o", tmp_path / "f.npy")
        table = stimmung.features(recording, **options)
        np.testing.assert_array_equal(table.to_numpy(), np.load(tmp_path / "f.npy"))
        assert audformat.is_segmented_index(table.index)
        header = command("features", recording, *arguments).decode().splitlines()[0].split(",")
        assert list(table.columns) == [name for name in header if name != "time"]


def test_arrays_equal_files(recording):
    samples, rate = read_wav(recording)
    np.testing.assert_array_equal(stimmung.features(samples, rate), stimmung.features(recording))
    with pytest.raises(stimmung.StimmungError, match="The recording"):
        stimmung.features(np.zeros(10), 16000)


def test_times(recording):
    table = stimmung.features([recording, recording])
    start, end = (table.index.get_level_values(name).total_seconds() for name in ["start", "end"])
    assert start[0] == 0 and end[0] == pytest.approx(0.025) and start[1] == pytest.approx(0.01)
    assert len(table) % 2 == 0 and start[len(table) // 2] == 0


def test_a_kind_may_be_a_text(recording):
    assert stimmung.feature_names(kinds="pitch", deltas=0) == stimmung.feature_names(kinds=["pitch"], deltas=0)
    assert stimmung.features(recording, kinds="pitch", deltas=0).shape[1] == 2
    assert len(stimmung.Functionals(kinds="pitch").get_feature_names_out()) == len(stimmung.feature_names(kinds="pitch", functionals=True))


def test_options():
    with pytest.raises(stimmung.ArgumentError, match="mfcc"):
        stimmung.feature_names(kinds=["mfc"])
    with pytest.raises(stimmung.ArgumentError):
        stimmung.feature_names(hop=-1)


def test_transformer(recordings):
    functionals = stimmung.Functionals()
    rows = functionals.fit(recordings).transform(recordings)
    assert rows.shape == (len(recordings), 2456) and rows.dtype == np.float32
    assert len(functionals.get_feature_names_out()) == 2456
    np.testing.assert_array_equal(rows, stimmung.features(recordings, functionals=True))
    labels = [index % 2 for index in range(len(recordings))]
    pipeline = make_pipeline(clone(functionals), StandardScaler(), LinearSVC())
    assert list(pipeline.fit(recordings, labels).predict(recordings)) == labels
