"""Who may see a request and what they may do with it: by its place, a task in it, or because they started it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, false, or_, select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task
from engine.company import permissions
from engine.company.people import Person
from engine.company.permissions import Grants
from engine.core.errors import NotFound
from engine.requests.rows import Request

SEE, SEE_PHONE, EXPORT = "request.see", "request.see_phone", "request.export"


def within(session: Session, person: Person, act: str = SEE) -> ColumnElement[bool]:
    """Return a condition: `person` may do `act` with the request."""
    granted = permissions.grants(session, person)
    return granted.once(("requests", act), lambda: _within(granted, act))


def _within(granted: Grants, act: str) -> ColumnElement[bool]:
    ways = [way for each in granted.each() for way in _ways(each, act)]
    return or_(*ways) if ways else false()


def _ways(granted: Grants, act: str) -> list[ColumnElement[bool]]:
    reach, me = granted.reach(act), granted.person_id
    if not reach:
        return []
    worked = Task.case_id == Request.case_id
    ways: list[ColumnElement[bool]] = [permissions.within(reach, Request.community_id)]
    if reach.everything:
        return ways
    if reach.places:
        ways.append(exists().where(worked, permissions.within(reach, Task.place_id)))
    if reach.own:
        mine = or_(Task.assignee_id == me, Task.closed_by_id == me)
        ways += [Request.started_by_id == me, exists().where(worked, mine)]
    return ways


def find(session: Session, person: Person, request_id: int, act: str = SEE) -> Request:
    """Return the request if `person` may do `act` with it.

    Raises `NotFound` when they may not see it, `NotPermitted` when they may see it but not do that.
    """
    granted = permissions.grants(session, person)
    asked = granted.once(
        ("a request", act),
        lambda: select(Request).where(Request.id == bindparam("request"), within(session, person, act)),
    )
    found = session.scalar(asked, {"request": request_id})
    if found is not None:
        return found
    if act != SEE and may(session, person, request_id, [SEE]):
        raise permissions.refusal(act)
    raise NotFound


def may(session: Session, person: Person, request_id: int, acts: Sequence[str]) -> frozenset[str]:
    """Return which of these acts the person may do with the request; one statement."""
    granted = permissions.grants(session, person)

    def make() -> Select[*tuple[Any, ...]]:
        able = (within(session, person, act).label(f"act_{number}") for number, act in enumerate(acts))
        return select(*able).where(Request.id == bindparam("request"))

    row = session.execute(granted.once(("request acts", *acts), make), {"request": request_id}).one_or_none()
    return frozenset(act for act, able in zip(acts, row or (), strict=False) if able)
