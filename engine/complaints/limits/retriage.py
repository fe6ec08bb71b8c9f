"""Redo the triage of a complaint with a corrected kind or category, while the desk has not confirmed it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.cases import Case
from engine.complaints.core.categories import Category
from engine.complaints.core.complaint import Complaint
from engine.complaints.limits import deadlines, retime
from engine.complaints.limits.durations import length_of
from engine.processes import versions

DECIDED = ("urgency", "department")


def judge(session: Session, complaint: Complaint, steering: Mapping[str, object]) -> dict[str, object]:
    """Evaluate the table `triage` with `steering` corrected, and apply it at once to the limits that run from receipt.

    Danger stays until a person rules it out: one wrong word must not call off an emergency. Does nothing for a process
    without such a table.
    """
    case = session.get_one(Case, complaint.case_id)
    category = session.get(Category, str(steering["category"]))
    in_danger = complaint.danger or (category is not None and category.danger)
    urgency = "critical" if in_danger else complaint.urgency if complaint.danger_doubt else None
    known = {**cases.variables(session, case), **steering, "danger": in_danger, "urgency": urgency}
    if not {"triage", "limits"} <= versions.tables(session, case.pin).keys():
        return {"danger": in_danger}
    found = versions.decide(session, case.pin, "triage", known).value
    decided = {name: found[name] for name in DECIDED if name in found} if isinstance(found, Mapping) else {}
    limits = _restart(session, case, complaint, {**known, **decided})
    return {"danger": in_danger, **decided, "limits": limits}


def _restart(session: Session, case: Case, complaint: Complaint, known: Mapping[str, object]) -> list[Any]:
    """Start the limits that run from receipt anew; return every limit as the table has it."""
    decided = versions.decide(session, case.pin, "limits", known).value
    rows = decided if isinstance(decided, list) else []
    for row in rows:
        if row.get("start") == "receipt":
            deadlines.start(
                session,
                complaint,
                str(row["kind"]),
                length_of(row.get("limit")),
                clock_kind=str(row.get("clock") or "natural"),
                latest=length_of(row.get("latest")),
                since=complaint.received_at,
            )
    retime.follow(session, case)
    return rows
