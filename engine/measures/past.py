"""Imported past complaints among figures: how many each measure counts that they suffice for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from engine.company import calendars
from engine.company.people import Person
from engine.complaints.facts import CaseFact
from engine.measures import tallies
from engine.measures.definitions import COUNTED, MEASURES
from engine.measures.figures import known_until
from engine.measures.scopes import Scope, conditions, reached


def counted(
    session: Session, person: Person, measures: Sequence[str], scope: Scope, since: date, until: date
) -> dict[str, int]:
    """Return how many past complaints (or answers) each of the measures counts that can count any.

    One statement for each kind of day that these measures have. Raises `NotPermitted`.
    """
    scope, zone = replace(reached(session, person, scope), past=True), calendars.of(session, None).zone
    found: dict[str, int] = {}
    for together in tallies.by_day(code for code in measures if MEASURES[code].past):
        columns: list[ColumnElement[Any]] = [
            func.count(case((and_(tallies.part(each, "of", scope), each.day < known_until(each, zone)), 1)))
            for each in together
        ]
        day = together[0].day
        asked = select(*columns).where(day >= since, day < until, COUNTED, CaseFact.past, *conditions(scope))
        row = session.execute(tallies.from_rows(asked, together[0])).one()
        found |= {each.code: count for each, count in zip(together, row, strict=True)}
    return found
