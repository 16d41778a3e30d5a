"""Figures of a measurement that was repeated."""
from dataclasses import dataclass


@dataclass
class Spread:
    """All times of a piece of work over the rounds of a run, in milliseconds."""
    times: list

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
                    upper_quartile_ms=self.quantile(0.75), runs=len(self.times))

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
    def goal(self):
        return f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}" if self.at_most is not None else ""

    @property
    def record(self):
        return dict(what=self.what, threads=self.threads, peer=self.peer, ours=self.ours.record, theirs=self.theirs.record,
                    ratio=self.ratio, ratio_of_medians=self.ratio_of_medians, goal=self.goal)


def table(comparisons):
    """As Markdown, so that a run can be pasted into a page."""
    lines = ["| work | threads | ours, ms: median (quartiles) | beside | ms | ratio of the fastest | of medians | goal |", "|---|---|---|---|---|---|---|---|"]
    for c in comparisons:
        ratio = lambda r: f"{r:.0%}" if c.at_least is not None and c.at_least < 1 else number(r)
        goal = c.goal if c.at_least is None or c.at_least >= 1 else f"≥ {c.at_least:.0%}"
        lines.append(f"| {c.what} | {c.threads} | {c.ours} | {c.peer} | {c.theirs} | {ratio(c.ratio)} | {ratio(c.ratio_of_medians)} | {goal} |")
    return "\n".join(lines)
