"""The complaints behind a figure, so that they can be listed: exactly as many as it says.

Where a measure counts every answer, a complaint with several is listed once.
"""

import operator
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import reduce

import numpy
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, and_, case, select
from sqlalchemy.orm import Session

from engine.company import calendars
from engine.complaints.core.complaint import Complaint
from engine.complaints.facts import CaseFact
from engine.complaints.lists import queries
from engine.complaints.lists.queries import Filters
from engine.core import clock
from engine.measures import tallies
from engine.measures.definitions import COUNTED, MEASURES
from engine.measures.figures import known_until
from engine.measures.measure import Part
from engine.measures.scopes import Scope, conditions

PARTS: tuple[Part, ...] = ("hit", "of", "excluded", "immature")
LONG_AGO = date(2000, 1, 1)


def cases(session: Session, measure: str, part: Part, scope: Scope, since: date, until: date) -> ColumnElement[bool]:
    """Return a condition on `Complaint`: it is one of the cases of that part of the figure."""
    return Complaint.id.in_(ids(session, measure, part, scope, since, until))


def ids(session: Session, measure: str, part: Part, scope: Scope, since: date, until: date) -> Select[int]:
    """Return the statement for the ids of the cases of that part of a figure."""
    known = MEASURES[measure]
    end = min(until, known_until(known, calendars.of(session, None).zone))
    first, last = (max(end, since), until) if part == "immature" else (since, end)
    asked = tallies.from_rows(select(CaseFact.complaint_id), known)
    return asked.where(
        known.day >= first, known.day < last, COUNTED, *conditions(scope), tallies.part(known, part, scope)
    )


def lists(
    session: Session, measures: Collection[str], parts: Sequence[Part], scope: Scope, since: date, until: date
) -> dict[tuple[str, Part], NDArray[numpy.int64]]:
    """Return the ids of the cases of many figures at once, in order; the facts are read once for each kind of day.

    A part without a case is absent. Parts are all but "immature".
    """
    zone = calendars.of(session, None).zone
    found = {}
    for together in tallies.by_day(measures):
        wanted = [(each, part) for each in together for part in parts]
        marks = [
            case((and_(each.day < known_until(each, zone), tallies.part(each, part, scope)), 1 << at), else_=0)
            for at, (each, part) in enumerate(wanted)
        ]
        asked = tallies.from_rows(select(CaseFact.complaint_id, reduce(operator.add, marks)), together[0])
        day = together[0].day
        rows = session.execute(asked.where(day >= since, day < until, COUNTED, *conditions(scope))).all()
        ids, marked = numpy.array([tuple(row) for row in rows], numpy.int64).reshape(-1, 2).T
        for at, (each, part) in enumerate(wanted):
            mine = numpy.unique(ids[marked & (1 << at) != 0])
            if len(mine):
                found[each.code, part] = mine
    return found


def _listed(session: Session, filters: Filters) -> Select[int]:
    """Return the cases of the figure that a list asks for; its other filters narrow it further."""
    part: Part = next((each for each in PARTS if each == filters.part), "of")
    since = LONG_AGO if filters.since is None else filters.since.date()
    until = clock.now().date() + timedelta(days=1) if filters.until is None else filters.until.date()
    scope = Scope(building=filters.building, hour=filters.hour, past=filters.past in ("with", "only"))
    return ids(session, filters.measure, part, scope, since, until)


queries.CASES.find = _listed
