"""Lists of improvements, and an improvement's parts."""

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task
from engine.company import permissions
from engine.company.people import Person
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.core.errors import NotFound
from engine.improvement.rows import Improvement, ImprovementAction, ImprovementComplaint


def within(session: Session, person: Person, act: str = "improvement.see") -> ColumnElement[bool]:
    """Return a condition: `person` may do `act` with the improvement, by its community, a task, or their own."""
    reach = permissions.reach(session, person, act)
    if not reach:
        return false()
    worked = Task.case_id == Improvement.case_id
    ways: list[ColumnElement[bool]] = [permissions.within(reach, Improvement.community_id)]
    if not reach.everything and reach.places:
        ways.append(exists().where(worked, permissions.within(reach, Task.place_id)))
    if reach.own:
        ways.append(exists().where(worked, or_(Task.assignee_id == person.id, Task.closed_by_id == person.id)))
    return or_(*ways)


def find(session: Session, person: Person, improvement_id: int) -> Improvement:
    """Return the improvement, if `person` may see it. Raises `NotFound`."""
    asked = select(Improvement).where(Improvement.id == improvement_id, within(session, person))
    improvement = session.scalar(asked)
    if improvement is None:
        raise NotFound
    return improvement


def actions(session: Session, improvement: Improvement) -> list[ImprovementAction]:
    """Return the actions of an improvement, by round and in the order planned."""
    asked = select(ImprovementAction).where(ImprovementAction.improvement_id == improvement.id)
    return list(session.scalars(asked.order_by(ImprovementAction.round, ImprovementAction.position)))


def complaints(session: Session, person: Person, improvement: Improvement) -> list[Complaint]:
    """Return the complaints it started from that `person` may see."""
    linked = select(ImprovementComplaint.complaint_id).where(ImprovementComplaint.improvement_id == improvement.id)
    asked = select(Complaint).where(Complaint.id.in_(linked), access.within(session, person))
    return list(session.scalars(asked.order_by(Complaint.received_at)))


def related(session: Session, person: Person, improvement: Improvement) -> list[Improvement]:
    """Return the improvement that it rolls out, and those that roll it out, as far as `person` may see them."""
    linked = or_(Improvement.id == improvement.parent_id, Improvement.parent_id == improvement.id)
    return list(session.scalars(select(Improvement).where(linked, within(session, person)).order_by(Improvement.id)))
