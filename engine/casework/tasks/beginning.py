"""When work on a task began, and since when somebody has it.

Work begins with the first of: its holder opens the task's page, saves a first draft, or sets out. Whoever has no task
may type into one all the same; that counts from when they take it or complete it, back to their first draft. What
nobody can know stays unknown: a task that was completed in one go, claimed or not, has no `begun_at`.

The first write wins as long as the task stays with its holder. Claiming, assigning, handing over, taking over and
stepping in begin anew (`held`): with the new holder's own first draft, or unknown. Putting a task back, and moving it
to another department, leave it with nobody (`left`). Undoing a tap of attendance takes back what only the tap told.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, bindparam, select, update
from sqlalchemy.orm import Session

from engine.casework.tasks.rows import Task, TaskDraft
from engine.core import clock
from engine.core.store import table_of


def first_draft(task_id: int, person_id: int | None) -> ScalarSelect[datetime]:
    """Return as a subquery when somebody first saved a draft for a task."""
    mine = select(TaskDraft.begun_at).where(TaskDraft.task_id == task_id, TaskDraft.person_id == person_id)
    return mine.scalar_subquery()


def held(task_id: int, person_id: int) -> dict[str, Any]:
    """Return what a task's row says when somebody gets it."""
    return {"assignee_id": person_id, "claimed_at": clock.now(), "begun_at": first_draft(task_id, person_id)}


def left() -> dict[str, Any]:
    """Return what a task's row says when nobody has it any more."""
    return {"assignee_id": None, "claimed_at": None, "begun_at": None}


def give(task: Task, person_id: int | None) -> None:
    """Let somebody have a task, or nobody; nothing changes for who has it already. Written with the next flush."""
    if task.assignee_id == person_id:
        return
    for name, value in (left() if person_id is None else held(task.id, person_id)).items():
        setattr(task, name, value)


def begin(session: Session, task: Task, person_id: int, at: datetime | None = None) -> None:
    """Note that the holder of an open task began to work on it, now or at a moment, unless they had begun before.

    Locks no case: at most one row is written, and only the first time. Does nothing for anybody but the holder.
    """
    if task.begun_at is None and task.assignee_id == person_id and task.state == "open":
        session.execute(_BEGIN, {"task": task.id, "person": person_id, "moment": at or clock.now()})
        session.refresh(task, ["begun_at"])


def complete(session: Session, task: Task, person_id: int) -> None:
    """Note before a task is completed that it was begun with the first draft of whoever completes it."""
    if task.begun_at is None:
        session.execute(_BEGUN_WITH_DRAFT, {"task": task.id, "person": person_id})


def unsay(task: Task, at: datetime) -> None:
    """Take back that work began at a moment, when what told so is undone; a draft still tells."""
    if task.begun_at == at and task.assignee_id is not None:
        task.begun_at = first_draft(task.id, task.assignee_id)


_table = table_of(Task)
_UNBEGUN = (
    update(_table).where(_table.c.id == bindparam("task"), _table.c.begun_at.is_(None)).where(_table.c.state == "open")
)
_BEGIN = _UNBEGUN.where(_table.c.assignee_id == bindparam("person")).values(begun_at=bindparam("moment"))
_BEGUN_WITH_DRAFT = _UNBEGUN.values(
    begun_at=select(TaskDraft.begun_at)
    .where(TaskDraft.task_id == bindparam("task"), TaskDraft.person_id == bindparam("person"))
    .scalar_subquery()
)
