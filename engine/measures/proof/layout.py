"""Which weeks are compared: those before, those left out, those after; and the same at other places and earlier."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy

from engine.measures.proof.change import Counts, Numbers, deviation, logarithm, spread
from engine.measures.proof.readings import Readings

FEWEST_ELSEWHERE = 30
"""Cases of all other places together, in the baseline, that it takes to say what would have happened anyway."""

TINY = 1e-9
"""Stands for no weeks at all, so that nothing is divided by zero."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Weeks among those read: the baseline from `begin` to `end`, the change from `change`, the window up to `until`."""

    begin: int
    end: int
    change: int
    until: int

    def earlier(self) -> Iterator["Layout"]:
        """Yield it, and the same as many weeks earlier as were read, the latest first."""
        for back in range(self.begin + 1):
            yield Layout(self.begin - back, self.end - back, self.change - back, self.until - back)


@dataclass(frozen=True, slots=True)
class Moved:
    """What changed between two windows, at each place; `z`: in standard deviations of chance."""

    before: Counts
    after: Counts
    expected: Numbers
    spread: Numbers
    change: Numbers
    sd: Numbers

    @property
    def z(self) -> Numbers:
        """Return the changes in their standard deviations."""
        scaled: Numbers = self.change / self.sd
        return scaled


def moved(readings: Readings, layout: Layout) -> Moved:
    """Return what changed at every place, against what changed at all others together."""
    before, after = _counts(readings, layout.begin, layout.end), _counts(readings, layout.change, layout.until)
    expected = _expected(readings, before, after)
    weeks = slice(layout.begin, layout.end)
    varied = spread(readings.kind, readings.hits[:, weeks], readings.sizes[:, weeks])
    change = logarithm(readings.kind, before, after, expected)
    return Moved(before, after, expected, varied, change, deviation(readings.kind, before, after, expected, varied))


def _counts(readings: Readings, begin: int, end: int) -> Counts:
    weeks = slice(begin, end)
    sizes = readings.sizes[:, weeks].sum(1)
    if readings.kind == "rate":
        sizes = numpy.maximum(sizes, TINY)  # no week was known
    return Counts(readings.hits[:, weeks].sum(1), sizes, end - begin)


def _expected(readings: Readings, before: Counts, after: Counts) -> Numbers:
    """Return the ratio (of rates, or of odds) that the other places had; 1 where they are too few to tell."""
    hit_before, hit_after = before.hit.sum() - before.hit, after.hit.sum() - after.hit
    of_before, of_after = before.size.sum() - before.size, after.size.sum() - after.size
    if readings.kind == "rate":
        level = (
            (hit_after + 0.5) / numpy.maximum(of_after, TINY) / ((hit_before + 0.5) / numpy.maximum(of_before, TINY))
        )
    else:
        level = (hit_after + 0.5) / (of_after - hit_after + 0.5) / ((hit_before + 0.5) / (of_before - hit_before + 0.5))
    ratio: Numbers = numpy.where(hit_before >= FEWEST_ELSEWHERE, level, 1.0)
    return ratio
