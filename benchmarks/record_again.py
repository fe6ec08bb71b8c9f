"""The facts of complaints drawn at random, compared with what the record's entries tell of them."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.complaints.core.complaint import Complaint
from engine.complaints.facts import CaseFact
from engine.history import Entry

DIAGRAM = Path(__file__).parents[1] / "bpmn" / "complaint" / "complaint.bpmn"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
LISTED = re.compile(r'"(first_response|resolve|plan)"')
NEAR = timedelta(seconds=2)


@dataclass
class Told:
    """What the entries of one case tell."""

    outcome: str | None = None
    closed_at: datetime | None = None
    rounds: int = 1
    level: int = 0
    calls: int = 0
    returns: int = 0
    reassigned: int = 0
    met: dict[str, datetime] = field(default_factory=dict)


def meeting() -> dict[str, list[str]]:
    """The steps of the diagram that meet limits, and which: one, or each of a list."""
    found = {}
    for task in ElementTree.parse(DIAGRAM).iter():
        if task.get(f"{CAMUNDA}topic") == "meet_deadline":
            kind = next(each for each in task.iter(f"{CAMUNDA}inputParameter") if each.get("name") == "kind")
            lists = " ".join(each.get(f"{CAMUNDA}collection", "") for each in task.iter())
            found[task.get("id") or ""] = LISTED.findall(lists) or [kind.text or ""]
    return found


def compared(session: Session, cases: int, seed: int) -> Iterator[str]:
    """Yield what differs of each complaint, "" where nothing does."""
    every = session.scalars(select(Complaint.id).where(Complaint.case_id.is_not(None)).order_by(Complaint.id)).all()
    steps = meeting()
    for complaint_id in random.Random(seed).sample(every, min(cases, len(every))):
        complaint, fact = session.get_one(Complaint, complaint_id), session.get_one(CaseFact, complaint_id)
        entries = session.scalars(select(Entry).where(Entry.case_id == complaint.case_id).order_by(Entry.number))
        told = _told(entries.all(), steps)
        wrong = [each for each in _differences(fact, told) if each]
        yield f"{complaint.number}: {', '.join(wrong)}" if wrong else ""


def _told(entries: object, steps: dict[str, list[str]]) -> Told:
    told = Told()
    for entry in entries:  # type: ignore[attr-defined]
        facts = entry.facts if isinstance(entry.facts, dict) else json.loads(entry.facts)
        done = [element for what, element, *_ in facts.get("path", ()) if what == "c"]
        told.calls += done.count("call_resident")
        told.returns += done.count("redispatch")
        for element in done:
            for kind in steps.get(element, ()) if told.rounds == 1 else ():
                told.met.setdefault(kind, entry.at)
        if entry.kind == "complaint.reopened":
            told.rounds, told.level, told.calls = facts["round"], facts["level"], 0
        elif entry.kind == "complaint.closed":
            told.outcome, told.closed_at = facts["outcome"], entry.at
        elif entry.kind == "complaint.supervised":
            told.reassigned += facts["action"] == "reassign"
        elif entry.kind == "complaint.unmerged":
            told.outcome = told.closed_at = None
    return told


def _differences(fact: CaseFact, told: Told) -> Iterator[str]:
    for name in ("outcome", "rounds", "level", "returns", "reassigned"):
        if getattr(fact, name) != getattr(told, name):
            yield f"{name} {getattr(fact, name)}, told {getattr(told, name)}"
    if fact.callbacks != told.calls:
        yield f"callbacks {fact.callbacks}, told {told.calls}"
    if not _near(fact.closed_at, told.closed_at):
        yield f"closed {fact.closed_at}, told {told.closed_at}"
    first = fact.first_response_seconds
    answered = None if first is None else fact.received_at + timedelta(seconds=first)
    if not _near(answered, told.met.get("first_response")):
        yield f"first response {answered}, told {told.met.get('first_response')}"


def _near(one: datetime | None, other: datetime | None) -> bool:
    return one is other if one is None or other is None else abs(one - other) <= NEAR
