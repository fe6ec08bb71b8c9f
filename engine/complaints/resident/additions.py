"""What a resident adds to an open complaint: stored with its time, and sent to the people who work on it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import letters
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.casework.tasks.rows import SUPERVISION
from engine.company import people
from engine.company.people import Person
from engine.complaints.core import joinings, links
from engine.complaints.core.complaint import Complaint
from engine.core import clock

TEMPLATE = "added"


def tell(session: Session, complaint: Complaint, by: Person | None) -> None:
    """Mark the complaint and its lead, and write to the people working on them, except `by`."""
    lead = joinings.lead_of(session, complaint)
    for each in (complaint, lead):
        if each is not None and each.case_id is not None:
            each.added_at = clock.now()
            _write(session, each, by)
    session.flush()


def _write(session: Session, complaint: Complaint, by: Person | None) -> None:
    case = session.get_one(Case, complaint.case_id)
    waiting = select(Task).where(Task.case_id == case.id, Task.state == "open", Task.counts_as != SUPERVISION)
    for person_id in sorted(_workers(session, list(session.scalars(waiting))) - {by.id if by else 0, *case.barred}):
        key = f"{case.id}:{case.entries}:{TEMPLATE}:person:{person_id}"
        facts = {"number": complaint.number, "link": links.of_staff(complaint)}
        letters.put(session, key, TEMPLATE, ("person", person_id), facts, case.id)


def _workers(session: Session, waiting: list[Task]) -> set[int]:
    """Return the assignees of the open tasks, or the people eligible for those not claimed yet."""
    mine = {task.assignee_id for task in waiting if task.assignee_id is not None}
    free = {(task.place_id, task.role) for task in waiting if task.assignee_id is None}
    theirs = {person.id for place_id, role in free for person in people.candidates(session, place_id, role)}
    return mine | theirs
