"""Is the verdict on improvements to be trusted, and does the page promise what it keeps?

    python -m benchmarks.proof [--small]

- Nothing was done: 2,000 simulated improvements, weeks varying by chance and twice as much: `false_worked`.
- A fall of 40 %, 70 complaints before and equal time after, 200 untouched places beside it: `power`.
- Placebos on real requests about lifts: 1,000 random buildings, lots, zip codes and districts with random weeks, nothing
  having been done: `placebo_false` and `placebo_worse`, also of places chosen because they were the worst in the weeks
  before (which the baseline then leaves out), because their whole baseline was bad, and because they had the most
  complaints; with baselines as long as the window, and with all weeks that are known, as an improvement takes them;
  beside it what a textbook's Poisson test says of the same, and which part of real falls of 40 and 60 % is found.
- 200 random plans: the power that the page promises and the simulated one.

Each line: name, value, and the bar where there is one. Exits with 1 where a bar is missed.
"""

import argparse
import csv
import gzip
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy
from scipy.stats import norm

from engine.measures.proof import Question, Readings, judging, windows
from engine.measures.proof.baseline import LEFT_OUT, Baseline
from engine.measures.proof.layout import Layout

REQUESTS = Path(__file__).parents[2] / "shared/data/tickets/elevator-requests-2024.csv.gz"
LEVELS: Mapping[str, str] = {
    "buildings": "incident_address",
    "lots": "bbl",
    "zip codes": "incident_zip",
    "districts": "community_board",
}
FIRST = date(2024, 1, 1)
WEEKS = 52
LENGTHS = (8, 12, 16)
POWER_AT = 12
"""Weeks of the windows at which the bars for power on real data stand."""

PLACES = 200
ASKED = Question("per_homes", 1, 0.4)
BARS_OF_POWER: Mapping[str, float] = {"zip codes": 0.15, "districts": 0.50}
FEWEST_YEAR, FEWEST_BEFORE = 12, 8
"""Complaints of a year, and of a baseline, that make a unit worth asking about."""


@dataclass
class Bars:
    """Prints figures and remembers which bar was missed."""

    missed: int = 0

    def say(self, name: str, value: float, most: float | None = None, least: float | None = None) -> None:
        bar = f"(at most {most})" if most is not None else f"(at least {least})" if least is not None else ""
        missed = (most is not None and value > most) or (least is not None and value < least)
        self.missed += missed
        print(f"{name} {value:.3f} {bar}{' MISSED' if missed else ''}".rstrip(), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="a few of each, to see that it runs; no bars")
    small = parser.parse_args().small
    bars = Bars()
    _nothing_done(bars, 50 if small else 2000)
    _a_fall(bars, 50 if small else 2000)
    _plans(bars, 3 if small else 200, 100 if small else 1500)
    if REQUESTS.exists():
        for level, key in LEVELS.items():
            _real(bars, level, _weekly(key), 20 if small else 1000)
    else:
        print("real requests: left out, there is no outside data")
    return 0 if small else int(bars.missed > 0)


# ---- simulated -------------------------------------------------------------------------------------------------------


def _places(chance: numpy.random.Generator, mean: float, weeks: int, spread: float) -> numpy.ndarray:
    """Return weekly counts of the place and of untouched ones, with `mean` complaints each in so many weeks."""
    shape, each = (PLACES + 1, weeks), mean / weeks
    if spread <= 1:
        return chance.poisson(each, shape).astype(float)
    return chance.negative_binomial(each / (spread - 1), 1 / spread, shape).astype(float)


def _judged(hits: numpy.ndarray, before: int, question: Question = ASKED) -> str:
    readings = Readings("rate", FIRST, hits, numpy.ones_like(hits))
    return judging.judge(question, readings, Layout(0, before, before, hits.shape[1])).verdict


def _nothing_done(bars: Bars, count: int) -> None:
    for name, spread in (("chance", 1.0), ("twice chance", 2.0)):
        chance = numpy.random.default_rng(11)
        said = [_judged(_places(chance, chance.uniform(20, 200), 52, spread), 26) for _ in range(count)]
        bars.say(f"false_worked, {name}", said.count("worked") / count, most=0.05)
        bars.say(f"false_worse, {name}", said.count("worse") / count, most=0.05)


