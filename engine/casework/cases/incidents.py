"""Incidents: failed steps that wait for somebody to read the reason, mend it and retry."""

from datetime import datetime

from sqlalchemy import ForeignKey, Select, String, Text, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import history
from engine.bpmn.execution import Act, act_to_json
from engine.casework.cases.rows import Case
from engine.company import permissions
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import NotFound, StepFailed
from engine.core.store import Base
from engine.history import NewEntry


class Incident(Base):
    """A step that failed: the intended act (`act`), the element, and the reason. None of it was carried out."""

    __tablename__ = "incidents"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    act: Mapped[str] = mapped_column(Text)
    element: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=1)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    solved_at: Mapped[datetime | None] = mapped_column(index=True)
    solved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


def open_for(session: Session, case: Case, act: Act, failure: StepFailed, by: Person | None) -> None:
    """Record that a step failed and stop the case there; the same act failing again is the same incident."""
    session.refresh(case)
    text = act_to_json(act)
    known = select(Incident).where(Incident.case_id == case.id, Incident.act == text, Incident.solved_at.is_(None))
    incident = session.scalar(known)
    if incident is None:
        incident = Incident(case_id=case.id, act=text, at=clock.now(), by_id=by.id if by else None, tries=0)
        session.add(incident)
    incident.tries += 1
    incident.element, incident.name = failure.element[:200], failure.name[:200]
    incident.zh, incident.en = failure.text("zh"), failure.text("en")
    case.status = "stopped"
    history.add(session, case, [NewEntry("step.failed", by.id if by else None, failure.element or None)])
    session.flush()


def solve(session: Session, case: Case, incident: Incident, by: Person) -> None:
    """Close an incident; a case without any other goes on."""
    incident.solved_at, incident.solved_by_id = clock.now(), by.id
    session.flush()
    if case.status == "stopped" and not any_open(session, case.id):
        case.status = "running"


def of_case(session: Session, case_id: int) -> list[Incident]:
    """Return the open incidents of a case, the oldest first."""
    waiting = select(Incident).where(Incident.case_id == case_id, Incident.solved_at.is_(None))
    return list(session.scalars(waiting.order_by(Incident.id)))


def any_open(session: Session, case_id: int) -> bool:
    """Return whether a case has an open incident."""
    waiting = exists().where(Incident.case_id == case_id, Incident.solved_at.is_(None))
    return bool(session.scalar(select(waiting)))


def seen(session: Session, person: Person, *, solved: bool = False) -> Select[Incident]:
    """Return the incidents that `person` may see, open or solved."""
    reach = permissions.reach(session, person, "incident.see")
    state = Incident.solved_at.is_not(None) if solved else Incident.solved_at.is_(None)
    mine = permissions.within(reach, Case.place_id)
    return select(Incident).join(Case, Case.id == Incident.case_id).where(state, mine)


def find(session: Session, person: Person, incident_id: int) -> Incident:
    """Return the incident, solved or not, if `person` may see it. Raises `NotFound` otherwise."""
    reach = permissions.reach(session, person, "incident.see")
    incident = session.scalar(
        select(Incident)
        .join(Case, Case.id == Incident.case_id)
        .where(Incident.id == incident_id, permissions.within(reach, Case.place_id))
    )
    if incident is None:
        raise NotFound()
    return incident
