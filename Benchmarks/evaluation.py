"""`stimmung evaluate Benchmarks/lstm.yaml --protocol loso` beside a PyTorch program of the same recipe."""
import os
import tempfile

from runs import RECIPE, peer, run, stimmung
from spread import number


def measure(material, folds):
    """
    :param folds: folds that the peer runs, two at a time, each on a thread of its own; its time for all is scaled from them. None runs all.
    """
    with tempfile.TemporaryDirectory() as folder:
        # The cache of features is empty, as the peer has none.
        os.environ["XDG_CACHE_HOME"] = folder
        ours = stimmung("evaluate", RECIPE, "-q", "--protocol", "loso", "--threads", 2, "--corpus", material.corpus)
    theirs = run(peer("evaluate_lstm.py") + [material.corpus] + (["--folds", folds] if folds else []))
    line = theirs.lines[-1]
    # The folds are run two at a time, so that an even number of them takes its share of the time.
    scaled = line["features_s"] + line["folds_s"] * line["of"] / line["folds"]
    return dict(ours_s=ours.wall, ours_cpu_s=ours.cpu, ours_peak_mb=ours.peak, theirs_s=scaled, theirs_folds=line["folds"], of=line["of"],
                theirs_features_s=line["features_s"], theirs_folds_s=line["folds_s"], theirs_cpu_s=theirs.cpu, share=ours.wall / scaled, goal="≤ 1/3")


def text(record):
    how = "all its folds" if record["theirs_folds"] == record["of"] else f"scaled from {record['theirs_folds']} of {record['of']} folds"
    return (f"stimmung evaluate Benchmarks/lstm.yaml --protocol loso on EmoDB, 2 threads: {number(record['ours_s'])} s; PyTorch, two folds at a time, {how}:"
            f" {number(record['theirs_s'])} s; share {record['share']:.2f} (goal {record['goal']})")
