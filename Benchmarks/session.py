"""Sessions of the built-in model: time per chunk of 100 ms on one thread."""
from runs import benchmark
from spread import number

#: The first recordings, which are repeated.
FILES = 20


def measure(material, rounds):
    """The round with the lowest 99th percentile, since other work on the machine makes chunks slower but none faster."""
    lines = [benchmark("session", "--json", "--seconds", 120, "--repeats", 3, "--recordings", *material.files[:FILES]).lines[0]
             for _ in range(rounds)]
    best = min(lines, key=lambda line: line["chunks"]["p99_ms"])
    return dict(corpus=material.name, what=best["what"], chunks=best["frames"], real_time_factor=best["real_time_factor"], **best["chunks"],
                p99_of_rounds_ms=sorted(line["chunks"]["p99_ms"] for line in lines), goal="99 % below 5 ms")


def text(result):
    return (f"{result['what']} ({result['corpus']}), {result['chunks']} chunks: median {number(result['median_ms'])} ms, 95 % below"
            f" {number(result['p95_ms'])} ms, 99 % below {number(result['p99_ms'])} ms (CPU time {number(result['p99_processor_ms'])}; goal {result['goal']}), maximum"
            f" {number(result['maximum_ms'])} ms; real-time factor {result['real_time_factor']:.4f}")
