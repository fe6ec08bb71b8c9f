"""Who may know of a complaint, and do what with it. Nobody ever sees a complaint about themselves."""

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from engine import permissions
from engine.complaints.complaint import Complaint, Concerned
from engine.errors import NotFound
from engine.people import Person
from engine.permissions import Grants
from engine.tasks import Task


def within(session: Session, person: Person, act: str = "complaint.see") -> ColumnElement[bool]:
    """Condition: `person` may do `act` with the complaint.

    Reached through its community, through a department that has or had a task in it, or because it is the person's
    own: registered by them, or a task of it is or was theirs.
    """
    granted = permissions.grants(session, person)
    if not permissions.reach(session, person, act):
        return false()
    return or_(*(_reached(each, act, person) for each in granted.each() if each.reach(act)))


def _reached(granted: Grants, act: str, person: Person) -> ColumnElement[bool]:
    """Condition: the complaint is reached by what one person has; never, by standing in for them, one about them."""
    reach = granted.reach(act)
    worked = Task.case_id == Complaint.case_id
    ways: list[ColumnElement[bool]] = [permissions.within(reach, Complaint.community_id)]
    if not reach.everything and reach.places:
        ways.append(exists().where(worked, permissions.within(reach, Task.place_id)))
    if reach.own:
        me = granted.person_id
        mine = or_(Task.assignee_id == me, Task.closed_by_id == me)
        ways += [Complaint.registered_by_id == me, exists().where(worked, mine)]
    return and_(or_(*ways), *(~_is_about(each) for each in sorted({person.id, granted.person_id})))


def _is_about(person_id: int) -> ColumnElement[bool]:
    return exists().where(Concerned.complaint_id == Complaint.id, Concerned.person_id == person_id)


def find(session: Session, person: Person, complaint_id: int, act: str = "complaint.see") -> Complaint:
    """The complaint, if `person` may do `act` with it.

    Raises `NotFound` when they may not even see it, `NotPermitted` when they only may not do that.
    """
    found = session.scalar(select(Complaint).where(Complaint.id == complaint_id, within(session, person, act)))
    if found is not None:
        return found
    seen = select(Complaint.id).where(Complaint.id == complaint_id, within(session, person))
    if act != "complaint.see" and session.scalar(seen) is not None:
        raise permissions.refusal(act)
    raise NotFound


def hide_from_subject(session: Session, person: Person, case_id: int) -> None:
    """Raise `NotFound` when the complaint of this case is about `person`: they do not even see its tasks."""
    about_me = (
        select(Concerned.person_id)
        .join(Complaint, Complaint.id == Concerned.complaint_id)
        .where(Complaint.case_id == case_id, Concerned.person_id == person.id)
    )
    if session.scalar(about_me) is not None:
        raise NotFound


def require(session: Session, person: Person, complaint: Complaint, act: str) -> None:
    """Raise as `find` does unless `person` may do `act` with this complaint."""
    find(session, person, complaint.id, act)
