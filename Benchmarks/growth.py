"""Growth of time and memory with the number of cells of a layer and with the size of the corpus."""
import csv
import os

from runs import RECIPE, benchmark, stimmung
from spread import number


def cells(threads, rounds):
    rows = []
    for count in (64, 128, 256, 512):
        lines = [benchmark("lstm", "--json", "--threads", threads, "--cells", count, "--repeats", 5).lines[0] for _ in range(rounds)]
        least = lambda work: min(line["times"][work]["wall_ms"][0] for line in lines)
        train, limit = least("train"), least("limit")
        frames = lines[0]["frames"]
        # Multiplications and additions of the layer's products: forward, and twice as many backward, without the gradient of the input.
        operations = 2 * 4 * count * (2 * 39 + 3 * count)
        rows.append(dict(cells=count, threads=threads, us_a_frame=1e3 * train / frames, gflops=operations * frames / train / 1e6, share=limit / train))
    return rows


def corpora(material, folder):
    """Trains the recipe on a corpus with every row of its manifest once, four times and sixteen times."""
    manifest = os.path.join(folder, "corpus.csv")
    stimmung("corpus", "import", material.corpus, "-o", manifest)
    with open(manifest, newline="") as file:
        header, *rows = list(csv.reader(file))
    result = []
    for times in (1, 4, 16):
        repeated = os.path.join(folder, f"times{times}.csv")
        with open(repeated, "w", newline="") as file:
            csv.writer(file).writerows([header] + rows * times)
        train = lambda epochs: stimmung(
            "train", RECIPE, "-q", "--threads", 2, "--epochs", epochs, "--corpus", repeated, "-o", os.path.join(folder, "grown.safetensors"))
        one, three = train(1), train(3)
        # An epoch uses a one-second crop, a hundred frames, of every utterance.
        frames = 100 * len(rows) * times
        result.append(dict(times=times, utterances=len(rows) * times, frames_an_epoch=frames, us_a_frame=1e6 * (three.wall - one.wall) / 2 / frames,
                           cpu_us_a_frame=1e6 * (three.cpu - one.cpu) / 2 / frames, peak_mb=max(one.peak, three.peak)))
    return result


def text(by_cells, by_corpus):
    lines = ["| cells | threads | µs per frame, forward and backward | GFLOP/s | share of the products' limit |", "|---|---|---|---|---|"]
    lines += [f"| {r['cells']} | {r['threads']} | {number(r['us_a_frame'])} | {r['gflops']:.0f} | {r['share']:.0%} |" for r in by_cells]
    lines += ["", "| corpus | utterances | µs per frame of an epoch (CPU time on both cores) | peak memory |", "|---|---|---|---|"]
    lines += [f"| {r['times']} × | {r['utterances']} | {number(r['us_a_frame'])} ({number(r['cpu_us_a_frame'])}) | {r['peak_mb']:.0f} MB |" for r in by_corpus]
    return "\n".join(lines)
