"""Handover notes: what a task's previous assignee tells the next one when putting it back or giving it on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task
from engine.company import people
from engine.company.people import KnownPerson
from engine.history import Entry, Note

KINDS = ("task.returned", "task.assigned", "task.handed_over")
"""Entries whose note is meant for the next assignee."""


@dataclass(frozen=True, slots=True)
class Handover:
    """A note for the next assignee, its author and time."""

    text: str
    by: KnownPerson | None
    at: datetime


def of_task(session: Session, task: Task) -> Handover | None:
    """Return the last handover note of an open task, or None once it is over. One statement for any case."""
    if task.state != "open":
        return None
    for at, facts, text, by_id in session.execute(_WORDS, {"case": task.case_id, "element": task.element}):
        if text and facts.get("task") == task.id:
            return Handover(text, people.known(session).get(by_id or 0), at)
    return None


_WORDS = (
    select(Entry.at, Entry.facts, Note.text, Entry.by_id)
    .join(Note, Note.id == Entry.note_id)
    .where(Entry.case_id == bindparam("case"), Entry.kind.in_(KINDS), Entry.element == bindparam("element"))
    .order_by(Entry.number.desc())
)
