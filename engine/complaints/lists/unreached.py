"""Residents whom a letter about a decision did not reach: the desk tells them by telephone."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.company.people import Person
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.core import clock
from engine.history import NewEntry
from engine.letters import Letter
from engine.letters.rows import UNREACHED
from engine.letters.texts import decisions

ACT = "complaint.register"
LATELY = timedelta(days=30)
MOST = 100


@dataclass(frozen=True, slots=True)
class Unreached:
    """A complaint, and the letters that did not reach its resident, the newest first."""

    complaint: Complaint
    letters: list[Letter]


def of(session: Session, person: Person) -> list[Unreached]:
    """Return the residents to call at this person's places, those of the newest letters first."""
    rows = session.execute(_asked(session, person).order_by(Letter.id.desc()).limit(MOST)).all()
    found: dict[int, Unreached] = {}
    for row in rows:
        found.setdefault(row.Complaint.id, Unreached(row.Complaint, [])).letters.append(row.Letter)
    return list(found.values())


def count(session: Session, person: Person) -> int:
    """Return how many residents there are to call; counts letters up to a hundred."""
    lately = _asked(session, person).with_only_columns(Letter.to_ref).distinct().limit(MOST)
    return session.scalar(select(func.count()).select_from(lately.subquery())) or 0


def tell(session: Session, complaint_id: int, by: Person) -> None:
    """Note that somebody told the resident what the letters say. Raises `NotFound`, `NotPermitted`."""
    complaint = access.find(session, by, complaint_id, ACT)
    theirs = (*_missed(), Letter.to_ref == complaint.id)
    told = session.scalars(update(Letter).where(*theirs).values(told_at=clock.now()).returning(Letter.id)).all()
    if told and complaint.case_id is not None:
        cases.record(session, complaint.case_id, NewEntry("letters.told", by.id, facts={"letters": sorted(told)}))


def _asked(session: Session, person: Person) -> Select[Letter, Complaint]:
    asked = select(Letter, Complaint).join(Complaint, Complaint.id == Letter.to_ref)
    decided = (Letter.created_at > clock.now() - LATELY, Letter.template.in_(decisions()))
    return asked.where(*_missed(), *decided, access.within(session, person, ACT))


def _missed() -> tuple[ColumnElement[bool], ...]:
    return (
        Letter.state.in_(UNREACHED),
        Letter.to_kind == "complaint",
        Letter.told_at.is_(None),
    )
