"""What stands behind a signed report: the seal of the record that covers its signing, and whether it is still as signed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.history import Entry, Leaf, Seal
from engine.reports.following import digest
from engine.reports.rows import Report


@dataclass(frozen=True, slots=True)
class Sealed:
    """The seal that covers the signing: its number is the size of the record's log then, and when that was."""

    number: int
    at: datetime


def of(session: Session, report: Report) -> Sealed | None:
    """Return the seal of a report's signing; None before it was signed, and for some seconds after."""
    signing = _signing(session, report)
    if signing is None:
        return None
    leaf = select(Leaf.position).where(Leaf.case_id == signing.case_id, Leaf.number == signing.number)
    position = session.scalar(leaf)
    if position is None:
        return None
    seal = session.scalar(select(Seal).where(Seal.size > position).order_by(Seal.size).limit(1))
    return Sealed(seal.size, seal.at) if seal is not None else None


def is_as_signed(session: Session, report: Report) -> bool:
    """Return whether a signed report and its lists still have the hash that the record holds."""
    signing = _signing(session, report)
    return signing is not None and signing.facts.get("digest") == digest(session, report)


def _signing(session: Session, report: Report) -> Entry | None:
    asked = select(Entry).where(Entry.case_id == report.case_id, Entry.kind == "report.signed")
    return session.scalar(asked.order_by(Entry.number.desc()).limit(1)) if report.case_id is not None else None
