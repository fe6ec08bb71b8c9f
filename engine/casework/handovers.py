"""What whoever had a task before wants the next one to know: typed when it is put back or given on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task
from engine.company.people import Person
from engine.history import Entry, Note

KINDS = ("task.returned", "task.assigned", "task.handed_over")
"""Entries whose typed words are meant for the next one."""


@dataclass(frozen=True, slots=True)
class Handover:
    """Words for the next one, who wrote them and when."""

    text: str
    by: Person | None
    at: datetime


def of_task(session: Session, task: Task) -> Handover | None:
    """The last words left with an open task; nothing once it is over. One statement, whatever the case has lived."""
    if task.state != "open":
        return None
    asked = (
        select(Entry.at, Entry.facts, Note.text, Person)
        .join(Note, Note.id == Entry.note_id)
        .outerjoin(Person, Person.id == Entry.by_id)
        .where(Entry.case_id == task.case_id, Entry.kind.in_(KINDS), Entry.element == task.element)
        .order_by(Entry.number.desc())
    )
    for at, facts, text, by in session.execute(asked):
        if text and facts.get("task") == task.id:
            return Handover(text, by, at)
    return None
