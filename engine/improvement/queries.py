"""Lists of improvements, and an improvement's parts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task
from engine.company import permissions
from engine.company.people import Person
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.core.errors import NotFound
from engine.improvement.rows import Improvement, ImprovementAction, ImprovementComplaint

PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a list; empty means everything."""

    words: str = ""
    stage: str = ""
    department: str = ""
    community_id: int | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class ImprovementPage:
    """One page of a list, and the total."""

    rows: Sequence[Improvement]
    total: int
    page: int
    pages: int


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


def search(session: Session, person: Person, filters: Filters) -> ImprovementPage:
    """Return the matching improvements that `person` may see, newest first."""
    asked = [within(session, person)]
    if filters.words.strip():
        word = filters.words.strip()
        asked.append(
            Improvement.title.contains(word, autoescape=True)
            | Improvement.number.startswith(word.upper(), autoescape=True)
        )
    for name in ("stage", "department", "community_id"):
        value = getattr(filters, name)
        if value not in ("", None):
            asked.append(getattr(Improvement, name) == value)
    fits = and_(*asked)
    total = session.scalar(select(func.count()).select_from(Improvement).where(fits)) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(filters.page, 1), pages)
    rows = select(Improvement).where(fits).order_by(Improvement.started_at.desc(), Improvement.id.desc())
    return ImprovementPage(
        list(session.scalars(rows.limit(PER_PAGE).offset((page - 1) * PER_PAGE))), total, page, pages
    )


def actions(session: Session, improvement: Improvement) -> list[ImprovementAction]:
    """Return the actions of an improvement, by round and in the order planned."""
    asked = select(ImprovementAction).where(ImprovementAction.improvement_id == improvement.id)
    return list(session.scalars(asked.order_by(ImprovementAction.round, ImprovementAction.position)))


def complaints(session: Session, person: Person, improvement: Improvement) -> list[Complaint]:
    """Return the complaints it started from that `person` may see."""
    linked = select(ImprovementComplaint.complaint_id).where(ImprovementComplaint.improvement_id == improvement.id)
    asked = select(Complaint).where(Complaint.id.in_(linked), access.within(session, person))
    return list(session.scalars(asked.order_by(Complaint.received_at)))
