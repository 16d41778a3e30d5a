"""`stimmung evaluate Benchmarks/lstm.yaml --protocol loso` compared with a PyTorch program of the same recipe."""
import os
import tempfile

from runs import RECIPE, peer, run, stimmung
from spread import number


def measure(material, folds):
    """
    :param folds: number of folds that the peer runs, two at a time on one thread each; its total time is scaled from them. None runs all.
    """
    with tempfile.TemporaryDirectory() as folder:
        # An empty feature cache, because the peer has none.
        os.environ["XDG_CACHE_HOME"] = folder
        ours = stimmung("evaluate", RECIPE, "-q", "--protocol", "loso", "--threads", 2, "--corpus", material.corpus)
    theirs = run(peer("evaluate_lstm.py") + [material.corpus] + (["--folds", folds] if folds else []))
    line = theirs.lines[-1]
    # Folds run two at a time, so the time of an even number of folds can be scaled.
    scaled = line["features_s"] + line["folds_s"] * line["of"] / line["folds"]
    return dict(ours_s=ours.wall, ours_cpu_s=ours.cpu, ours_peak_mb=ours.peak, theirs_s=scaled, theirs_folds=line["folds"], of=line["of"],
                theirs_features_s=line["features_s"], theirs_folds_s=line["folds_s"], theirs_cpu_s=theirs.cpu, share=ours.wall / scaled, goal="≤ 1/3")


def text(record):
    how = "all folds" if record["theirs_folds"] == record["of"] else f"scaled from {record['theirs_folds']} of {record['of']} folds"
    return (f"stimmung evaluate Benchmarks/lstm.yaml --protocol loso on EmoDB, 2 threads: {number(record['ours_s'])} s; PyTorch, two folds at a time, {how}:"
            f" {number(record['theirs_s'])} s; share {record['share']:.2f} (goal {record['goal']})")
