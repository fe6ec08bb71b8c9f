"""Cases counted: how many were hit, of how many, and how many were left out; by group and day, from the facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, not_, select
from sqlalchemy.orm import Session

from engine.complaints.facts import CallbackFact, CaseFact
from engine.measures.definitions import COUNTED, MEASURES
from engine.measures.measure import Measure, Part
from engine.measures.scopes import Scope, code_of, conditions


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


Tallies = dict[tuple[str, str, date], Tally]
"""Tallies by measure, code of the group, and day; groups and days without a case are absent."""


def from_facts(
    session: Session, measures: Sequence[str], scope: Scope, since: date, until: date, way: str = "all"
) -> Tallies:
    """Return what the facts say of the days from `since` up to, not including, `until`; one statement for each day that
    measures count on."""
    found: Tallies = {}
    asked = sorted((MEASURES[code] for code in measures), key=lambda each: str(each.day))
    for _, some in groupby(asked, key=lambda each: str(each.day)):
        together = list(some)
        for code, day, *numbers in session.execute(_counting(together, scope, since, until, way)):
            for each, at in zip(together, range(0, len(numbers), 4), strict=True):
                hit, of, size, excluded = numbers[at : at + 4]
                if of or excluded:
                    found[each.code, code, day] = Tally(float(hit or 0), of or 0, float(size or 0), excluded or 0)
    return found


def _counting(measures: Sequence[Measure], scope: Scope, since: date, until: date, way: str) -> Select[Any]:
    day, code = measures[0].day, literal("") if way == "all" else code_of(way)
    numbers = [column for each in measures for column in _columns(each, scope)]
    asked = select(code.label("code"), day.label("day"), *numbers).where(day >= since, day < until, COUNTED)
    asked = asked.where(*conditions(scope)).group_by("code", "day")
    return from_rows(asked, measures[0])


def from_rows(asked: Select[Any], measure: Measure) -> Select[Any]:
    """Return the statement over the rows that a measure counts."""
    if measure.each == "case":
        return asked.select_from(CaseFact)
    return asked.select_from(CallbackFact).join(CaseFact, CaseFact.complaint_id == CallbackFact.complaint_id)


def _columns(measure: Measure, scope: Scope) -> list[ColumnElement[Any]]:
    counted, excluded = (part(measure, name, scope) for name in ("of", "excluded"))
    is_sum = measure.unit in ("points", "time", "yuan")
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
    if name == "hit" and measure.unit in ("share", "per_100_homes"):
        return and_(counted, measure.hit)
    return counted


def summed(tallies: Mapping[tuple[str, str, date], Tally], since: date, until: date) -> dict[tuple[str, str], Tally]:
    """Return the tallies of a span of days together, by measure and code."""
    found: dict[tuple[str, str], Tally] = {}
    for (measure, code, day), tally in tallies.items():
        if since <= day < until:
            found.setdefault((measure, code), Tally()).add(tally)
    return found
