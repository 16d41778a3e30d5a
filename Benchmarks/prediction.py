"""`stimmung predict` as a process: a whole folder, and one recording compared with a Python program."""
from runs import peer, run, stimmung
from spread import Spread, number


def folder(material, rounds):
    """All recordings on two threads, including decoding and the start of the process."""
    runs = [stimmung("predict", "-q", "--threads", 2, "--format", "csv", "--model", material.model, material.recordings) for _ in range(rounds + 1)][1:]
    wall = min(r.wall for r in runs)
    cpu = min(r.cpu for r in runs)
    return dict(corpus=material.name, files=len(material.files), audio_s=material.seconds, fastest_s=wall, median_s=Spread([r.wall for r in runs]).median,
                cpu_s=cpu, times_real_time=material.seconds / wall, times_real_time_of_cpu=2 * material.seconds / cpu,
                peak_mb=max(r.peak for r in runs), goal="≥ 3000 times real time")


def single(material, repeats=20, peer_repeats=3):
    """One recording of three seconds, as a whole process."""
    command = ["predict", "-q", "--model", material.model, material.three_seconds]
    stimmung(*command)
    ours, theirs = [], []
    # Alternately, so that other work on the machine affects both.
    for number in range(peer_repeats):
        ours += [stimmung(*command) for _ in range(repeats // peer_repeats)]
        theirs.append(run(peer("predict.py") + [material.three_seconds]))
    ms = lambda runs: Spread([1e3 * r.wall for r in runs])
    return dict(ours=ms(ours).record, ours_cpu_ms=Spread([1e3 * r.cpu for r in ours]).median, ours_peak_mb=max(r.peak for r in ours),
                theirs=ms(theirs).record, theirs_cpu_ms=Spread([1e3 * r.cpu for r in theirs]).median,
                ratio=ms(theirs).fastest / ms(ours).fastest, goal="< 40 ms")


def text(whole, one):
    return "\n".join([
        f"stimmung predict, {whole['corpus']}, {whole['files']} files of {whole['audio_s']:.0f} s in total, 2 threads: {number(whole['fastest_s'])} s at best"
        f" (median {number(whole['median_s'])}), {whole['times_real_time']:.0f} times real time (goal {whole['goal']});",
        f"  CPU time {number(whole['cpu_s'])} s: {whole['times_real_time_of_cpu']:.0f} times real time on two cores without other work; peak memory {whole['peak_mb']:.0f} MB",
        f"stimmung predict, one file of 3 s as a process: {number(one['ours']['fastest_ms'])} ms at best (median {number(one['ours']['median_ms'])}, CPU time"
        f" {number(one['ours_cpu_ms'])}; goal {one['goal']}); Python with librosa and torch {number(one['theirs']['fastest_ms'])} ms, ratio {number(one['ratio'])}",
    ])
