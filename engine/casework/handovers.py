"""What whoever had a task before wants the next one to know: typed when it is put back or given on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task
from engine.company import people
from engine.company.people import KnownPerson
from engine.history import Entry, Note

KINDS = ("task.returned", "task.assigned", "task.handed_over")
"""Entries whose typed words are meant for the next one."""


@dataclass(frozen=True, slots=True)
class Handover:
    """Words for the next one, who wrote them and when."""

    text: str
    by: KnownPerson | None
    at: datetime


def of_task(session: Session, task: Task) -> Handover | None:
    """The last words left with an open task; nothing once it is over. One statement, whatever the case has lived."""
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
