"""Runs our benchmarks and the peers' in turn, several times in one run, and prints the ratios.

    make bench            the table
    make bench JSON=f     also writes every measurement to f
"""
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
STIMMUNG = os.path.join(HERE, "..", ".build", "release", "stimmung")
ROUNDS = 3


def lines(command):
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def steps(threads):
    """Our training steps and PyTorch's, in turn; for each the round with the fastest step, since others may use the machine."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(lines([STIMMUNG, "benchmark", "--json", "--threads", str(threads)]))
        peers = [os.path.join(HERE, "peers", name) for name in ("lstm.py", "crbm.py")]
        theirs.append([line for peer in peers for line in lines([sys.executable, peer, "--threads", str(threads)])])
    fastest = lambda runs, k: min((run[k] for run in runs), key=lambda r: r["train_best_ms"])
    return [(fastest(ours, k), fastest(theirs, k)) for k in range(3)]


def wall(command, repeats):
    subprocess.run(command, check=True, capture_output=True)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return times


def prediction():
    """One synthetic utterance as a whole process, ours and Python's, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        speech, model = f"{folder}/speech", f"{folder}/model.safetensors"
        subprocess.run([STIMMUNG, "corpus", "synthesise", "-q", "--voices", "2", "--sentences", "1", "-o", speech], check=True, capture_output=True)
        subprocess.run([STIMMUNG, "train", "lstm", "-q", "--epochs", "1", "--corpus", speech, "-o", model], check=True, capture_output=True)
        wav = sorted(os.path.join(speech, "wav", name) for name in os.listdir(f"{speech}/wav"))[0]
        ours = wall([STIMMUNG, "predict", "--model", model, wav], 20)
        theirs = wall([sys.executable, os.path.join(HERE, "peers", "predict.py"), wav], 5)
    return ours, theirs


def processor():
    with open("/proc/cpuinfo") as file:
        return next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.processor())


def main():
    print(f"{processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    record = {"processor": processor(), "load": os.getloadavg()[0], "steps": [], "prediction": {}}
    print("\nTraining steps. LSTM layer: 39 inputs, 128 cells, 32 sequences of up to 300 frames, forward and backward; ours has peepholes,")
    print("PyTorch's none. Conditional RBM: 256 frames; ours gathers the pasts and has momentum and decay, PyTorch's has them at hand and none.")
    print(f"{'':62} threads   ours      limit   share   torch     ratio   inference ratio")
    for threads in (1, 2):
        for ours, theirs in steps(threads):
            record["steps"].append({"ours": ours, "theirs": theirs})
            print(
                f"{ours['what']:62} {threads:7} {ours['train_best_ms']:7.2f} ms {ours['limit_ms']:6.2f} ms {ours['limit_ms'] / ours['train_best_ms']:6.0%}"
                f" {theirs['train_best_ms']:7.2f} ms {theirs['train_best_ms'] / ours['train_best_ms']:6.2f}" + (f" {theirs['infer_ms'] / ours['infer_ms']:10.2f}" if "infer_ms" in ours else ""))
    ours, theirs = prediction()
    record["prediction"] = {"ours_s": ours, "theirs_s": theirs}
    a, b = statistics.median(ours), statistics.median(theirs)
    print(f"\none short file as a process: ours {a * 1e3:.0f} ms, Python with librosa and torch {b:.2f} s, ratio {b / a:.0f}")
    if len(sys.argv) > 1:
        with open(sys.argv[1], "w") as file:
            json.dump(record, file, indent=1)


main()
