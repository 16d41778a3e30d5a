"""Shared by the peers: repeated timing of a piece of work, and a JSON line with the names of `stimmung-benchmark --json`."""
import json
import time


def times(work, repeats, runs=1):
    """Wall-clock and CPU milliseconds per run, for each repeat after an untimed one; a repeat has `runs` runs."""
    work()
    wall, processor = [], []
    for _ in range(repeats):
        start, computing = time.perf_counter(), time.process_time()
        for _ in range(runs):
            work()
        wall.append((time.perf_counter() - start) / runs * 1e3)
        processor.append((time.process_time() - computing) / runs * 1e3)
    return dict(wall_ms=sorted(wall), processor_ms=sorted(processor))


def report(**line):
    print(json.dumps(line), flush=True)