def _a_fall(bars: Bars, count: int) -> None:
    chance = numpy.random.default_rng(12)
    found = 0
    for _ in range(count):
        hits = _places(chance, 140, 52, 1.0)
        hits[0, 26:] = chance.poisson(0.6 * 70 / 26, 26)
        found += _judged(hits, 26) == "worked"
    bars.say("power, 40 % fewer than 70", found / count, least=0.75)


def _plans(bars: Bars, count: int, tries: int) -> None:
    """Compare the promised with the simulated power, for plans whose window is as long as one of those offered."""
    chance = numpy.random.default_rng(13)
    furthest = 0.0
    for _ in range(count):
        mean, by = chance.uniform(5, 200), chance.uniform(0.1, 0.7)
        before, after = 52, int(chance.choice(windows.LENGTHS))
        question = replace(ASKED, by=by)
        planned = Baseline(0, before, mean, float(before), 1.0, (), None, None, None)
        promised = windows.power(question, planned, PLACES, after)
        kept = 0
        for _ in range(tries):
            hits = _places(chance, mean / before * (before + after), before + after, 1.0)
            hits[0, before:] = chance.poisson(mean / before * (1 - by), after)
            kept += _judged(hits, before, question) == "worked"
        furthest = max(furthest, abs(promised - kept / tries))
    bars.say("promised against simulated power, furthest apart", furthest, most=0.05)


# ---- real ------------------------------------------------------------------------------------------------------------


def _weekly(key: str) -> numpy.ndarray:
    """Return the requests of each unit by week of the year, units in order."""
    found: dict[str, numpy.ndarray] = {}
    with gzip.open(REQUESTS, "rt") as file:
        for row in csv.DictReader(file):
            week = (datetime.fromisoformat(row["created_date"]).date() - FIRST) // timedelta(weeks=1)
            if row[key] and week < WEEKS:
                found.setdefault(row[key], numpy.zeros(WEEKS))[week] += 1
    return numpy.array([found[unit] for unit in sorted(found) if found[unit].sum() >= FEWEST_YEAR])


def _real(bars: Bars, level: str, units: numpy.ndarray, count: int) -> None:
    for length in LENGTHS:
        chance = numpy.random.default_rng(length)
        picked = list(_random(chance, units, length, count))
        named = f"{level}, {length} weeks"
        _said(bars, f"placebo, {named}", units, length, picked, (length, 0))
        worst = list(_chosen(chance, units, length, count, _bad_weeks))
        _said(bars, f"placebo, worst of {named}", units, length, worst, (length, LEFT_OUT))
        bad = list(_chosen(chance, units, length, count, _bad_baseline))
        _said(bars, f"placebo, worst baseline of {named}", units, length, bad, (length, LEFT_OUT), most=None)
        textbook = [_textbook(units, unit, week, length) for unit, week in picked]
        bars.say(f"textbook_false, {named}", sum(textbook) / len(textbook))
        for fall in (0.4, 0.6):
            found = [
                _verdict(units, unit, week, length, (length, 0), (chance, fall)) == "worked" for unit, week in picked
            ]
            least = BARS_OF_POWER.get(level) if fall == 0.6 and length == POWER_AT else None
            bars.say(f"power_{fall:.0%}, {named}".replace("%", ""), sum(found) / len(found), least=least)
        _all_known(bars, named, units, length, count)


def _all_known(bars: Bars, named: str, units: numpy.ndarray, length: int, count: int) -> None:
    """Say the same of baselines of all weeks that are known, those just before left out."""
    chance = numpy.random.default_rng(100 + length)
    weeks = (WEEKS, LEFT_OUT)
    picked = list(_random(chance, units, length, count))
    _said(bars, f"all known, placebo, {named}", units, length, picked, weeks)
    worst = list(_chosen(chance, units, length, count, _bad_weeks))
    _said(bars, f"all known, placebo, worst of {named}", units, length, worst, weeks)
    most = list(_chosen(chance, units, length, count, _most))
    _said(bars, f"all known, placebo, most complaints of {named}", units, length, most, weeks, most=None)
    found = [_verdict(units, unit, week, length, weeks, (chance, 0.6)) == "worked" for unit, week in picked]
    bars.say(f"all known, power_60, {named}", sum(found) / len(found))


