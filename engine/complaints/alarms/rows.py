"""The tables of alarms: one for each task of making something safe, and the people called for it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, bindparam, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core.store import Base

_rung: dict[str, Any] = {"sqlite_where": text("due_at is not null"), "postgresql_where": text("due_at is not null")}
_over: dict[str, Any] = {"sqlite_where": text("ended_at is null"), "postgresql_where": text("ended_at is null")}


class Alarm(Base):
    """An alarm for one task. It rings again at `due_at` (empty: not any more) until somebody is going or it ends.

    `stage`: how far it has gone up (`Stage`); `rings`: how often it rang. `going_id`, `going_at`: who said first that
    they are going. `arrive_by`: when the task asked for somebody to be there. `ended_at`: the task was done or
    withdrawn.
    """

    __tablename__ = "alarms"
    __table_args__ = (Index("ix_alarms_due_at", "due_at", **_rung), Index("ix_alarms_running", "ended_at", **_over))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), unique=True)
    raised_at: Mapped[datetime]
    arrive_by: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    stage: Mapped[int] = mapped_column(default=0)
    rings: Mapped[int] = mapped_column(default=0)
    going_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    going_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    done: Mapped[bool] = mapped_column(default=False)

    @property
    def is_ringing(self) -> bool:
        """Return whether nobody is going yet, and somebody has to."""
        return self.ended_at is None and self.going_id is None


class Call(Base):
    """A person called by an alarm: at which stage, first when, last when, how often.

    `seen_at`: when a page that they had open first showed it.
    """

    __tablename__ = "alarm_calls"
    __table_args__ = (UniqueConstraint("alarm_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    alarm_id: Mapped[int] = mapped_column(ForeignKey("alarms.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    stage: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(default=1)
    seen_at: Mapped[datetime | None]


_OF_TASK = select(Alarm).where(Alarm.task_id == bindparam("task"))
_CALLS = select(Call).where(Call.alarm_id == bindparam("alarm")).order_by(Call.stage, Call.id)


def of_task(session: Session, task_id: int) -> Alarm | None:
    """Return the alarm of a task, or None when it never had one."""
    return session.scalar(_OF_TASK, {"task": task_id})


def calls(session: Session, alarm: Alarm) -> list[Call]:
    """Return the calls of an alarm, the first called first."""
    return list(session.scalars(_CALLS, {"alarm": alarm.id}))
