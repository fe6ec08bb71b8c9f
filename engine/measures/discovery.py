"""Many charts looked at together: which of them are worth a warning, so that few warnings are chance."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy
from scipy.special import betainc, betaln, ndtri, stdtr

from engine.measures.charts import RUN, Baseline, Point

Name = TypeVar("Name")

RATE = 0.05
"""At most this share of all warnings may be chance, over the long run."""

FREEDOM = 0.62
"""Degrees of freedom of a spread that comes from moves, for each of them (Wheeler, 1995)."""

HARDLY_WIDER = 1.01
"""A spread below this is as good as chance alone; the beta-binomial would be computed from huge numbers."""


def chance_of_more(usual: Baseline, points: Sequence[Point]) -> float:
    """Return how likely chance alone makes the newest point of a rate, or its newest eight together, that large.

    Two looks are two chances: the smaller of both is doubled.
    """
    return min(1.0, 2 * min(_more(usual, points[-1:]), _more(usual, points[-RUN:])))


def _more(usual: Baseline, points: Sequence[Point]) -> float:
    """Of all events of baseline and now, how likely at least so many come now: what is not known of either counts.

    Exact where they vary by chance alone: binomial (Przyborowski and Wilenski, Biometrika 31, 1940). Where they vary
    more, they are taken as negative binomial, which makes it beta-binomial, and the spread is itself an estimate, as in
    Student's test.
    """
    count, size = sum(each.count for each in points), sum(each.size for each in points)
    if not count or not size:
        return 1.0
    if usual.widest < HARDLY_WIDER:
        return float(betainc(count, usual.count + 1, size / (size + usual.size)))
    gathered = usual.centre / (usual.widest**2 - 1)
    known = _beta_binomial(round(count), round(count + usual.count), gathered * size, gathered * usual.size)
    return float(stdtr(FREEDOM * (usual.points - 1), ndtri(known)))


def _beta_binomial(least: int, of: int, here: float, there: float) -> float:
    """Return how likely at least `least` of `of` fall here."""
    counts = numpy.arange(least, of + 1)
    ways = -betaln(counts + 1, of - counts + 1) - numpy.log(of + 1)
    return min(1.0, float(numpy.exp(ways + betaln(counts + here, of - counts + there) - betaln(here, there)).sum()))


def warned(chances: Mapping[Name, float], rate: float = RATE) -> list[Name]:
    """Return the names to warn of, the least likely first (Benjamini and Hochberg, JRSS B 57, 1995)."""
    ordered = sorted(chances, key=lambda each: chances[each])
    last = max((at for at, name in enumerate(ordered, 1) if chances[name] <= rate * at / len(ordered)), default=0)
    return ordered[:last]
