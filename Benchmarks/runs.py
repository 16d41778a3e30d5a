"""Runs programs and measures time and memory."""
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
#: The recipe that the programs under peers/ follow.
RECIPE = os.path.join(HERE, "lstm.yaml")
RELEASE = os.path.join(HERE, "..", ".build", "release")
STIMMUNG = os.environ.get("STIMMUNG_PROGRAM", os.path.join(RELEASE, "stimmung"))
BENCHMARK = os.environ.get("STIMMUNG_BENCHMARK", os.path.join(RELEASE, "stimmung-benchmark"))


def peer(name):
    """The command of a program under peers/."""
    return [sys.executable, os.path.join(HERE, "peers", name)]


@dataclass
class Run:
    #: Wall-clock seconds, and CPU seconds on all cores; other work on the machine increases the former but hardly the latter.
    wall: float
    cpu: float
    #: Peak memory in MB.
    peak: float
    output: str

    @property
    def lines(self):
        """The JSON objects in its output, one per line."""
        return [json.loads(line) for line in self.output.splitlines()]


def run(command):
    """Runs a program and waits for its end; a failure ends the benchmark with the program's error output."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))} failed:\n{errors.read().decode(errors='replace')}")
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output.read().decode())


def stimmung(*arguments):
    return run([STIMMUNG, *arguments])


def benchmark(*arguments):
    return run([BENCHMARK, *arguments])
