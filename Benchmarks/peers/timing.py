"""What the peers share: timing a piece of work several times, and a line of JSON."""
import json
import time


def times_ms(work, repeats, times=1):
    """Milliseconds of each of the repeats after one that is not counted; of one of `times` runs where a repeat has several."""
    work()
    result = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(times):
            work()
        result.append((time.perf_counter() - start) / times * 1e3)
    return sorted(result)


def report(**line):
    print(json.dumps(line), flush=True)
