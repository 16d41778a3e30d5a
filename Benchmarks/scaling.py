"""Simulates commands in several processes on 1 to 1,024 machines: speed-up, efficiency, and when the network takes as long as the work.

    Benchmarks/scaling.py                        the tables of docs/scale.md
    Benchmarks/scaling.py --gigabits 25          another network
    Benchmarks/scaling.py --training lstm:87303:5.5 --leader-us 40

Times of work are measured on one machine and given as arguments; the network is assumed. A machine runs one process with one thread. A message
takes `latency`, occupies its sender for `overhead`, and sends its bytes at the machine's bandwidth; both directions are independent, and
the network between the machines is never the limit. Needs only Python's standard library.
"""
import argparse
import heapq
import random
from dataclasses import dataclass, replace

MACHINES = [2**n for n in range(11)]
#: Parts of a batch at most (`DataParallel.count`).
MOST_PARTS = 16
#: Recordings of EmoDB by speaker: a fold without a speaker trains on all others.
SPEAKERS = [49, 58, 43, 38, 55, 35, 61, 69, 56, 71]
#: Seconds that a waiting process sleeps before it looks for a message (`SharedWork`): the leader, the others.
LEADER_SLEEP, OTHER_SLEEP = 500e-6, 200e-6


@dataclass(frozen=True)
class Network:
    """Bytes per second of a machine in each direction, and seconds per message."""
    bandwidth: float
    latency: float
    overhead: float

    def collective(self, machines, sent):
        """Seconds of a collective operation in which each machine sends to every other, `sent` bytes in all.

        Open MPI posts all messages of MPI_Iallgather, MPI_Iallgatherv and MPI_Ialltoallv at once."""
        return 0 if machines == 1 else self.latency + (machines - 1) * self.overhead + sent / self.bandwidth

    def ring(self, machines, size):
        """Seconds of an all-reduce of `size` bytes by a ring: 2 (N − 1) rounds, each of one message of an Nth."""
        return 2 * (machines - 1) * (self.latency + self.overhead + size / machines / self.bandwidth)


