"""Who may see a complaint and what they may do with it. Nobody ever sees a complaint about themselves."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine import letters
from engine.casework.tasks import Task
from engine.company import permissions
from engine.company.people import Person
from engine.company.permissions import Grants
from engine.complaints.core.complaint import Complaint, Concerned
from engine.core.errors import NotFound


def within(session: Session, person: Person, act: str = "complaint.see") -> ColumnElement[bool]:
    """Return a condition: `person` may do `act` with the complaint.

    A complaint is within reach through its community, through a department that has or had a task in it, or because
    the person registered it or has or had a task of it.
    """
    granted = permissions.grants(session, person)
    return granted.once(("complaints", act), lambda: _within(granted, act))


def _within(granted: Grants, act: str) -> ColumnElement[bool]:
    if not granted.reach(act):
        return false()
    return or_(*(_reached(each, act, granted.person_id) for each in granted.each() if each.reach(act)))


def _reached(granted: Grants, act: str, reader_id: int) -> ColumnElement[bool]:
    """Return a condition: one person's permissions reach the complaint. A substitute never reaches one about them."""
    reach = granted.reach(act)
    worked = Task.case_id == Complaint.case_id
    ways: list[ColumnElement[bool]] = [permissions.within(reach, Complaint.community_id)]
    if not reach.everything and reach.places:
        ways.append(exists().where(worked, permissions.within(reach, Task.place_id)))
    if reach.own:
        me = granted.person_id
        mine = or_(Task.assignee_id == me, Task.closed_by_id == me)
        ways += [Complaint.registered_by_id == me, exists().where(worked, mine)]
    return and_(or_(*ways), *(~_is_about(each) for each in sorted({reader_id, granted.person_id})))


def _is_about(person_id: int) -> ColumnElement[bool]:
    return exists().where(Concerned.complaint_id == Complaint.id, Concerned.person_id == person_id)


def find(session: Session, person: Person, complaint_id: int, act: str = "complaint.see") -> Complaint:
    """Return the complaint if `person` may do `act` with it.

    Raises `NotFound` when they may not see it, `NotPermitted` when they may see it but not do that.
    """
    granted = permissions.grants(session, person)
    asked = granted.once(
        ("a complaint", act),
        lambda: select(Complaint).where(Complaint.id == bindparam("complaint"), within(session, person, act)),
    )
    found = session.scalar(asked, {"complaint": complaint_id})
    if found is not None:
        return found
    if act != "complaint.see" and may(session, person, complaint_id, ["complaint.see"]):
        raise permissions.refusal(act)
    raise NotFound


def may(session: Session, person: Person, complaint_id: int, acts: Sequence[str]) -> frozenset[str]:
    """Return which of these acts the person may do with the complaint; one statement."""
    granted = permissions.grants(session, person)

    def make() -> Select[*tuple[Any, ...]]:
        able = (within(session, person, act).label(f"act_{number}") for number, act in enumerate(acts))
        return select(*able).where(Complaint.id == bindparam("complaint"))

    row = session.execute(granted.once(("acts", *acts), make), {"complaint": complaint_id}).one_or_none()
    return frozenset(act for act, able in zip(acts, row or (), strict=False) if able)


def hide_from_subject(session: Session, person: Person, case_id: int) -> None:
    """Raise `NotFound` when the complaint of this case is about `person`, who may not see its tasks either."""
    if session.scalar(_CONCERNS, {"person": person.id, "case": case_id}):
        raise NotFound


def concerns(person_id: int, case_id: int | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return a condition: the complaint of this case is about that person."""
    mine = Concerned.complaint_id == Complaint.id, Concerned.person_id == person_id
    return exists(select(Complaint.id).join(Concerned, and_(*mine)).where(Complaint.case_id == case_id))


_CONCERNS = select(
    exists(
        select(Complaint.id)
        .join(Concerned, Concerned.complaint_id == Complaint.id)
        .where(Complaint.case_id == bindparam("case"), Concerned.person_id == bindparam("person"))
    )
)


@letters.secret
def _is_kept_from(session: Session, case_id: int, person_id: int) -> bool:
    """Return whether letters of a case are kept from a person, such as a substitute whom the complaint is about."""
    return bool(session.scalar(select(concerns(person_id, case_id))))


def cases_within(
    session: Session, person: Person, act: str, place_id: InstrumentedAttribute[int], case_id: InstrumentedAttribute[int]
) -> ColumnElement[bool]:  # fmt: skip
    """Return a condition on rows about cases of any process: `person` may do `act` where the case belongs.

    It excludes complaints about the person, and those about the substitute when standing in.
    """
    granted = permissions.grants(session, person)
    ways = [
        and_(permissions.within(each.reach(act), place_id), ~concerns(each.person_id, case_id))
        for each in granted.each()
    ]
    return and_(or_(*ways), ~concerns(person.id, case_id))


def require(session: Session, person: Person, complaint: Complaint, act: str) -> None:
    """Raise like `find` unless `person` may do `act` with this complaint."""
    find(session, person, complaint.id, act)
