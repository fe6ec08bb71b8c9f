"""Control charts: which of many points is more than the noise of a process that has not changed.

Shares by p charts, counts by u charts, both widened for what varies more than chance (Laney, Quality Engineering 14,
2002), never narrowed below it. Two rules of the Western Electric handbook (1956): one point beyond three sigma, and
eight in a row on one side of the centre; more rules find more that is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Kind = Literal["share", "rate"]
Rule = Literal["beyond", "run"]

SIGMAS = 3
RUN = 8
SPREAD_OF_TWO = 1.128
"""Mean distance of two draws from a normal distribution, in its sigmas (d2 for two)."""

FEWEST = 12
"""Points that a baseline needs; from fewer its spread is not known."""


@dataclass(frozen=True, slots=True)
class Point:
    """What was counted in one week or month. `size`: of how many (shares), or homes times weeks (rates)."""

    count: float
    size: float

    @property
    def value(self) -> float:
        """Return the share or rate."""
        return self.count / self.size


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is usual, of so many `points`; `count` and `size` of all of them.

    `spread`: how many times wider than chance alone, at least 1, by the moves from point to point (Laney): a shift within
    the baseline does not hide the next one. `widest`: by the moves or by the squares, whichever is more: moves make too
    little of skewed counts, so this is what warnings go by.
    """

    kind: Kind
    centre: float
    spread: float
    widest: float
    count: float
    size: float
    points: int

    @property
    def cases(self) -> int:
        """Return how many cases are behind it: those out of which a share is, those that a rate counts."""
        return int(self.size if self.kind == "share" else self.count)

    def sigma(self, size: float) -> float:
        """Return the usual standard deviation of a point of that size."""
        return _chance(self.kind, self.centre, size) * self.spread

    def limits(self, size: float, sigmas: float = SIGMAS) -> tuple[float, float]:
        """Return the lower and upper limit for a point of that size."""
        far = sigmas * self.sigma(size)
        return max(0.0, self.centre - far), min(1.0, self.centre + far) if self.kind == "share" else self.centre + far


@dataclass(frozen=True, slots=True)
class Signal:
    """A point, by its place among the points, that a rule picks. `up`: more than usual."""

    at: int
    rule: Rule
    up: bool


def _chance(kind: Kind, centre: float, size: float) -> float:
    return float(((centre * (1 - centre) if kind == "share" else centre) / size) ** 0.5)


def baseline(kind: Kind, points: Sequence[Point]) -> Baseline:
    """Return what is usual in these points; those of no size say nothing. Raises `ValueError` for too few."""
    sized = [each for each in points if each.size > 0]
    if len(sized) < FEWEST:
        raise ValueError(f"a baseline needs {FEWEST} points, not {len(sized)}")
    count, size = sum(each.count for each in sized), sum(each.size for each in sized)
    centre = count / size
    chances = [_chance(kind, centre, each.size) for each in sized]
    if not all(chances):  # all or none: nothing varies
        return Baseline(kind, centre, 1.0, 1.0, count, size, len(sized))
    away = [(each.value - centre) / chance for each, chance in zip(sized, chances, strict=True)]
    moves = [abs(after - before) for before, after in pairwise(away)]
    spread = max(1.0, sum(moves) / len(moves) / SPREAD_OF_TWO)
    squares = sum(each * each for each in away) / (len(away) - 1)
    return Baseline(kind, centre, spread, max(spread, squares**0.5), count, size, len(sized))


def signals(usual: Baseline, points: Sequence[Point]) -> list[Signal]:
    """Return the points that are more than noise, in order. A run is said once, at its eighth point."""
    found: list[Signal] = []
    side, length = 0, 0
    for at, point in enumerate(points):
        if point.size <= 0:
            continue
        low, high = usual.limits(point.size)
        if point.value > high or point.value < low:
            found.append(Signal(at, "beyond", point.value > high))
        now = (point.value > usual.centre) - (point.value < usual.centre)
        length = length + 1 if now and now == side else abs(now)
        side = now
        if length == RUN:
            found.append(Signal(at, "run", side > 0))
    return found