@dataclass(frozen=True)
class Training:
    """A measured training step of one thread."""
    name: str
    parameters: int
    #: Seconds of one part of a batch.
    part: float

    @property
    def bytes(self):
        return 4 * self.parameters

    def sent(self, machines, parts):
        """Bytes that the busiest process sends per step: its parts' gradients to those that add them, and its share of the sums to all."""
        own = -(-parts // machines)
        return (own + 1) * self.bytes * (machines - 1) / machines

    def exchange(self, machines, parts, network):
        """Seconds of the collective operations of a step: two to agree on cancellation and two on the losses, and the gradients and the sums."""
        own = -(-parts // machines)
        share = (machines - 1) / machines
        small = 4 * network.collective(machines, 8 * machines)
        return small + network.collective(machines, own * self.bytes * share) + network.collective(machines, self.bytes * share)

    def step(self, machines, parts, network):
        own = -(-parts // machines)
        return own * self.part + self.exchange(machines, parts, network)

    def balance(self, network, time):
        """The smallest number of machines at which `time` of the network is at least that of one part; None if above a million."""
        low, high = 1, 1
        while time(high, network) < self.part:
            low, high = high, 2 * high
            if high > 1 << 20:
                return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if time(middle, network) >= self.part else (middle, high)
        return high


@dataclass(frozen=True)
class Pieces:
    """Work that a leader hands out to whichever machine is free (`SharedWork`)."""
    #: Seconds of each piece.
    times: list
    #: Seconds that the leader takes for a piece of another machine.
    leader: float
    #: Bytes of a request and its result.
    request: float
    result: float
    #: Seconds before the first piece, on every machine.
    start: float = 0

    def seconds(self, machines, network):
        """The leader's machine works on pieces too. Its other thread serves one message at a time."""
        free = [(self.start, machine) for machine in range(machines)]
        heapq.heapify(free)
        serving, end = self.start, self.start
        for time in self.times:
            ready, machine = heapq.heappop(free)
            if machine > 0:
                # The result of the last piece and the request for the next are one message.
                asked = ready + network.latency + self.result / network.bandwidth
                idle = asked > serving
                serving = max(serving, asked) + (LEADER_SLEEP / 2 if idle else 0) + self.leader + network.overhead
                ready = serving + network.latency + self.request / network.bandwidth + OTHER_SLEEP / 2
            heapq.heappush(free, (ready + time, machine))
            end = max(end, ready + time)
        return max(end, serving) if machines > 1 else end


def evaluation(total, seeds, start):
    """`evaluate` of ten folds and several seeds; `total` seconds for one seed, divided by the recordings that each fold trains on."""
    left = [sum(SPEAKERS) - count for count in SPEAKERS]
    return Pieces([total * count / sum(left) for count in left] * seeds, leader=1e-3, request=4, result=50e3, start=start)


def archive(group, options):
    """Recordings of 1 to 9 s, handed out in groups of so many; a request has 200 bytes for each, a result 500."""
    source = random.Random(1)
    count = int(options.hours * 3600 / 5 / group)
    times = [sum(source.uniform(1, 9) for _ in range(group)) / options.speed for _ in range(count)]
    return Pieces(times, leader=group * options.leader_us * 1e-6, request=group * 200, result=group * 500, start=options.start_s)


def row(cells):
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def percent(share):
    return f"{100 * share:.{0 if share >= 0.01 else 1}f} %"


def heading(*names):
    return [row(names), "|" + "---|" * len(names)]


def speedups(title, columns):
    """A table with a column of speed-up and efficiency for each name and function of the number of machines."""
    lines = heading(title, *(name for name, _ in columns))
    first = [seconds(1) for _, seconds in columns]
    for machines in MACHINES:
        found = [one / seconds(machines) for one, (_, seconds) in zip(first, columns)]
        lines.append(row([f"{machines:,}", *(f"{ratio:,.{1 if ratio < 100 else 0}f} ({percent(ratio / machines)})" for ratio in found)]))
    return "\n".join(lines)


def balances(trainings, network, speeds):
    lines = heading("training", "a part", *(f"{g:g} Gbit/s" for g in speeds), *(f"a ring, {g:g} Gbit/s" for g in speeds))
    for training in trainings:
        networks = [replace(network, bandwidth=speed * 1e9 / 8) for speed in speeds]
        ours = [training.balance(one, lambda machines, one: training.exchange(machines, machines, one)) for one in networks]
        rings = [training.balance(one, lambda machines, one: one.ring(machines, training.bytes)) for one in networks]
        lines.append(row([training.name, f"{training.part * 1e3:.3g} ms", *(f"{number:,}" if number else "–" for number in ours + rings)]))
    return "\n".join(lines)


def check():
    """Compares the simulation with cases that can be computed by hand."""
    ideal = Network(1e18, 0, 0)
    lstm = Training("lstm", 87303, 5e-3)
    # The bytes that the program prints for two processes with one part each.
    assert lstm.sent(2, 2) == 349212 and Training("", 16658, 1).sent(2, 2) == 66632
    # With one part per process, as many as a ring sends.
    assert abs(lstm.sent(8, 8) - 2 * lstm.bytes * 7 / 8) < 1
    network = Network(1e9, 0, 0)
    assert abs(lstm.sent(8, 8) / 1e9 - network.ring(8, lstm.bytes)) < 1e-9
    assert lstm.step(1, 16, network) == 16 * lstm.part and abs(lstm.step(16, 16, ideal) - lstm.part) < 1e-9
    found = lstm.balance(network, lambda machines, one: machines * 1e-3)
    assert found == 5, found
    # Five pieces on two machines, and more machines than pieces.
    pieces = Pieces([1, 1, 1, 1, 2], leader=0, request=0, result=0)
    sleep = LEADER_SLEEP + OTHER_SLEEP
    assert pieces.seconds(1, ideal) == 6
    assert 4 <= pieces.seconds(2, ideal) <= 4 + 5 * sleep and 2 <= pieces.seconds(8, ideal) <= 2 + 8 * sleep
    # A leader that takes as long as the work.
    slow = Pieces([1] * 100, leader=1, request=0, result=0)
    assert slow.seconds(100, ideal) > 45, slow.seconds(100, ideal)


def training(text):
    name, parameters, milliseconds = text.split(":")
    return Training(name, int(parameters), float(milliseconds) * 1e-3)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--training", type=training, action="append", metavar="NAME:PARAMETERS:MS", help="milliseconds of one part on one thread")
    options.add_argument("--gigabits", type=float, action="append", help="of a machine's network per second; the first is that of the tables of speed-ups")
    options.add_argument("--latency-us", type=float, default=20, help="of a message, from one process to another")
    options.add_argument("--overhead-us", type=float, default=2, help="that a message occupies its sender")
    options.add_argument("--evaluation-s", type=float, default=88.6, help="of ten folds with one seed on one thread")
    options.add_argument("--start-s", type=float, default=1, help="of mpirun, and of reading a corpus")
    options.add_argument("--speed", type=float, default=1380, help="of recognition, or of functionals, on one thread, times real time")
    options.add_argument("--leader-us", type=float, default=25, help="that the leader takes for a recording of another process")
    options.add_argument("--hours", type=float, default=1000, help="of the archive, in recordings of 5 s on average")
    options = options.parse_args()
    check()
    trainings = options.training or [Training("`train lstm`", 87303, 5.5e-3), Training("`pretrain`, 256 hidden units", 67804, 0.45e-3)]
    speeds = options.gigabits or [10, 100]
    network = Network(speeds[0] * 1e9 / 8, options.latency_us * 1e-6, options.overhead_us * 1e-6)
    print(balances(trainings, network, speeds), end="\n\n")
    columns = []
    for one in trainings:
        columns.append((f"{one.name}, {MOST_PARTS} parts", lambda machines, one=one: one.step(machines, MOST_PARTS, network)))
        # Time per part: the batch grows with the machines.
        columns.append((f"{one.name}, a part per machine", lambda machines, one=one: one.step(machines, machines, network) / machines))
    print(speedups("machines", columns), end="\n\n")
    jobs = [(seeds, evaluation(options.evaluation_s, seeds, options.start_s)) for seeds in (1, 10, 100)]
    print(speedups("machines", [(f"`evaluate`, {10 * seeds:,} trainings", lambda machines, one=one: one.seconds(machines, network)) for seeds, one in jobs]), end="\n\n")
    # `predict` hands out 48 recordings at a time, `features` one.
    archives = [(f"`{name}`, {options.hours:,.0f} hours", archive(group, options)) for name, group in [("predict", 48), ("features", 1)]]
    print(speedups("machines", [(name, lambda machines, one=one: one.seconds(machines, network)) for name, one in archives]))


if __name__ == "__main__":
    main()
