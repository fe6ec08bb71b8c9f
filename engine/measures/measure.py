"""A measure: what it counts, out of what, on which day, and when that day's figure can be known.

One definition serves pages, lists, reports, exports, warnings, improvements and the command line.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import ColumnElement

from engine.measures.intervals import Interval

Unit = Literal["share", "per_100_homes", "points", "time", "yuan"]
"""share: cases of cases; per_100_homes: cases of 100 occupied homes times months; points, yuan: the mean of cases; time:
a share of their time."""

Part = Literal["hit", "of", "excluded", "immature"]
"""The cases of a figure: those that count, those that it is out of, those left out, those not yet known."""

WAYS = ("all", "community", "department", "area", "category", "urgency", "channel", "building", "person", "hour")
"""What figures are cut by."""

FEWEST = 30
"""With fewer cases there is no percentage, only counts."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure over `CaseFact` (or `CallbackFact` joined with it, `each="callback"`).

    `day`: the column of the day that a case counts on; `of`: condition, which cases it is out of; `hit`: condition
    (shares) or number (sums); `excluded`: condition, which cases of that day are left out, and why (`why_excluded`).
    `size`: number that the sum of `hit` is divided by, where that is not the number of cases (time, say). `matures`: a
    day's figure is known this long after the day is over. `better`: which way is good. `target`: the code of what the
    company wants (`targets`), "" where it wants nothing. `past`: imported past complaints can be counted, too.
    """

    code: str
    version: int
    name: tuple[str, str]
    meaning: tuple[str, str]
    unit: Unit
    better: Literal["more", "less", ""]
    day: ColumnElement[date]
    of: ColumnElement[bool]
    hit: ColumnElement[bool] | ColumnElement[int]
    excluded: ColumnElement[bool] | None = None
    why_excluded: tuple[str, str] = ("", "")
    matures: timedelta = timedelta(0)
    size: ColumnElement[int] | None = None
    target: str = ""
    past: bool = False
    each: Literal["case", "callback"] = "case"


@dataclass(frozen=True, slots=True)
class Value:
    """What a measure was in a period, at places, of one group.

    `hit` of `of` cases; for sums `hit` is the sum. `size`: what the value is out of: `of`, or homes times months in
    hundreds. `value` None: fewer than `FEWEST` cases (shares), or nothing to divide by. `matured_until`: the last day
    counted; `immature`: cases of the period's days after it.
    """

    measure: str
    hit: float
    of: int
    size: float
    value: float | None
    interval: Interval | None
    excluded: int
    immature: int
    matured_until: date
