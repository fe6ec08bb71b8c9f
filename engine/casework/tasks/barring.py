"""Who may not do a task: the people it is about, and those whose work it checks."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, insert, select
from sqlalchemy.orm import Session

from engine.casework.tasks.rows import Bar, Task

_BARRED = select(Bar.person_id).where(Bar.task_id == bindparam("task"), Bar.person_id == bindparam("person"))


def bar(session: Session, case_id: int, rows: Sequence[Mapping[str, Any]], barred: Collection[int]) -> None:
    """Bar people from newly opened tasks: `barred` from all of them, and from a check those who did the work."""
    ids = session.execute(
        select(Task.id, Task.not_by).where(Task.case_id == case_id, Task.key.in_([row["key"] for row in rows]))
    ).all()
    elements = sorted({name for row in rows for name in row["not_by"]})
    found = doers(session, case_id, elements) if elements else []
    bars = {(task_id, person) for task_id, _ in ids for person in barred}
    bars |= {(task_id, person) for task_id, not_by in ids for element, person in found if element in not_by}
    if bars:
        session.execute(insert(Bar), [{"task_id": task, "person_id": person} for task, person in sorted(bars)])


def bar_more(session: Session, case_id: int, task_id: int, not_by: Sequence[str]) -> None:
    """Bar those from an open task who did the steps that it now checks; who was barred before stays so."""
    known = set(session.scalars(select(Bar.person_id).where(Bar.task_id == task_id)))
    people = {person for _, person in doers(session, case_id, not_by)} - known
    if people:
        session.execute(insert(Bar), [{"task_id": task_id, "person_id": person} for person in sorted(people)])


def doers(session: Session, case_id: int, elements: Sequence[str]) -> list[tuple[str, int]]:
    """Return (element, person) for completed tasks of these elements in a case."""
    done = select(Task.element, Task.closed_by_id).where(Task.case_id == case_id, Task.element.in_(elements)).distinct()
    return [(element, by_id) for element, by_id in session.execute(done) if by_id is not None]


def is_barred(session: Session, task: Task, person_id: int) -> bool:
    """Return whether a person may not do `task`: it is about them, or checks their own work."""
    barred = session.scalar(_BARRED, {"task": task.id, "person": person_id})
    return barred is not None or person_id in doers_barred(session, task)


def doers_barred(session: Session, task: Task) -> set[int]:
    """Return the people who did an element that `task` excludes the doers of."""
    return {by for _, by in doers(session, task.case_id, task.not_by)} if task.not_by else set()


def barred(person_id: int) -> ColumnElement[bool]:
    """Return a condition: the person may not do the task."""
    return exists().where(Bar.task_id == Task.id, Bar.person_id == person_id)
