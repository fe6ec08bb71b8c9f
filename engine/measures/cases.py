"""The complaints behind a figure, so that they can be listed: exactly as many as it says.

Where a measure counts every answer, a complaint with several is listed once.
"""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, select
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


def _listed(session: Session, filters: Filters) -> Select[int]:
    """Return the cases of the figure that a list asks for; its other filters narrow it further."""
    part: Part = next((each for each in PARTS if each == filters.part), "of")
    since = LONG_AGO if filters.since is None else filters.since.date()
    until = clock.now().date() + timedelta(days=1) if filters.until is None else filters.until.date()
    return ids(session, filters.measure, part, Scope(past=filters.past in ("with", "only")), since, until)


queries.CASES.find = _listed
