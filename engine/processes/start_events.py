"""How the newest version of each process can begin: by whom, when, or by which message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, bindparam, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.bpmn import diagrams
from engine.bpmn.diagrams import Node
from engine.bpmn.execution import moments
from engine.company import calendars
from engine.core import clock
from engine.core.store import Base
from engine.feel import YearsMonths
from engine.processes.versions import Version

COMMUNITY, COMPANY = "community", "company"
"""For what a timer starts a case: each community, or the company once (`for_each` in the diagram)."""


class StartEvent(Base):
    """One start event of the newest version of a process.

    `kind`: "none" (a person begins), "timer", "message" or "signal", the latter two with the `name` that begins it.
    `started_by`: the groups that may begin, as tasks have them. Of a timer: its text and `for_each`; `due_at`, when it
    begins next; `left`, how often still (None: no end); `reached`, for which place it began last in a round that is not
    over yet. `last_at` and `last_started`: when it began, and how many cases.
    """

    __tablename__ = "start_events"
    __table_args__ = (Index("ix_start_events_kind_name", "kind", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    process: Mapped[str] = mapped_column(String(80), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    element: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120), default="")
    form: Mapped[str] = mapped_column(String(80), default="")
    started_by: Mapped[list[Any]] = mapped_column(default=list)
    expression: Mapped[str] = mapped_column(Text, default="")
    for_each: Mapped[str] = mapped_column(String(12), default="")
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    left: Mapped[int | None]
    reached: Mapped[int | None]
    last_at: Mapped[datetime | None]
    last_started: Mapped[int] = mapped_column(default=0)


_OF_PROCESS = select(StartEvent).where(StartEvent.process == bindparam("process")).order_by(StartEvent.id)


def of(session: Session, process: str) -> list[StartEvent]:
    """Return the start events of the newest version of a process."""
    return list(session.scalars(_OF_PROCESS, {"process": process}))


def plain(session: Session, process: str) -> StartEvent | None:
    """Return the start event by which people begin a process; None when nobody may."""
    return next((each for each in of(session, process) if each.kind == "none" and each.started_by), None)


def startable(session: Session) -> Sequence[tuple[StartEvent, Version]]:
    """Return every start event by which people begin, with its version, by process."""
    asked = select(StartEvent, Version).join(Version, Version.id == StartEvent.version_id)
    rows = session.execute(asked.where(StartEvent.kind == "none").order_by(StartEvent.process))
    return [(event, version) for event, version in rows if event.started_by]


def called(session: Session, kind: str, name: str) -> list[StartEvent]:
    """Return the start events that a message or signal of this name begins."""
    asked = select(StartEvent).where(StartEvent.kind == kind, StartEvent.name == name)
    return list(session.scalars(asked.order_by(StartEvent.id)))


def groups(text: str) -> list[str]:
    """Return the groups that a `started_by` names."""
    return [each.strip() for each in text.split(",") if each.strip()]


# --- following what is published


def follow(session: Session, version: Version, files: Mapping[str, bytes]) -> None:
    """Take over the start events of a version that was just published.

    A timer whose text is the same as before keeps its next moment: what else changes in a process moves it not.
    """
    before = {(each.element, each.expression, each.for_each): each for each in of(session, version.process)}
    fresh = [_row(session, version, node) for node in _begin(version.process, files)]
    for each in fresh:
        if each.kind == "timer" and (known := before.get((each.element, each.expression, each.for_each))):
            for name in ("due_at", "left", "reached", "last_at", "last_started"):
                setattr(each, name, getattr(known, name))
    session.execute(delete(StartEvent).where(StartEvent.process == version.process))
    session.add_all(fresh)
    session.flush()


def _begin(process: str, files: Mapping[str, bytes]) -> list[Node]:
    """Return the start events of a process itself, not those of its sub-processes."""
    drawn = (diagrams.read(text) for path, text in sorted(files.items()) if path.endswith(".bpmn"))
    return [node for each in drawn for node in each.inside(process) if node.kind == "startEvent"]


def _row(session: Session, version: Version, node: Node) -> StartEvent:
    zone = calendars.of(session, None).zone
    first = _first(node, clock.now(), zone) if node.event == "timer" else First(None, None)
    return StartEvent(
        process=version.process,
        version_id=version.id,
        element=node.id,
        kind=node.event or "none",
        name=node.ref if node.event in ("message", "signal") else "",
        form=node.form,
        started_by=groups(node.properties.get("started_by", "")),
        expression=node.timer,
        for_each=node.properties.get("for_each", COMMUNITY) if node.event == "timer" else "",
        due_at=first.due,
        left=first.left,
    )


# --- when a timer begins a case


@dataclass(frozen=True, slots=True)
class First:
    """When a timer begins first, and how often altogether (None: no end)."""

    due: datetime | None
    left: int | None


def _first(node: Node, now: datetime, zone: tzinfo) -> First:
    found = moments.said(node.timer, now, zone)
    if isinstance(found, moments.Cycle):
        start = found.start if found.start is not None else moments.add(now, found.every, lambda: zone)
        return First(moments.aware(start, lambda: zone), found.times)
    if isinstance(found, datetime | date):
        return First(moments.aware(found, lambda: zone), 1)
    return First(None, None)


def move_on(session: Session, event: StartEvent) -> None:
    """Set when a timer begins next, after a round of it. Missed rounds count as made: the next one lies ahead."""
    zone, now = calendars.of(session, None).zone, clock.now()
    found = moments.said(event.expression, now, zone)
    due, event.reached = event.due_at, None
    event.due_at = None
    if isinstance(found, moments.Cycle) and due is not None and found.moves:
        event.due_at, event.left = _next(due, found.every, event.left, now, zone)
    session.flush()


def _next(
    due: datetime, every: timedelta | YearsMonths, left: int | None, now: datetime, zone: tzinfo
) -> tuple[datetime | None, int | None]:
    following, passed = moments.after(due, every, now, lambda: zone)
    remaining = None if left is None else max(left - passed, 0)
    return (None if remaining == 0 else following), remaining
