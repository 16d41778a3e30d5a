"""Figures of a measurement that was repeated."""
from dataclasses import dataclass


@dataclass
class Spread:
    """All times of a piece of work over the rounds of a run, in milliseconds."""
    times: list
    #: Likewise, of all processors; where other work keeps the wall's clock running, they are the better measure of runs on one thread.
    processor: list = None

    def __post_init__(self):
        self.times = sorted(self.times)

    def quantile(self, share):
        """Linear between neighbours."""
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
    """Three digits that count."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


@dataclass
class Comparison:
    """Ours beside something else: a peer, or a limit that is less than all of our work."""
    what: str
    threads: int
    ours: Spread
    theirs: Spread
    peer: str
    #: What the ratio of theirs to ours is to be at least, or of ours to theirs at most.
    at_least: float = None
    at_most: float = None

    @property
    def ratio(self):
        """Of the fastest runs, which other work on the machine disturbs least."""
        return self.theirs.fastest / self.ours.fastest if self.at_most is None else self.ours.fastest / self.theirs.fastest

    @property
    def ratio_of_medians(self):
        return self.theirs.median / self.ours.median if self.at_most is None else self.ours.median / self.theirs.median

    @property
    def ratio_of_processors(self):
        """Of the least time of all processors."""
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
    """As Markdown, so that a run can be pasted into a page."""
    lines = ["| work | threads | ours, ms: median (quartiles) | beside | ms | ratio of the fastest | of medians | of computing time | goal |", "|---|---|---|---|---|---|---|---|---|"]
    for c in comparisons:
        is_share = "products" in c.peer
        ratio = lambda r: "" if r is None else f"{r:.0%}" if is_share else number(r)
        goal = f"≥ {c.at_least:.0%}" if is_share and c.at_least else c.goal
        lines.append(f"| {c.what} | {c.threads} | {c.ours} | {c.peer} | {c.theirs} | {ratio(c.ratio)} | {ratio(c.ratio_of_medians)} | {ratio(c.ratio_of_processors)} | {goal} |")
    return "\n".join(lines)
