"""Which facts a person's pages look into, one by one: within their reach, a period and a scope."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.company import calendars
from engine.company.people import Person
from engine.complaints.facts import CaseFact
from engine.core import clock
from engine.measures.definitions import COUNTED
from engine.measures.scopes import Scope, conditions, reached

MOST_CASES = 1_000
"""Where each case has to be looked into (its tasks, its pauses), only so many of the newest are."""


def within(
    session: Session,
    person: Person | None,
    scope: Scope,
    day: InstrumentedAttribute[Any],
    since: date,
    until: date,
) -> ColumnElement[bool]:
    """Return a condition on `CaseFact`: complaints whose `day` lies in the period (`until` is not of it).

    Past complaints, repairs and enquiries are none; None asks for nobody, as `scopes.reached`. Raises `NotPermitted`.
    """
    scope = reached(session, person, scope)
    return and_(day >= since, day < until, COUNTED, CaseFact.past.is_(False), *conditions(scope))


def over(session: Session, until: date) -> date:
    """Return the end of a period cut at today: of a limit whose day is not over nobody can say that it was missed."""
    return min(until, clock.now().astimezone(calendars.of(session, None).zone).date())
