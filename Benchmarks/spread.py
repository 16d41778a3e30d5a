"""Statistics of repeated measurements."""
from dataclasses import dataclass


@dataclass
class Spread:
    """All times of a piece of work over the rounds of a run, in milliseconds."""
    times: list
    #: CPU times, in milliseconds; with other work on the machine, the better measure of runs on one thread.
    processor: list = None

    def __post_init__(self):
        self.times = sorted(self.times)

    def quantile(self, share):
        """By linear interpolation."""
        place = share * (len(self.times) - 1)
        below = int(place)
        above = min(below + 1, len(self.times) - 1)
        return self.times[below] + (place - below) * (self.times[above] - self.times[below])

    @property
    def fastest(self):
        return self.times[0]

    @property
    def median(self):
        return self.quantile(0.5)

    @property
    def record(self):
        return dict(fastest_ms=self.fastest, lower_quartile_ms=self.quantile(0.25), median_ms=self.median,
                    upper_quartile_ms=self.quantile(0.75), runs=len(self.times), processor_fastest_ms=min(self.processor) if self.processor else None)

    def add(self, times, processor):
        self.times = sorted(self.times + times)
        self.processor = sorted(self.processor + processor)

    def scaled(self, factor):
        return Spread([factor * time for time in self.times], [factor * time for time in self.processor or []])

    def __str__(self):
        return f"{number(self.median)} ({number(self.quantile(0.25))}–{number(self.quantile(0.75))})"


def number(value):
    """About three significant digits."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


@dataclass
class Comparison:
    """Our work compared with a peer, or with a limit: a part of our work."""
    what: str
    threads: int
    ours: Spread
    theirs: Spread
    peer: str
    #: Goal: the least ratio of theirs to ours, or the largest ratio of ours to theirs.
    at_least: float = None
    at_most: float = None

    @property
    def ratio(self):
        """Ratio of the fastest runs, which other work on the machine affects least."""
        return self.theirs.fastest / self.ours.fastest if self.at_most is None else self.ours.fastest / self.theirs.fastest

    @property
    def ratio_of_medians(self):
        return self.theirs.median / self.ours.median if self.at_most is None else self.ours.median / self.theirs.median

    @property
    def ratio_of_processors(self):
        """Ratio of the smallest CPU times."""
        if not self.ours.processor or not self.theirs.processor:
            return None
        ours, theirs = min(self.ours.processor), min(self.theirs.processor)
        return theirs / ours if self.at_most is None else ours / theirs

    @property
    def goal(self):
        return f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}" if self.at_most is not None else ""

    @property
    def record(self):
        return dict(what=self.what, threads=self.threads, peer=self.peer, ours=self.ours.record, theirs=self.theirs.record,
                    ratio=self.ratio, ratio_of_medians=self.ratio_of_medians,
                    ratio_of_processors=self.ratio_of_processors, goal=self.goal)


def table(comparisons):
    """A Markdown table, to paste into a page."""
    lines = ["| work | threads | ours, ms: median (quartiles) | compared with | ms | ratio of the fastest | of medians | of CPU time | goal |", "|---|---|---|---|---|---|---|---|---|"]
    for c in comparisons:
        is_share = "at the " in c.peer
        ratio = lambda r: "" if r is None else f"{r:.0%}" if is_share else number(r)
        goal = f"≥ {c.at_least:.0%}" if is_share and c.at_least else c.goal
        lines.append(f"| {c.what} | {c.threads} | {c.ours} | {c.peer} | {c.theirs} | {ratio(c.ratio)} | {ratio(c.ratio_of_medians)} | {ratio(c.ratio_of_processors)} | {goal} |")
    return "\n".join(lines)
