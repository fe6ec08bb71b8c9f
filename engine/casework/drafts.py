"""Drafts: what somebody typed into a task and has not sent, kept while they type so that nothing is lost."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task, beginning
from engine.casework.tasks.rows import TaskDraft
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import BihuanError

LARGEST = 100_000
"""The most characters of a serialized draft: ample for a form of fifty rows."""

FORGOTTEN = timedelta(days=30)


class TooLong(BihuanError):
    """More was typed than a draft can hold."""

    zh = "填写的内容太长，草稿没有保存。请先提交，或删减一些。"
    en = "This is too long to be kept as a draft. Send it, or make it shorter."


@dataclass(frozen=True, slots=True)
class Typed:
    """One field of a draft: its name, its value, and whether a box or choice is ticked (None for text)."""

    name: str
    value: str
    ticked: bool | None = None


def keep(session: Session, by: Person, task: Task, typed: Sequence[Typed]) -> datetime | None:
    """Replace the draft of `by` for an open task; an empty draft is deleted. Work on the task begins with the
    first draft of its holder.

    Returns when it was stored. Raises `TooLong`.
    """
    rows = [[each.name, each.value, each.ticked] for each in typed]
    if len(json.dumps(rows, ensure_ascii=False)) > LARGEST:
        raise TooLong()
    if task.state != "open" or not any(each.value and each.ticked is not False for each in typed):
        discard(session, by, task.id)
        return None
    now = clock.now()
    beginning.begin(session, task, by.id, now)  # before the draft's row: a step writes them in this order, too
    draft = session.get(TaskDraft, (by.id, task.id))
    if draft is None:
        session.add(TaskDraft(person_id=by.id, task_id=task.id, typed=rows, begun_at=now, at=now))
    else:
        draft.typed, draft.at = rows, now
    session.flush()
    return now


def find(session: Session, by: Person, task_id: int) -> tuple[list[Typed], datetime] | None:
    """Return the draft of `by` for a task, and when it was stored."""
    row = session.get(TaskDraft, (by.id, task_id))
    return ([Typed(*each) for each in row.typed], row.at) if row is not None else None


def discard(session: Session, by: Person, task_id: int) -> None:
    """Delete the draft of `by` for a task."""
    session.execute(delete(TaskDraft).where(TaskDraft.person_id == by.id, TaskDraft.task_id == task_id))


def done(session: Session, task_id: int) -> None:
    """Delete all drafts of a completed task."""
    session.execute(delete(TaskDraft).where(TaskDraft.task_id == task_id))


def sweep(session: Session) -> None:
    """Delete drafts of tasks that ended otherwise, and those untouched for a month."""
    over = select(Task.id).where(Task.state.in_(("done", "cancelled")))
    stale = (TaskDraft.at < clock.now() - FORGOTTEN) | TaskDraft.task_id.in_(over)
    session.execute(delete(TaskDraft).where(stale))
