"""What a resident adds to an open complaint: stored with its time, read for danger, and sent to who works on it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import letters
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.casework.tasks.rows import SUPERVISION
from engine.company import people, places
from engine.company.people import Person
from engine.company.places import NoSuchPlace
from engine.complaints.core import joinings, links
from engine.complaints.core.complaint import LATER, UNJUDGED, Complaint
from engine.complaints.intake import danger
from engine.core import clock

TEMPLATE, URGENT = "added", "added_danger"
DESK = "desk"
"""The group that is told of danger besides the people who work on the complaint."""


def tell(session: Session, complaint: Complaint, by: Person | None, words: str, channel: str) -> None:
    """Mark the complaint and its lead, and write to the people working on them, except `by`."""
    alarming = _alarms(session, channel, words)
    for each in _with_lead(session, complaint):
        each.added_at = clock.now()
        _write(session, each, TEMPLATE, by)
        if alarming:
            _doubt(session, each, by)
    session.flush()


def read(session: Session, complaint: Complaint, by: Person | None, words: str, channel: str) -> None:
    """Ask for danger where the words of an answer sound like it; an answer moves the case on, so it needs no mark."""
    if _alarms(session, channel, words):
        for each in _with_lead(session, complaint):
            _doubt(session, each, by)
        session.flush()


def _with_lead(session: Session, complaint: Complaint) -> list[Complaint]:
    lead = joinings.lead_of(session, complaint)
    return [each for each in (complaint, lead) if each is not None and each.case_id is not None]


def _alarms(session: Session, channel: str, words: str) -> bool:
    if not words.strip():
        return False
    judged = danger.judge(session, "", channel, words)
    return judged.danger or judged.doubt


def _doubt(session: Session, complaint: Complaint, by: Person | None) -> None:
    """Let a person find out: nobody was asked the question, so later words alone call nobody out."""
    unjudged = complaint.is_open and complaint.status in UNJUDGED
    if unjudged and (complaint.danger or complaint.danger_doubt):
        return
    complaint.danger_doubt = danger.WORDS if unjudged else LATER
    _write(session, complaint, URGENT, by)


def _write(session: Session, complaint: Complaint, template: str, by: Person | None) -> None:
    case = session.get_one(Case, complaint.case_id)
    waiting = select(Task).where(Task.case_id == case.id, Task.state == "open", Task.counts_as != SUPERVISION)
    told = _workers(session, list(session.scalars(waiting))) | (_desk(session, case) if template == URGENT else set())
    for person_id in sorted(told - {by.id if by else 0, *case.barred}):
        key = f"{case.id}:{case.entries}:{template}:person:{person_id}"
        facts = {"number": complaint.number, "link": links.of_staff(complaint)}
        letters.put(session, key, template, ("person", person_id), facts, case.id)


def _desk(session: Session, case: Case) -> set[int]:
    try:
        place_id, role = places.resolve(session, DESK, case.place_id)
    except NoSuchPlace:
        return set()
    return {person.id for person in people.candidates(session, place_id, role)}


def _workers(session: Session, waiting: list[Task]) -> set[int]:
    """Return the assignees of the open tasks, or the people eligible for those not claimed yet."""
    mine = {task.assignee_id for task in waiting if task.assignee_id is not None}
    free = {(task.place_id, task.role) for task in waiting if task.assignee_id is None}
    theirs = {person.id for place_id, role in free for person in people.candidates(session, place_id, role)}
    return mine | theirs
