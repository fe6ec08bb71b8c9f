"""Measure how often control charts and warnings speak without a cause, and how soon with one.

    python -m benchmarks.signals [--series N] [--seed N] [--lifts FILE]

In control: N series for each mean from 2 to 50, Poisson and varying twice as much, with a baseline of 52 weeks and
52 weeks watched; the share of points signalled, a run counted once (at most 3 %; 3.5 % where they vary more, as an
estimated baseline costs that much). Then a doubling from a mean of 10: in how many series it is seen within four
points (at least 90 % if Poisson). Then 200 charts at once, a tenth of them doubled: the share of warnings that were
chance (at most 5 %), and the same where nothing had changed: in how many weeks any. `--lifts`: requests as CSV with the columns
`created_date` and `bbl` (the building), gzipped: how many warnings there would have been by building and week, and how
many were followed by more requests than usual. Exit code 1 when a bound is missed.
"""

import argparse
import csv
import gzip
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import numpy
from numpy.random import Generator, default_rng

from engine.measures import charts, discovery
from engine.measures.charts import Baseline, Point

MEANS = (2, 3, 5, 8, 12, 20, 30, 50)
WEEKS = 52
Draw = Callable[[Generator, float, int], Sequence[int]]


def poisson(random: Generator, mean: float, many: int) -> Sequence[int]:
    """Counts that vary by chance alone."""
    return [int(each) for each in random.poisson(mean, many)]


def wider(random: Generator, mean: float, many: int) -> Sequence[int]:
    """Counts whose variance is twice their mean: negative binomial."""
    return [int(each) for each in random.negative_binomial(mean, 0.5, many)]


DRAWS: dict[str, tuple[Draw, float]] = {"poisson": (poisson, 0.03), "wider": (wider, 0.035)}


def points(counts: Sequence[int]) -> list[Point]:
    """Weeks of equal size."""
    return [Point(each, 1) for each in counts]


def usual(random: Generator, draw: Draw, mean: float) -> Baseline:
    """A baseline of a year."""
    return charts.baseline("rate", points(draw(random, mean, WEEKS)))


def in_control(random: Generator, draw: Draw, series: int) -> float:
    """The share of points signalled though nothing changed."""
    signalled = 0
    for number in range(series):
        mean = MEANS[number % len(MEANS)]
        found = charts.signals(usual(random, draw, mean), points(draw(random, mean, WEEKS)))
        signalled += len({each.at for each in found})
    return signalled / (series * WEEKS)


def doubling(random: Generator, draw: Draw, series: int) -> float:
    """The share of series in which a doubling from ten is seen within four points."""
    seen = 0
    for _ in range(series):
        before = usual(random, draw, 10)
        after = [*points(draw(random, 10, charts.RUN)), *points(draw(random, 20, 4))]
        seen += any(each.up and each.at >= charts.RUN for each in charts.signals(before, after))
    return seen / series


def together(random: Generator, draw: Draw, weeks: int, doubled: int) -> tuple[float, float]:
    """For 200 charts: the mean share of warnings that were chance, and the share of weeks with any such warning."""
    chance, weeks_with = [], 0
    for _ in range(weeks):
        found = {}
        for chart in range(200):
            mean = MEANS[chart % len(MEANS)]
            now = draw(random, mean * (2 if chart < doubled else 1), charts.RUN)
            found[chart] = discovery.chance_of_more(usual(random, draw, mean), points(now))
        warned = discovery.warned(found)
        false = sum(chart >= doubled for chart in warned)
        chance.append(false / max(len(warned), 1))
        weeks_with += bool(false)
    return float(numpy.mean(chance)), weeks_with / weeks


def lifts(file: Path) -> str:
    """Warnings in real requests: the second half of the year, judged by the weeks before."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            if row["bbl"]:
                counts[row["bbl"]][week_of(datetime.fromisoformat(row["created_date"]).date())] += 1
    last = max(week for each in counts.values() for week in each)
    warnings = followed = looked = more = 0
    for week in range(26, last - 2):
        chances, after = {}, {}
        for building, weeks in counts.items():
            series = [weeks[each] for each in range(week + 1)]
            if sum(series[: -charts.RUN]) < 2:
                continue
            before = charts.baseline("rate", points(series[: -charts.RUN]))
            chances[building] = discovery.chance_of_more(before, points(series))
            after[building] = weeks[week + 1] + weeks[week + 2] > 2 * before.centre
        warned = discovery.warned(chances)
        warnings, followed = warnings + len(warned), followed + sum(after[each] for each in warned)
        looked, more = looked + len(after), more + sum(after.values())
    return (
        f"lifts: {warnings} warnings in {looked} looks at a building and week; {followed} followed by more requests "
        f"than usual within two weeks, as were {more / max(looked, 1):.1%} of all looks"
    )


def week_of(day: date) -> int:
    """The number of the whole week since the year began."""
    return (day - date(day.year, 1, 1)).days // 7


def main() -> int:
    """Print a line for each figure; 1 when one misses its bound."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lifts", type=Path)
    asked = parser.parse_args()
    random = default_rng(asked.seed)
    missed = False
    for name, (draw, most) in DRAWS.items():
        share = in_control(random, draw, asked.series)
        seen = doubling(random, draw, asked.series)
        mixed, _ = together(random, draw, max(asked.series // 5, 1), 20)
        _, alone = together(random, draw, max(asked.series // 5, 1), 0)
        print(f"{name}: signalled in control {share:.2%} (at most {most:.1%})")
        print(f"{name}: a doubling from 10 seen within four points {seen:.1%}{' (at least 90 %)' * (draw is poisson)}")
        print(f"{name}: of the warnings over 200 charts {mixed:.1%} were chance (at most 5 %)")
        print(f"{name}: weeks with a warning though nothing changed {alone:.1%} (at most 5 %)")
        missed |= share > most or max(mixed, alone) > discovery.RATE or (draw is poisson and seen < 0.9)
    if asked.lifts:
        print(lifts(asked.lifts))
    return missed


if __name__ == "__main__":
    sys.exit(main())
