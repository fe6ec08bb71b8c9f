"""Timers: the moments that cases wait for, as rows. `engine.operations.schedule` fires them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, bindparam, delete, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.bpmn.execution import WaitingTimer
from engine.core import clock
from engine.core.store import Base, table_of

RUNG = re.compile(r"^\s*=?\s*rung\s*\(\s*\"(\w+)\"\s*,\s*(\d+)\s*\)\s*$")


class Timer(Base):
    """A moment that a case waits for. Without `due_at` it sleeps (its deadline is paused, or its rung was passed)."""

    __tablename__ = "timers"
    __table_args__ = (Index("ix_timers_case_id_key", "case_id", "key", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    key: Mapped[str] = mapped_column(String(64))
    element: Mapped[str] = mapped_column(String(200))
    expression: Mapped[str] = mapped_column(String(500))
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    set_at: Mapped[datetime]


class TimerFiring(Base):
    """A timer that the schedule fired at `at`, so many seconds after it was due. Kept for `KEPT`."""

    __tablename__ = "timer_firings"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    late: Mapped[float]


KEPT = timedelta(days=30)
"""How long firings are kept."""

_table = table_of(Timer)
_FIRED = insert(table_of(TimerFiring)).inline()
_mine = (_table.c.case_id == bindparam("of"), _table.c.key == bindparam("named"))
_ADD = insert(_table).inline()
_MOVE = update(_table).where(*_mine).values(due_at=bindparam("due"))
_DROP = delete(_table).where(*_mine)


def add(session: Session, case_id: int, waiting: Iterable[WaitingTimer], at: datetime) -> None:
    """Insert rows for timers that a case has just started."""
    rows = [
        {
            "case_id": case_id,
            "key": timer.key,
            "element": timer.element,
            "expression": timer.expression[:500],
            "due_at": timer.due,
            "set_at": at,
        }
        for timer in waiting
    ]
    if rows:
        session.execute(_ADD, rows)


def move(session: Session, case_id: int, moved: Mapping[str, datetime | None]) -> None:
    """Move timers of a case, by key, to another moment."""
    if moved:
        session.execute(_MOVE, [{"of": case_id, "named": key, "due": due} for key, due in moved.items()])


def restate(session: Session, case_id: int, waiting: Iterable[WaitingTimer]) -> None:
    """Let timers of a case, by key, say what another version of its diagram says; their moments stay."""
    said = {timer.key: timer for timer in waiting}
    for row in session.scalars(select(Timer).where(Timer.case_id == case_id, Timer.key.in_(said))):
        row.element, row.expression = said[row.key].element, said[row.key].expression[:500]


def drop(session: Session, case_id: int, keys: Sequence[str]) -> None:
    """Delete timers that a case no longer waits for."""
    if keys:
        session.execute(_DROP, [{"of": case_id, "named": key} for key in keys])


def note_fired(session: Session, at: datetime, late: Sequence[float]) -> None:
    """Note by how many seconds timers were late that fired now; one statement."""
    if late:
        session.execute(_FIRED, [{"at": at, "late": each} for each in late])


def sweep(session: Session) -> None:
    """Forget firings of long ago."""
    session.execute(delete(TimerFiring).where(TimerFiring.at < clock.now() - KEPT))


def of_case(session: Session, case_id: int) -> list[Timer]:
    """Return the timers of a case, the next one first."""
    waiting = select(Timer).where(Timer.case_id == case_id).order_by(Timer.due_at.is_(None), Timer.due_at, Timer.id)
    return list(session.scalars(waiting))


def rung_of(expression: str) -> tuple[str, int] | None:
    """Return deadline and rung number of a timer of the ladder: `=rung("resolve", 2)` → ("resolve", 2)."""
    found = RUNG.match(expression)
    return (found[1], int(found[2])) if found else None


def passed_over(due: Sequence[Timer]) -> list[Timer]:
    """Return the lower rungs among timers that are due together: only the highest one opens."""
    highest: dict[str, int] = {}
    for timer in due:
        if rung := rung_of(timer.expression):
            highest[rung[0]] = max(rung[1], highest.get(rung[0], 0))
    return [timer for timer in due if (rung := rung_of(timer.expression)) and rung[1] < highest[rung[0]]]
