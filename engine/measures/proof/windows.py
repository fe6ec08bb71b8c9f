"""How long it takes to know: the power that the product's own rule has after so many weeks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from scipy.special import ndtri

from engine.measures.proof import judging
from engine.measures.proof.baseline import Baseline
from engine.measures.proof.change import Counts, Numbers, deviation, logarithm
from engine.measures.proof.question import Question

LENGTHS = (4, 8, 12, 16, 20, 26, 39, 52)
DRAWS = 4000
ENOUGH = 0.8
"""The power that a plan should have: four of five real changes of that size are seen."""


@dataclass(frozen=True, slots=True)
class Window:
    """A window of so many weeks, and how likely the rule calls a change of the hoped-for size "worked" after it."""

    weeks: int
    power: float


def of(question: Question, baseline: Baseline, places: int, lengths: Sequence[int] = LENGTHS) -> list[Window]:
    """Return the power of each window. `places`: other places of a like baseline that are known."""
    return [Window(weeks, power(question, baseline, places, weeks)) for weeks in lengths]


def power(question: Question, baseline: Baseline, places: int, weeks: int) -> float:
    """Return how likely the rule calls a real change "worked": the rule applied to counts drawn at random.

    Weeks are drawn as negative binomial where they vary more than chance. Deterministic: the draws are always the same.
    """
    if not baseline.hit or not baseline.weeks:
        return 0.0
    before, unchanged, changed = _drawn(question, baseline, weeks)
    flat = numpy.ones(DRAWS)
    spread = flat * baseline.spread
    sd = deviation(question.kind, before, unchanged, flat, spread)
    by_itself = question.sign * logarithm(question.kind, before, unchanged, flat) / sd
    better = question.sign * logarithm(question.kind, before, changed, flat) / sd
    if judging.can_rank(places, places, places * (baseline.begin + 1)):
        enough = better >= numpy.quantile(by_itself, 1 - judging.WORKED)
    else:
        wider = max(1.0, judging.FORMULA_SPREAD / baseline.spread) ** 0.5
        enough = better / wider >= -ndtri(judging.FORMULA)
    told = before.size >= judging.FEWEST if question.kind == "share" else before.hit >= judging.FEWEST
    later = before.hit * weeks / baseline.weeks >= judging.FEWEST if question.kind == "rate" else told
    return float((enough & told & later).mean())


def _drawn(question: Question, baseline: Baseline, weeks: int) -> tuple[Counts, Counts, Counts]:
    chance = numpy.random.default_rng(20260101)
    times = weeks / baseline.weeks
    size = numpy.full(DRAWS, baseline.size)
    later = size * times
    if question.kind == "rate":
        before = _counts(chance, baseline.hit, baseline.spread)
        unchanged = _counts(chance, baseline.hit * times, baseline.spread)
        changed = _counts(chance, baseline.hit * times * (1 - question.by), baseline.spread)
    else:
        share = (baseline.hit + 0.5) / (baseline.size + 1)
        odds = share / (1 - share) * float(numpy.exp(question.sign * question.hoped))
        before = _shares(chance, size, share, baseline.spread)
        unchanged = _shares(chance, later, share, baseline.spread)
        changed = _shares(chance, later, odds / (1 + odds), baseline.spread)
    return (
        Counts(before, size, baseline.weeks),
        Counts(unchanged, later, weeks),
        Counts(changed, later, weeks),
    )


def _counts(chance: numpy.random.Generator, mean: float, spread: float) -> Numbers:
    if spread <= 1.01:
        return chance.poisson(mean, DRAWS).astype(float)
    return chance.negative_binomial(max(mean / (spread - 1), 1e-9), 1 / spread, DRAWS).astype(float)


def _shares(chance: numpy.random.Generator, size: Numbers, share: float, spread: float) -> Numbers:
    of = numpy.maximum(1, numpy.round(size / spread)).astype(int)  # as if so many fewer cases had been independent
    drawn: Numbers = chance.binomial(of, share) / of * size
    return drawn


def advice(question: Question, baseline: Baseline, windows: Sequence[Window]) -> list[str]:
    """Return what would help where no window has enough power, as codes that pages say in words."""
    if any(each.power >= ENOUGH for each in windows):
        return []
    found = ["longer_baseline"] if baseline.weeks < 52 else []
    found += ["whole_community"] if question.building else ["wider_category"] if question.category else []
    found += ["all_day"] if question.hours == "night" else []
    return [*found, "more_sites", "other_measure"]
