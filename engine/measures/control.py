"""A measure over time as a control chart: its points, what is usual, and which points are more than noise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from engine.measures import charts
from engine.measures.charts import FEWEST, RUN, Baseline, Kind, Point
from engine.measures.frozen import FrozenBaseline
from engine.measures.measure import Measure, Unit, Value

Step = Literal["week", "month"]

KINDS: dict[Unit, Kind] = {"share": "share", "per_100_homes": "rate"}
"""What has limits; means and sums are drawn without."""

RECENT = RUN
"""Points that are judged, not learned from, while nobody has frozen a baseline: as many as a run needs."""


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """One week or month: its value, its limits where there is a baseline, and the rule that picks it ("": none).

    `is_known`: all its cases have matured; `learned`: the baseline was made from it.
    """

    day: date
    value: Value
    number: float | None
    low: float | None
    high: float | None
    rule: str
    is_known: bool
    learned: bool


@dataclass(frozen=True, slots=True)
class Control:
    """A chart. `usual` None: too few points or cases, or a measure without limits; `frozen` None: nobody has frozen one yet.

    `few`: how many cases are behind the baseline, where it would take more of them.
    """

    measure: Measure
    step: Step
    points: Sequence[ControlPoint]
    usual: Baseline | None
    frozen: FrozenBaseline | None
    few: int | None


def control(
    measure: Measure,
    step: Step,
    series: Sequence[tuple[date, Value]],
    frozen: FrozenBaseline | None,
    fewest: int = 0,
) -> Control:
    """Return the chart of a series, judged by the frozen baseline, else by all but its newest points.

    With fewer than `fewest` cases behind the baseline nothing is judged.
    """
    kind = KINDS.get(measure.unit)
    known = [value.immature == 0 for _day, value in series]
    sized = [point(each) if is_known else Point(0, 0) for (_day, each), is_known in zip(series, known, strict=True)]
    learned = [False] * len(series)
    usual = None
    if kind is not None and frozen is not None:
        usual = frozen.usual
        learned = [frozen.since <= day < frozen.until for day, _value in series]
    elif kind is not None:
        at = [number for number, each in enumerate(sized) if each.size > 0][:-RECENT]
        if len(at) >= FEWEST:
            usual = charts.baseline(kind, [sized[number] for number in at])
            learned = [number in set(at) for number in range(len(series))]
    few = None
    if usual is not None and usual.cases < fewest:
        few, usual, learned = usual.cases, None, [False] * len(series)
    rules = {each.at: each.rule for each in charts.signals(usual, sized)} if usual else {}
    points = []
    for number, (day, value) in enumerate(series):
        here = point(value)
        low, high = usual.limits(here.size) if usual and here.size > 0 else (None, None)
        shown = here.value if here.size > 0 else None
        points.append(ControlPoint(day, value, shown, low, high, rules.get(number, ""), known[number], learned[number]))
    return Control(measure, step, points, usual, frozen, few)


def point(value: Value) -> Point:
    """Return a value as charts count it."""
    return Point(value.hit, value.size)
