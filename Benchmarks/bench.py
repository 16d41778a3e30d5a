"""Runs our benchmarks and the peers' alternately, in several rounds, and prints tables of medians, spread and ratios.

    make bench                                        everything
    make bench JSON=bench.json                        also writes every figure
    make bench BENCH="layers --rounds 5"              only some parts: layers, prediction, session, evaluation, growth
    STIMMUNG_DATA=data make bench                     prediction and evaluation on data/emodb; by default, prediction on synthetic speech only

Times are wall-clock times. Ratios are of the fastest runs, because other work on the machine makes single runs slower but none faster;
ratios of the medians are listed too. A limit is the time of the matrix products at the peak of multiply-adds,
measured in the same run. STIMMUNG_ISA=avx2 measures without AVX-512.
"""
import argparse
import json
import os
import platform
import sys
import tempfile

import evaluation
import growth
import layers
import material
import prediction
import session
from spread import table

PARTS = ["layers", "prediction", "session", "evaluation", "growth"]


def processor():
    with open("/proc/cpuinfo") as file:
        lines = [line.split(":")[1].strip() for line in file if line.startswith(("model name", "flags"))]
    if len(lines) < 2:
        return platform.processor() or platform.machine()
    forced = {"avx2": "AVX2", "portable": "no AVX2"}.get(os.environ.get("STIMMUNG_ISA"))
    vectors = [forced] if forced else [name for flag, name in [("avx512f", "AVX-512"), ("avx2", "AVX2")] if flag in lines[1].split()]
    return f"{lines[0]} ({vectors[0] if vectors else 'no AVX2'})"


def say(text):
    print(text, file=sys.stderr, flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("parts", nargs="*", help=f"{', '.join(PARTS)} (default: all)")
    options.add_argument("--json", metavar="FILE", help="writes every figure to this file")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--all-folds", action="store_true", help="runs the PyTorch evaluation on all folds instead of scaling two")
    options = options.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        sys.exit(f"unknown part {', '.join(sorted(unknown))}: must be one of {', '.join(PARTS)}")
    wanted = options.parts or PARTS
    record = dict(processor=processor(), cores=os.cpu_count(), load_before=os.getloadavg()[0], rounds=options.rounds)
    print(f"{record['processor']}, {record['cores']} cores, load {record['load_before']:.1f} before the run\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        if "layers" in wanted:
            one, times1 = layers.comparisons(1, options.rounds, say)
            two, times2 = layers.comparisons(2, options.rounds, say)
            rows = one + two + layers.gain(times1, times2)
            record["layers"] = [row.record for row in rows]
            print(table(rows) + "\n", flush=True)
        if set(wanted) & {"prediction", "session", "evaluation", "growth"}:
            say("training a model for the prediction")
            own = material.prepare(folder)
        if "prediction" in wanted:
            say("prediction")
            whole, one = prediction.folder(own, options.rounds), prediction.single(own)
            record["prediction"] = dict(folder=whole, single=one)
            print(prediction.text(whole, one) + "\n", flush=True)
        if "session" in wanted:
            say("session")
            record["session"] = session.measure(own, options.rounds)
            print(session.text(record["session"]) + "\n", flush=True)
        if "evaluation" in wanted and own.is_real:
            say("evaluation")
            record["evaluation"] = evaluation.measure(own, None if options.all_folds else 2)
            print(evaluation.text(record["evaluation"]) + "\n", flush=True)
        if "growth" in wanted:
            say("growth")
            by_cells, by_corpus = growth.cells(2, options.rounds), growth.corpora(own, folder)
            record["growth"] = dict(cells=by_cells, corpus=by_corpus)
            print(growth.text(by_cells, by_corpus) + "\n", flush=True)
    record["load_after"] = os.getloadavg()[0]
    print(f"load {record['load_after']:.1f} after the run")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(record, file, indent=1)


main()
