"""Complaints of February with their facts, written directly: what reports of these tests count."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engine.company.places import Place
from engine.complaints.core.complaint import Complaint
from engine.complaints.facts import CaseFact
from engine.core.store import table_of

FEBRUARY = date(2026, 2, 1)
USUAL: dict[str, Any] = {
    "building": "3号楼",
    "kind": "complaint",
    "category": "1004",
    "department": "engineering",
    "urgency": "normal",
    "channel": "phone",
    "past": False,
    "level": 1,
    "rounds": 1,
    "outcome": "solved",
    "received_hour": 21,
    "first_response_seconds": 3600,
    "resolve_seconds": 90_000,
    "open_seconds": 172_800,
    "paused_seconds": 0,
    "due_kept": True,
    "loop_closed": True,
    "again_home": False,
    "again_place": False,
    "supervised": False,
    "dispatched": True,
    "returns": 0,
    "reassigned": 0,
    "owes_callback": True,
    "callbacks": 1,
    "reached": True,
    "last_outcome": "solved",
    "last_score": 5,
}


def add(session: Session, place: Place, number: int, **changed: Any) -> int:
    """Write one complaint of February and its facts, as usual but for what is `changed`; return its id."""
    day = changed.pop("day", FEBRUARY + timedelta(days=number % 27))
    at = datetime.combine(day, time(13), UTC)
    said = {"channel": "phone", "kind": "complaint", "category": "1004", "text": "电梯又停了"}
    # Past the session, which would work the facts out from rows that are not here.
    complaint_id: int = session.execute(
        insert(table_of(Complaint)).returning(Complaint.id),
        {"number": f"{place.code}-2602-{number:05}", "secret_hash": f"{place.id}-{number}", "community_id": place.id,
         "status": "closed", "outcome": "solved", "level": 1, "received_at": at, **said},
    ).scalar_one()  # fmt: skip
    days = dict.fromkeys(("closed_day", "due_day", "loop_day", "answered_day"), day)
    facts = {**USUAL, **days, "received_day": day, "received_at": at, "closed_at": at + timedelta(hours=2), **changed}
    where = {"complaint_id": complaint_id, "community_id": place.id, "region_id": place.region_id}
    session.execute(insert(table_of(CaseFact)), {**facts, **where})
    return complaint_id


def fill(session: Session, place: Place, count: int = 40, late: int = 10) -> None:
    """Write `count` complaints, of which `late` were answered and resolved late."""
    for number in range(count):
        slow = {"first_response_seconds": 100_000, "due_kept": False, "loop_closed": False} if number < late else {}
        add(session, place, number, **slow)
