"""Facts follow every change of the rows that they come from, at the end of the transaction that made it.

The session tells what it has written, so that no writer can forget to say so. Work on tasks is written past the session:
`note_work` says what came of it. Bulk writers call `derive` themselves.
"""

from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, UOWTransaction

from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.facts.deriving import derive
from engine.complaints.facts.material import ALL, CALLS, LIMITS, NEW, PAUSES, WORK
from engine.complaints.homes.households import Household
from engine.complaints.limits.deadlines import Deadline, Pause

OF_ROW = (
    "community_id", "household_id", "kind", "category", "department", "urgency", "channel", "past", "level", "outcome",
    "received_at", "planned_cost", "actual_cost", "lead",
)  # fmt: skip
"""Columns of a complaint that its fact follows from."""

OF_END = ("closed_at", "round")
"""Those from which everything has to be worked out anew."""

CHANGED = "changed complaints"
"""The key in `Session.info`: what is new, by complaint. It outlives a savepoint that is taken back, which does no harm."""

HOMES = "changed homes"
"""Likewise: the homes that are of another building now."""


def note_work(session: Session, complaint_id: int) -> None:
    """Note that something was done, or has to be, that figures count: a callback, a return, supervision."""
    _note(session, complaint_id, CALLS)


def _note(session: Session, complaint_id: int, *what: str) -> None:
    session.info.setdefault(CHANGED, {}).setdefault(complaint_id, set()).update(what)


@event.listens_for(Session, "after_flush")
def _look(session: Session, _: UOWTransaction) -> None:
    for row in session.new:
        if isinstance(row, Complaint):
            _note(session, row.id, NEW)
        else:
            _look_at(session, row)
    for row in (*session.dirty, *session.deleted):
        _look_at(session, row)


def _look_at(session: Session, row: object) -> None:
    if isinstance(row, Complaint):
        if _has_changed(row, OF_END):
            _note(session, row.id, *ALL)
        elif _has_changed(row, OF_ROW):
            _note(session, row.id)
    elif isinstance(row, Deadline):
        told = row.kind == "resolve" and _has_changed(row, ("met_at", "ended_at"))
        _note(session, row.complaint_id, LIMITS, *([WORK] if told else []))
    elif isinstance(row, Pause):
        _note(session, row.complaint_id, PAUSES)
    elif isinstance(row, Feedback):
        _note(session, row.complaint_id, CALLS)
    elif isinstance(row, Household) and _has_changed(row, ("building",)):
        session.info.setdefault(HOMES, set()).add(row.id)


def _has_changed(row: Any, names: tuple[str, ...]) -> bool:
    attributes = inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in names)


@event.listens_for(Session, "before_commit")
def _derive(session: Session) -> None:
    if session.in_nested_transaction():  # the savepoint of one step; others may follow
        return
    session.flush()
    if homes := session.info.pop(HOMES, None):
        for complaint_id in session.scalars(select(Complaint.id).where(Complaint.household_id.in_(homes))):
            _note(session, complaint_id)
    if changed := session.info.pop(CHANGED, None):
        derive(session, changed)
