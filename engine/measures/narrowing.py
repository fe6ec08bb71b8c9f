"""Which facts a person's pages read: within their reach, a period and a scope."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.company import calendars, permissions
from engine.company.people import Person
from engine.complaints.facts.rows import CaseFact
from engine.core import clock
from engine.measures.figures import Scope

ACT = "figures.see"

MOST_CASES = 2_000
"""Where each case has to be looked into (its tasks, its pauses), only so many of the newest are."""


def within(
    session: Session,
    person: Person,
    scope: Scope,
    day: InstrumentedAttribute[Any],
    since: date,
    until: date,
) -> ColumnElement[bool]:
    """Return a condition on `CaseFact`: complaints whose `day` lies in the period (`until` is not of it).

    Past complaints, repairs and enquiries are none.
    """
    reach = permissions.reach(session, person, ACT)
    conditions: list[ColumnElement[bool]] = [day >= since, day < until]
    if not reach:
        conditions.append(false())
    elif not reach.everything:
        conditions.append(permissions.within(reach, CaseFact.community_id))
    conditions += [CaseFact.kind == "complaint", CaseFact.past.is_(False), *_narrowed(scope)]
    return and_(*conditions)


def over(session: Session, until: date) -> date:
    """Return the end of a period cut at today: of a limit whose day is not over nobody can say that it was missed."""
    return min(until, clock.now().astimezone(calendars.of(session, None).zone).date())


def _narrowed(scope: Scope) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if scope.community_ids is not None:
        found.append(CaseFact.community_id.in_(sorted(scope.community_ids)))
    if scope.category:
        found.append(CaseFact.category.startswith(scope.category, autoescape=True))
    for column, value in (
        (CaseFact.department, scope.department),
        (CaseFact.urgency, scope.urgency),
        (CaseFact.channel, scope.channel),
    ):
        if value:
            found.append(column == value)
    return found
