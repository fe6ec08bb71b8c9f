"""Which processes residents may start from the public page: the company opens and closes them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import history
from engine.company import permissions, places
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Conflict
from engine.core.store import Base
from engine.history import NewEntry
from engine.processes import start_events
from engine.processes.start_events import StartEvent
from engine.processes.versions import Version

ACT = "company.edit"


class OpenedProcess(Base):
    """A process that residents may start. Its diagram has to name them too (`started_by`)."""

    __tablename__ = "opened_processes"

    process: Mapped[str] = mapped_column(String(80), primary_key=True)
    opened_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


def openable(session: Session) -> list[tuple[StartEvent, Version]]:
    """Return the processes whose diagrams let residents start them."""
    return [(event, version) for event, version in start_events.startable(session) if is_for_residents(event)]


def is_for_residents(event: StartEvent) -> bool:
    """Return whether the diagram lets residents start it."""
    return places.RESIDENT in event.started_by


def opened(session: Session) -> list[tuple[StartEvent, Version]]:
    """Return the processes that residents may start now."""
    open_now = codes(session)
    return [(event, version) for event, version in openable(session) if event.process in open_now]


def codes(session: Session) -> frozenset[str]:
    """Return the processes that the company has opened."""
    return frozenset(session.scalars(select(OpenedProcess.process)))


def is_open(session: Session, process: str) -> bool:
    """Return whether residents may start this process now."""
    event = start_events.plain(session, process)
    return event is not None and is_for_residents(event) and session.get(OpenedProcess, process) is not None


def switch(session: Session, process: str, *, on: bool, by: Person) -> None:
    """Open a process to residents, or close it; what they have started goes on.

    Raises `Conflict` when the diagram does not let residents start it, `NotPermitted`.
    """
    permissions.require(session, by, ACT, places.company(session).id)
    event = start_events.plain(session, process)
    if on and (event is None or not is_for_residents(event)):
        raise Conflict(
            zh="流程图没有写明业主可以发起（开始事件的属性 started_by）。请先改流程图。",
            en="The diagram does not let residents start it (property started_by of its start event). Change it first.",
        )
    if on == (session.get(OpenedProcess, process) is not None):
        return
    if on:
        session.add(OpenedProcess(process=process, opened_at=clock.now(), by_id=by.id))
    else:
        session.execute(delete(OpenedProcess).where(OpenedProcess.process == process))
    kind = "process.opened" if on else "process.closed"
    history.add(session, history.company(session), [NewEntry(kind, by.id, None, {"process": process})])
    session.flush()
