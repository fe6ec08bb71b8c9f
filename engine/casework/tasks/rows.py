"""The tables of tasks: what waits, the answers, and who may not do it."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, ForeignKey, Index, String, literal_column, text, true
from sqlalchemy.orm import Mapped, mapped_column

from engine.core.store import Base
from engine.core.words import FormValues

State = Literal["open", "held", "done", "cancelled"]

MOST_URGENT = 1_000_000
"""The largest magnitude of a task's priority; larger numbers in a diagram have no further effect."""


SUPERVISION = "supervision"
"""What the task of looking after others' work counts as."""

_SHOWN = ("can_wait", "due_at", "priority", "element", "counts_as", "community_id", "case_id", "state")
_open_only: dict[str, Any] = {"sqlite_where": text("state = 'open'"), "postgresql_where": text("state = 'open'")}


class Task(Base):
    """Work that waits for a person. `place_id` and `role` say whose it is; `held`: done, but the step after it failed.

    `counts_as` is what the diagram says its step is, whatever its id: "callback", "supervision", or "". `can_wait`:
    false for the most urgent tasks, which come first in an inbox, whenever they are due. `claimed_at`: since when its
    holder (`assignee_id`) has it, however they got it; `begun_at`: when work on it began, None where nobody can know
    (see `beginning.py`).
    """

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_case_id_key", "case_id", "key", unique=True),
        # Only open tasks: these stay small however many cases a company has seen. Every task list reads only them.
        Index("ix_tasks_open_place", "place_id", "role", "assignee_id", *_SHOWN, **_open_only),
        Index("ix_tasks_open_assignee", "assignee_id", *_SHOWN, **_open_only),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    key: Mapped[str] = mapped_column(String(64))
    process: Mapped[str] = mapped_column(String(80))
    element: Mapped[str] = mapped_column(String(200))
    counts_as: Mapped[str] = mapped_column(String(40), server_default="")
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    form: Mapped[str | None] = mapped_column(String(80))
    group: Mapped[str] = mapped_column("candidate", String(120))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    role: Mapped[str | None] = mapped_column(String(40))
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    deadline: Mapped[str | None] = mapped_column(String(40))
    due_at: Mapped[datetime | None]
    priority: Mapped[int]
    can_wait: Mapped[bool] = mapped_column(server_default=true())
    state: Mapped[str] = mapped_column(String(10))
    not_by: Mapped[list[str]]
    local: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Answer(Base):
    """What a person filled in when completing a task. It may hold personal data, so entries only point to it."""

    __tablename__ = "answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    values: Mapped[dict[str, Any]] = mapped_column(FormValues)


class TaskDraft(Base):
    """What one person has typed into one task; not part of the history, deleted when the task is done.

    `begun_at`: when they first saved it; `at`: when they last did.
    """

    __tablename__ = "task_drafts"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), primary_key=True, index=True)
    typed: Mapped[list[Any]] = mapped_column(FormValues)
    begun_at: Mapped[datetime]
    at: Mapped[datetime]


class Bar(Base):
    """A person who may not do a task: the one complained about, or the one whose work it checks."""

    __tablename__ = "task_bars"

    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)


def is_open() -> ColumnElement[bool]:
    """Return a condition: the task is open. The literal lets a store use its index of open tasks."""
    return Task.state == literal_column("'open'")
