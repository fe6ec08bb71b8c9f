"""How much changed from one window to another, and how much of that chance alone would do.

A rate changes by the logarithm of the ratio of rates, a share by that of the odds; half a case is added to each count,
which takes most of the bias of small ones (Haldane 1956, Anscombe 1956). Counts that vary more than chance (spread
above 1, Pearson's chi-square of the weeks over their number less one) are that much less certain.
"""

from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from engine.measures.charts import Kind

Numbers = NDArray[numpy.float64]
PRIOR = 8
"""Weeks that the usual spread of places counts as, beside a place's own weeks: few weeks know little of it."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted in a window, of how much, at each of several places; `weeks`: its length."""

    hit: Numbers
    size: Numbers
    weeks: int


def logarithm(kind: Kind, before: Counts, after: Counts, expected: Numbers) -> Numbers:
    """Return the change against the `expected` one (a ratio), as a logarithm; 0: none."""
    return _level(kind, after) - _level(kind, before) - numpy.log(expected)


def _level(kind: Kind, counts: Counts) -> Numbers:
    if kind == "rate":
        level: Numbers = numpy.log((counts.hit + 0.5) / counts.size)
        return level
    odds: Numbers = numpy.log((counts.hit + 0.5) / (counts.size - counts.hit + 0.5))
    return odds


def deviation(kind: Kind, before: Counts, after: Counts, expected: Numbers, spread: Numbers) -> Numbers:
    """Return the standard deviation of that logarithm if nothing but the expected change happened."""
    if kind == "rate":
        later = before.hit * expected * after.size / before.size
        known: Numbers = numpy.sqrt(spread * (1 / (before.hit + 0.5) + 1 / (later + 0.5)))
        return known
    share = (before.hit + 0.5) / (before.size + 1)
    both = 1 / numpy.maximum(before.size, 1) + 1 / numpy.maximum(after.size, 1)
    sure: Numbers = numpy.sqrt(spread * both / (share * (1 - share)))
    return sure


def spread(kind: Kind, hits: Numbers, sizes: Numbers) -> Numbers:
    """Return how much more each place's weeks vary than chance, at least 1, drawn towards what is usual among all."""
    known = numpy.where(sizes > 0, sizes, 0)
    level = hits.sum(1) / numpy.maximum(known.sum(1), 1e-9)
    expected = known * level[:, None]
    usual = expected if kind == "rate" else expected * (1 - level[:, None])
    squares = numpy.divide((hits - expected) ** 2, usual, out=numpy.zeros_like(hits), where=usual > 0)
    weeks = numpy.maximum((usual > 0).sum(1) - 1, 1)
    own = numpy.maximum(1.0, squares.sum(1) / weeks)
    shrunk: Numbers = (own * weeks + float(numpy.median(own)) * PRIOR) / (weeks + PRIOR)
    return shrunk
