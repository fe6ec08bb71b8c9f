"""Where complaints come back: homes, entrances, buildings and what stands in them, beside what chance lets expect."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from engine.company.people import Person
from engine.complaints.facts import CaseFact
from engine.complaints.homes.households import Household
from engine.measures import excess, funnel
from engine.measures.funnel import Compared, Group
from engine.measures.narrowing import within
from engine.measures.scopes import Scope

Way = Literal["building", "unit", "asset", "home"]
WAYS: Mapping[Way, tuple[str, str]] = {
    "building": ("楼栋", "Building"),
    "unit": ("单元", "Entrance"),
    "asset": ("楼栋里的事", "Matter in a building"),
    "home": ("住户", "Home"),
}
MOST_ROWS = 60
FEWEST = 2
"""Fewer complaints than these are no repeat."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where complaints come from; what does not apply is empty."""

    community_id: int
    building: str
    unit: str = ""
    category: str = ""
    household_id: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Complaints of one spot in the period; `again`: those complained of a second time, by home or place.

    `compared`: with what so many homes (buildings, entrances) or so many complaints of a building (matters) let expect;
    None for a home, of which nothing can be expected. `is_hot`: more than chance explains.
    """

    spot: Spot
    cases: int
    again: int
    homes: int
    compared: Compared | None
    is_hot: bool = False


_AGAIN = func.sum(case((or_(CaseFact.again_home, CaseFact.again_place), 1), else_=0))


def at(session: Session, person: Person, scope: Scope, since: date, until: date, way: Way) -> list[Repeat]:
    """Return the spots with repeats, what is more than chance first; two statements."""
    here = within(session, person, scope, CaseFact.received_day, since, until)
    if way == "home":
        return _homes(session, here)
    found = _assets(session, here) if way == "asset" else _rates(session, here, with_units=way == "unit")
    hot = excess.found({each.spot: each.compared for each in found if each.compared})
    known = {each.spot: each for each in found if each.cases >= FEWEST}
    others = sorted((each for spot, each in known.items() if spot not in hot), key=lambda each: -each.cases)
    return [*(replace(known[spot], is_hot=True) for spot in hot), *others][:MOST_ROWS]


def _homes(session: Session, here: ColumnElement[bool]) -> list[Repeat]:
    asked = (
        select(Household.community_id, Household.building, Household.id, Household.label, func.count(), _AGAIN)
        .join(CaseFact, CaseFact.household_id == Household.id)
        .where(here)
        .group_by(Household.community_id, Household.building, Household.id, Household.label)
        .having(func.count() >= FEWEST)
        .order_by(func.count().desc(), Household.id)
        .limit(MOST_ROWS)
    )
    return [
        Repeat(Spot(row[0], row[1], household_id=row[2], label=row[3]), row[4], row[5], 1, None)
        for row in session.execute(asked)
    ]


def _rates(session: Session, here: ColumnElement[bool], *, with_units: bool) -> list[Repeat]:
    """Buildings or entrances by complaints per home, beside the other ones of their community."""
    columns: tuple[Any, ...] = (Household.community_id, Household.building)
    columns += (Household.unit,) if with_units else ()
    communities = select(CaseFact.community_id).where(here).distinct()
    asked = select(*columns, func.count()).where(
        Household.community_id.in_(communities), Household.retired_at.is_(None), Household.building != ""
    )
    homes = {tuple(row[:-1]): row[-1] for row in session.execute(asked.group_by(*columns))}
    counted = select(*columns, func.count(), _AGAIN).join(CaseFact, CaseFact.household_id == Household.id)
    rows = session.execute(counted.where(here, Household.building != "").group_by(*columns)).all()
    hit = {tuple(row[:-2]): (row[-2], row[-1]) for row in rows}
    compared = funnel.compare(
        {key: {str(key[0]): Group(hit.get(key, (0, 0))[0], size)} for key, size in homes.items()}, "rate"
    )
    return [
        Repeat(Spot(key[0], key[1], key[2] if with_units else ""), *hit[key], homes.get(key, 0), compared.get(key))
        for key in hit
    ]


def _assets(session: Session, here: ColumnElement[bool]) -> list[Repeat]:
    """One matter in one building (the lift of building 3), beside how often it is complained of in other buildings."""
    columns = (CaseFact.community_id, CaseFact.building, CaseFact.category)
    asked = select(*columns, func.count(), _AGAIN, func.count(CaseFact.household_id.distinct()))
    rows = session.execute(asked.where(here, CaseFact.building != "").group_by(*columns)).all()
    size: dict[tuple[int, str], int] = {}
    for row in rows:
        size[row[0], row[1]] = size.get((row[0], row[1]), 0) + row[3]
    hits = {tuple(row[:3]): row[3] for row in rows}
    categories = {row[2] for row in rows}
    groups = {
        (*place, category): {category: Group(hits.get((*place, category), 0), of)}
        for place, of in size.items()
        for category in categories
    }
    compared = funnel.compare(groups, "share")
    return [
        Repeat(Spot(row[0], row[1], category=row[2]), row[3], row[4], row[5], compared[tuple(row[:3])]) for row in rows
    ]
