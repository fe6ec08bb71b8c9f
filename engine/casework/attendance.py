"""Attendance: on my way, on site, left. One tap each, on a task that takes somebody to a resident."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.bpmn.execution import Element
from engine.casework import assignment, cases
from engine.casework.cases import Case, domain
from engine.casework.tasks import Task, beginning
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Conflict, NotFound
from engine.core.store import Base
from engine.history import NewEntry

KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"on_way": ("在路上", "On the way"), "on_site": ("已到场", "On site"), "left": ("已离开", "Left")}
)

FOLLOWS: Mapping[str | None, tuple[str, ...]] = MappingProxyType(
    {None: ("on_way", "on_site"), "on_way": ("on_site",), "on_site": ("left",), "left": ("on_way", "on_site")}
)
"""Which kind may follow which."""

UNDO = timedelta(minutes=1)


class Attendance(Base):
    """A record that somebody set out, arrived or left, for one task. `undone_at`: it was tapped by mistake."""

    __tablename__ = "attendance"
    __table_args__ = (Index("ix_attendance_task_id", "task_id"), Index("ix_attendance_case_id", "case_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    @property
    def can_be_undone(self) -> bool:
        """Return whether it can still be undone, within a minute."""
        return self.undone_at is None and clock.now() - self.at <= UNDO


def goes_there(element: Element | None) -> bool:
    """Return whether the diagram says that somebody goes to the place for this step."""
    return element is not None and element.properties.get("goes_there") == "true"


def note(session: Session, task: Task, kind: str, by: Person) -> Attendance:
    """Record that `by` set out, arrived or left for a task of theirs, and claim the task if nobody has it. Work on the
    task begins with it.

    The caller holds the case. Repeating has no effect. Raises `Conflict` when the task is over or somebody else's,
    `NotPermitted` when `by` may not do it, `NotFound` for an unknown kind.
    """
    if kind not in KINDS:
        raise NotFound()
    assignment.claim(session, task, by)
    before = latest(session, task, by)
    if before is not None and before.kind == kind:
        return before
    if kind not in FOLLOWS[before.kind if before else None]:
        raise Conflict(
            zh=f"现在是“{KINDS[before.kind][0]}”，不能改成“{KINDS[kind][0]}”。" if before else "您还没有到场。",
            en=f"You are “{KINDS[before.kind][1]}” now; that cannot follow." if before else "You have not been there.",
        )
    row = Attendance(case_id=task.case_id, task_id=task.id, person_id=by.id, kind=kind, at=clock.now())
    session.add(row)
    session.flush()
    beginning.begin(session, task, by.id, row.at)
    cases.record(session, task.case_id, NewEntry(f"attendance.{kind}", by.id, task.element, {"task": task.id}))
    _pass_on(session, task)
    return row


def undo(session: Session, task: Task, by: Person) -> None:
    """Undo the last tap of `by` within a minute; the caller holds the case. Raises `Conflict` later on."""
    row = latest(session, task, by)
    if row is None or not row.can_be_undone:
        raise Conflict(
            zh="超过一分钟，不能撤销了。",
            en="More than a minute has passed; it cannot be undone.",
        )
    row.undone_at = clock.now()
    beginning.unsay(task, row.at)
    session.flush()
    facts = {"task": task.id, "kind": row.kind}
    cases.record(session, task.case_id, NewEntry("attendance.undone", by.id, task.element, facts))
    _pass_on(session, task)


def _pass_on(session: Session, task: Task) -> None:
    case = session.get_one(Case, task.case_id)
    domain.of(case).after_attendance(session, case, task)


def latest(session: Session, task: Task, by: Person) -> Attendance | None:
    """Return the last tap of `by` on a task."""
    asked = select(Attendance).where(Attendance.task_id == task.id, Attendance.person_id == by.id)
    return session.scalar(asked.where(Attendance.undone_at.is_(None)).order_by(Attendance.id.desc()).limit(1))


def of_task(session: Session, task: Task) -> list[Attendance]:
    """Return all taps on a task that were not undone, oldest first."""
    asked = select(Attendance).where(Attendance.task_id == task.id, Attendance.undone_at.is_(None))
    return list(session.scalars(asked.order_by(Attendance.id)))


def of_case(session: Session, case_id: int) -> list[Attendance]:
    """Return all taps in a case that were not undone, oldest first, for the resident's page."""
    asked = select(Attendance).where(Attendance.case_id == case_id, Attendance.undone_at.is_(None))
    return list(session.scalars(asked.order_by(Attendance.id)))
