"""What was usual before a change: whole weeks, a year of them where they are known, so that every season is in it.

The weeks just before an improvement began are left out: a place is looked at because it was bad in them, and falls back
by itself (regression to the mean; Galton 1886, and every before-and-after study of black spots since Hauer 1980).
"""

from dataclasses import dataclass

from engine.measures import charts
from engine.measures.charts import Point
from engine.measures.proof.change import spread
from engine.measures.proof.question import Question
from engine.measures.proof.readings import Readings

LEFT_OUT = 4
"""Weeks before the improvement began that are no part of its baseline."""

YEAR = 52
FEWEST_WEEKS = charts.FEWEST


@dataclass(frozen=True, slots=True)
class Baseline:
    """The baseline of a question: weeks from `begin` to `end` among those read, with what they held together.

    `centre`, `low`, `high`: what is usual in a week and its limits (None with too few weeks to say). `spread`: how much
    more than chance the weeks vary.
    """

    begin: int
    end: int
    hit: float
    size: float
    spread: float
    points: tuple[Point, ...]
    centre: float | None
    low: float | None
    high: float | None

    @property
    def weeks(self) -> int:
        """Return how many weeks it has."""
        return self.end - self.begin


def of(question: Question, readings: Readings, begun: int) -> Baseline:
    """Return the baseline of the first place for an improvement that began in the week `begun`."""
    end = max(begun - LEFT_OUT, min(begun, 1))
    begin = max(0, end - YEAR)
    weeks = slice(begin, end)
    points = tuple(
        Point(float(hit), float(size))
        for hit, size in zip(readings.hits[0, weeks], readings.sizes[0, weeks], strict=True)
    )
    varied = float(spread(readings.kind, readings.hits[:, weeks], readings.sizes[:, weeks])[0])
    centre = low = high = None
    if sum(each.size > 0 for each in points) >= FEWEST_WEEKS:
        usual = charts.baseline(question.kind, points)
        centre, (low, high) = usual.centre, usual.limits(usual.size / usual.points)
    hit, size = sum(each.count for each in points), sum(each.size for each in points)
    return Baseline(begin, end, hit, size, varied, points, centre, low, high)