def _said(
    bars: Bars,
    name: str,
    units: numpy.ndarray,
    length: int,
    picked: list[tuple[int, int]],
    weeks: tuple[int, int],
    most: float | None = 0.05,
) -> None:
    said = [_verdict(units, unit, week, length, weeks) for unit, week in picked]
    bars.say(f"{name}: false", said.count("worked") / len(said), most)
    bars.say(f"{name}: worse", said.count("worse") / len(said), most)


def _random(chance: numpy.random.Generator, units: numpy.ndarray, length: int, count: int) -> Iterator[tuple[int, int]]:
    """Yield units with a baseline, and random weeks for a change that was none."""
    while count:
        unit, week = int(chance.integers(len(units))), int(chance.integers(22, WEEKS - length + 1))
        if units[unit, week - length : week].sum() >= FEWEST_BEFORE:
            yield unit, week
            count -= 1


Choice = Callable[[numpy.ndarray, int, int], numpy.ndarray]
"""How much units stand out, by all counts, the week and the length of window."""


def _chosen(
    chance: numpy.random.Generator, units: numpy.ndarray, length: int, count: int, choice: Choice
) -> Iterator[tuple[int, int]]:
    """Yield of twenty random units the one that stands out most.

    Each unit and week once: one long wave of one district would otherwise be counted thirty times.
    """
    seen: set[tuple[int, int]] = set()
    for _ in range(count):
        week = int(chance.integers(max(22, length + LEFT_OUT + FEWEST_BEFORE), WEEKS - length + 1))
        able = numpy.flatnonzero(units[:, week - LEFT_OUT - length : week - LEFT_OUT].sum(1) >= FEWEST_BEFORE)
        some = chance.choice(able, min(20, len(able)), replace=False)
        found = int(some[choice(units[some], week, length).argmax()]), week
        if found not in seen:
            seen.add(found)
            yield found


def _bad_weeks(some: numpy.ndarray, week: int, length: int) -> numpy.ndarray:
    """Return how far the last four weeks were above the weeks before."""
    usual = some[:, week - LEFT_OUT - length : week - LEFT_OUT].sum(1) / length * LEFT_OUT
    above: numpy.ndarray = (some[:, week - LEFT_OUT : week].sum(1) - usual) / numpy.sqrt(usual + 1)
    return above


def _bad_baseline(some: numpy.ndarray, week: int, length: int) -> numpy.ndarray:
    """Return how far the whole baseline was above all that was known before it."""
    begin, end = week - LEFT_OUT - length, week - LEFT_OUT
    usual = (some[:, :begin].sum(1) + 1) / begin * length
    above: numpy.ndarray = (some[:, begin:end].sum(1) - usual) / numpy.sqrt(usual + 1)
    return above


def _most(some: numpy.ndarray, week: int, _: int) -> numpy.ndarray:
    """Return how many complaints there were up to the weeks that are left out."""
    counted: numpy.ndarray = some[:, : week - LEFT_OUT].sum(1)
    return counted


def _verdict(
    units: numpy.ndarray,
    unit: int,
    week: int,
    length: int,
    weeks: tuple[int, int],
    fall: tuple[numpy.random.Generator, float] | None = None,
) -> str:
    """Return what is said of a unit after a week. `weeks`: of the baseline, and left out after it."""
    order = [unit, *(each for each in range(len(units)) if each != unit)]
    hits = units[order, : week + length]
    if fall is not None:
        chance, by = fall
        hits[0, week:] = chance.binomial(hits[0, week:].astype(int), 1 - by)
    readings = Readings("rate", FIRST, hits, numpy.ones_like(hits))
    before, gap = weeks
    layout = Layout(max(0, week - gap - before), week - gap, week, week + length)
    return judging.judge(ASKED, readings, layout, week).verdict


def _textbook(units: numpy.ndarray, unit: int, week: int, length: int) -> bool:
    """Return whether a Poisson test of the rate ratio at 5 % calls it "worked"."""
    before, after = units[:, week - length : week].sum(1), units[:, week : week + length].sum(1)
    expected = (after.sum() - after[unit]) / (before.sum() - before[unit])
    seen = max(after[unit], 0.5)
    z = numpy.log(seen / before[unit] / expected) / numpy.sqrt(1 / seen + 1 / before[unit])
    return bool(norm.cdf(z) <= 0.05)


if __name__ == "__main__":
    sys.exit(main())
