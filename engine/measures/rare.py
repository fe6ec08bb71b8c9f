"""Rare events by the days between them: where weeks hold none or one, a chart of weeks shows nothing.

A g chart (Kaminsky and others, Journal of Quality Technology 24, 1992; Benneyan, Health Care Management Science 4,
2001): the days without an event before each one are geometric while nothing changes. There is no lower limit, as two on
one day happen by chance alone; that they come more often is seen by eight gaps in a row shorter than the median.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company.people import Person
from engine.complaints.facts import CaseFact
from engine.measures import tallies
from engine.measures.charts import FEWEST, RUN, Rule
from engine.measures.control import RECENT
from engine.measures.definitions import COUNTED
from engine.measures.measure import Measure, Value
from engine.measures.scopes import Scope, conditions, reached

MOST_A_WEEK = 1
"""With fewer events a week than this they are rare."""

LOOKED_BACK = timedelta(days=3 * 365)
MOST = 500
BEYOND = 0.00135
"""Chance of a gap beyond the limit, as of a point beyond three sigma on one side."""


@dataclass(frozen=True, slots=True)
class Usual:
    """The gaps that are usual, in days: half are shorter than `median`, hardly any longer than `high`."""

    median: float
    high: float
    gaps: int


@dataclass(frozen=True, slots=True)
class Gap:
    """The days without an event before the one of `day`; `is_over` False: until today, and going on."""

    day: date
    length: int
    rule: Rule | None
    is_over: bool
    learned: bool


@dataclass(frozen=True, slots=True)
class Rare:
    """The gaps in order; `usual` None: too few to say what is."""

    gaps: Sequence[Gap]
    usual: Usual | None


def is_rare(series: Sequence[tuple[date, Value]], weeks: float) -> bool:
    """Return whether fewer than one a week happened over so many weeks, but some did."""
    return 1 < sum(value.hit for _day, value in series) < MOST_A_WEEK * weeks


def days(session: Session, person: Person | None, measure: Measure, scope: Scope, until: date) -> list[date]:
    """Return the days of the newest events of the last three years, in order. Raises `NotPermitted`."""
    scope = reached(session, person, scope)
    asked = tallies.from_rows(select(measure.day), measure).where(
        measure.day >= until - LOOKED_BACK,
        measure.day < until,
        COUNTED,
        *conditions(scope),
        tallies.part(measure, "hit", scope),
    )
    return sorted(session.scalars(asked.order_by(measure.day.desc(), CaseFact.complaint_id.desc()).limit(MOST)))


def chart(happened: Sequence[date], until: date) -> Rare:
    """Return the gaps between events, judged by all but the newest; the last one goes on until the day before `until`."""
    lengths = [max((after - before).days - 1, 0) for before, after in pairwise(happened)]
    learned = lengths[:-RECENT] if len(lengths) - RECENT >= FEWEST else []
    usual = usual_of(learned) if learned else None
    going_on = max((until - happened[-1]).days - 1, 0)
    rules = signals(usual, lengths, going_on) if usual else {}
    gaps = [
        Gap(day, length, rules.get(at), True, at < len(learned))
        for at, (day, length) in enumerate(zip(happened[1:], lengths, strict=True))
    ]
    last = Gap(until - timedelta(days=1), going_on, rules.get(len(lengths)), False, False)
    return Rare([*gaps, last], usual)


def usual_of(lengths: Sequence[int]) -> Usual:
    """Return what is usual in these gaps."""
    mean = sum(lengths) / len(lengths)
    stays = math.log(mean / (mean + 1)) if mean else -math.inf
    return Usual(math.log(0.5) / stays - 0.5 if mean else 0, math.log(BEYOND) / stays - 1 if mean else 0, len(lengths))


def signals(usual: Usual, lengths: Sequence[int], going_on: int = 0) -> dict[int, Rule]:
    """Return the gaps that are more than noise, by their place; one that goes on can only be too long."""
    found: dict[int, Rule] = {}
    side = run = 0
    for at, length in enumerate(lengths):
        if length > usual.high:
            found[at] = "beyond"
        now = (length > usual.median) - (length < usual.median)
        run = run + 1 if now and now == side else abs(now)
        side = now
        if run == RUN:
            found.setdefault(at, "run")
    if going_on > usual.high:
        found[len(lengths)] = "beyond"
    return found
