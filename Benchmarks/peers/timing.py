"""What the peers share: timing a piece of work several times, and a line of JSON with the names that `stimmung-benchmark --json` has."""
import json
import time


def times(work, repeats, runs=1):
    """Milliseconds of each of the repeats after one that is not counted, on the wall and of all processors; of one of `runs` where a repeat
    has several."""
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
