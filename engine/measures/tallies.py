"""Cases counted: how many were hit, of how many, and how many were left out; by group and span of days, from facts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, not_, select
from sqlalchemy.orm import Session

from engine.complaints.facts import CallbackFact, CaseFact
from engine.measures.definitions import COUNTED, MEASURES
from engine.measures.measure import Measure, Part
from engine.measures.scopes import Scope, code_of, conditions

SUMS = ("points", "time", "yuan")
"""Units whose `hit` is a number to sum, not a condition."""


@dataclass(slots=True)
class Tally:
    """What was counted. `hit`: cases, or the sum of a number; `size`: what that sum is divided by."""

    hit: float = 0
    of: int = 0
    size: float = 0
    excluded: int = 0

    def add(self, other: "Tally") -> None:
        """Count another tally in."""
        self.hit += other.hit
        self.of += other.of
        self.size += other.size
        self.excluded += other.excluded


Key = tuple[str, str, date]
Tallies = dict[Key, Tally]
"""Tallies by measure, code of the group, and first day of the span; where there is no case there is none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be counted: from the first of `starts` up to, not including, `until`, each span by itself."""

    measures: tuple[str, ...]
    scope: Scope
    starts: tuple[date, ...]
    until: date
    way: str = "all"

    @property
    def since(self) -> date:
        """Return the first day."""
        return self.starts[0]

    def span_of(self, day: ColumnElement[date]) -> ColumnElement[int]:
        """Return the number of the span that a day is in."""
        later = [(day < start, literal(at)) for at, start in enumerate(self.starts[1:])]
        return case(*later, else_=len(self.starts) - 1) if later else literal(0)


def from_facts(session: Session, asked: Asked, days: Collection[date] | None = None) -> Tallies:
    """Return what the facts say, of some of the days or of all; one statement for each kind of day that measures have."""
    found: Tallies = {}
    for together in by_day(asked.measures):
        code = literal("") if asked.way == "all" else code_of(asked.way)
        span = asked.span_of(together[0].day)
        statement = counting(together, asked.scope, asked.since, asked.until, days).add_columns(
            code.label("code"), span.label("span")
        )
        for row in session.execute(statement.group_by("code", "span")):
            add_row(found, together, row[:-2], row.code, asked.starts[row.span])
    return found


def by_day(measures: Iterable[str]) -> list[list[Measure]]:
    """Return the measures grouped by the day that they count on: each group can be counted at once."""
    ordered = sorted((MEASURES[code] for code in measures), key=lambda each: str(each.day))
    return [list(some) for _, some in groupby(ordered, key=lambda each: str(each.day))]


def counting(
    measures: Sequence[Measure], scope: Scope, since: date, until: date, days: Collection[date] | None = None
) -> Select[Any]:
    """Return the statement that counts measures of one kind of day: four numbers for each; the caller groups it."""
    day = measures[0].day
    asked = select(*(column for each in measures for column in _columns(each.code, scope.past)))
    asked = asked.where(day >= since, day < until, COUNTED, *conditions(scope))
    return from_rows(asked if days is None else asked.where(day.in_(sorted(days))), measures[0])


def add_row(found: Tallies, measures: Sequence[Measure], numbers: Sequence[Any], code: str, start: date) -> None:
    """Add a row of `counting`."""
    for at, each in enumerate(measures):
        hit, of, size, excluded = numbers[4 * at : 4 * at + 4]
        if of or excluded:
            tally = Tally(float(hit or 0), int(of or 0), float(size or 0), int(excluded or 0))
            found.setdefault((each.code, code, start), Tally()).add(tally)


def from_rows(asked: Select[Any], measure: Measure) -> Select[Any]:
    """Return the statement over the rows that a measure counts."""
    if measure.each == "case":
        return asked.select_from(CaseFact)
    return asked.select_from(CallbackFact).join(CaseFact, CaseFact.complaint_id == CallbackFact.complaint_id)


@cache
def _columns(code: str, past: bool) -> list[ColumnElement[Any]]:
    measure, scope = MEASURES[code], Scope(past=past)
    counted, excluded = (part(measure, name, scope) for name in ("of", "excluded"))
    is_sum = measure.unit in SUMS
    hit = func.sum(case((counted, measure.hit))) if is_sum else _count(part(measure, "hit", scope))
    size = func.sum(case((counted, measure.size))) if measure.size is not None else literal(0)
    return [hit, _count(counted), size, _count(excluded)]


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def part(measure: Measure, name: Part, scope: Scope) -> ColumnElement[bool]:
    """Return a condition: a fact belongs to that part of the figure, whenever it was."""
    inside = measure.of if scope.past and measure.past else and_(measure.of, CaseFact.past.is_(False))
    if name == "excluded":
        return and_(inside, measure.excluded) if measure.excluded is not None else false()
    counted = inside if measure.excluded is None else and_(inside, not_(measure.excluded))
    if name == "hit" and measure.unit not in SUMS:
        return and_(counted, measure.hit)
    return counted


def together(tallies: Mapping[Key, Tally], measure: str, since: date, until: date) -> dict[str, Tally]:
    """Return the tallies of a measure's spans that begin within a period, added up by group."""
    found: dict[str, Tally] = {}
    for (code, group, start), tally in tallies.items():
        if code == measure and since <= start < until:
            found.setdefault(group, Tally()).add(tally)
    return found
