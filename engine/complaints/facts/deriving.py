"""Work out the facts of complaints from their rows, and write what is new in them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from engine.complaints.facts import parts, seconds
from engine.complaints.facts.material import CALLS, LIMITS, PAUSES, WORK, Material, read
from engine.complaints.facts.parts import Part
from engine.complaints.facts.rows import DAYS, CallbackFact, CaseFact, ChangedDay

GROUPED = ("community_id", "region_id", "category", "department", "urgency", "channel", "kind", "past", "building")
"""What is counted by; when it changes, so do the days of the answers."""

UNKNOWN: Part = {
    "paused_seconds": 0,
    "person_id": None,
    "supervised": False,
    "returns": 0,
    "reassigned": 0,
    **parts.NO_CALLBACKS,
}
"""What is true of a complaint that nobody has worked on."""

COLUMNS = tuple(each.key for each in CaseFact.__mapper__.column_attrs)


@dataclass(slots=True)
class Written:
    """What came of writing facts: the days to count anew, and the complaints that may have become second ones."""

    days: set[date] = field(default_factory=set)
    again: set[int] = field(default_factory=set)


def derive(session: Session, changed: Mapping[int, Collection[str]]) -> None:
    """Write the facts of these complaints anew, in the transaction that changed them; `changed`: what is new, by id.

    A second complaint changes the fact of the earlier one.
    """
    material = read(session, changed)
    written = Written()
    for complaint_id in material.complaints:
        before, fact = write(session, material, complaint_id, written)
        keys = [{name: each[name] for name in seconds.KEYS} for each in (before, fact) if each]
        if keys[0] != keys[-1] or not before:
            written.again.update(*(seconds.earlier(session, each) for each in keys))
    session.flush()
    note(session, written.days | seconds.settle(session, written.again))


def write(session: Session, material: Material, complaint_id: int, written: Written) -> tuple[Part, Part]:
    """Write what is new in the facts of one complaint; return its fact as it was and as it is."""
    row = material.facts.get(complaint_id)
    before = of_row(row)
    fact, callbacks = worked_out(material, complaint_id)
    if before.get("answered_day") is not None and any(before[name] != fact[name] for name in GROUPED):
        written.days |= _days_of_answers(session, complaint_id)
    written.days |= _write(session, row, before, fact)
    if callbacks is not None:
        written.days |= _write_callbacks(session, complaint_id, before, callbacks)
    if fact["closed_at"] is not None:
        written.again.add(complaint_id)
    return before, fact


def worked_out(material: Material, complaint_id: int) -> tuple[Part, list[Part] | None]:
    """Return the fact of a complaint, and its callbacks where its work was read."""
    complaint, zone, limits = material.complaints[complaint_id], material.zone, material.limits[complaint_id]
    known = of_row(material.facts.get(complaint_id)) or {**UNKNOWN, "again_home": False, "again_place": False}
    fact = {**known, "complaint_id": complaint_id}
    fact |= parts.of_case(complaint, material.places[complaint_id], zone)
    callbacks = None
    if complaint_id in material.new[LIMITS]:
        fact |= parts.of_limits(complaint, limits, zone)
    if complaint_id in material.new[PAUSES]:
        fact |= parts.of_pauses(complaint, material.pauses[complaint_id])
    if complaint_id in material.new[WORK]:
        told, done = parts.told(complaint, limits), material.done[complaint_id]
        fact |= parts.of_work(complaint, done, told)
        if complaint_id in material.new[CALLS]:
            callbacks = parts.callbacks(complaint, done, material.answers[complaint_id], told, zone)
            fact |= parts.of_callbacks(complaint, callbacks)
    if complaint.closed_at is None:
        fact |= {"again_home": False, "again_place": False}
    fact["loop_closed"] = parts.closes_loop(fact)
    return fact, callbacks


def of_row(fact: CaseFact | None) -> Part:
    """Return a fact's row by column, empty for none."""
    return {} if fact is None else {name: getattr(fact, name) for name in COLUMNS}


def _write(session: Session, row: CaseFact | None, before: Part, fact: Part) -> set[date]:
    """Write one fact; return the days that it counted on or counts on, none where nothing changed."""
    if fact == before:
        return set()
    if row is None:
        session.add(CaseFact(**fact))
    else:
        for name, value in fact.items():
            if before[name] != value:
                setattr(row, name, value)
    return {each[name] for each in (before, fact) for name in DAYS if each.get(name) is not None}


def _write_callbacks(session: Session, complaint_id: int, before: Part, callbacks: list[Part]) -> set[date]:
    if not callbacks and not before.get("callbacks") and before.get("answered_day") is None:
        return set()
    gone = session.scalars(
        delete(CallbackFact).where(CallbackFact.complaint_id == complaint_id).returning(CallbackFact.day)
    ).all()
    if callbacks:
        session.execute(insert(CallbackFact), callbacks)
    return {*gone, *(each["day"] for each in callbacks)}


def _days_of_answers(session: Session, complaint_id: int) -> set[date]:
    return set(session.scalars(select(CallbackFact.day).where(CallbackFact.complaint_id == complaint_id)))


FACTS = (CallbackFact, CaseFact)
"""The tables of facts; their rows go before those of the complaints."""


def forget(session: Session, ids: Collection[int]) -> None:
    """Drop the facts of complaints that are about to be deleted."""
    gone = session.scalars(select(CaseFact).where(CaseFact.complaint_id.in_(ids))).all()
    days = {day for each in gone for name in DAYS if (day := getattr(each, name)) is not None}
    days.update(*(_days_of_answers(session, each.complaint_id) for each in gone if each.answered_day is not None))
    for table in FACTS:
        session.execute(delete(table).where(table.complaint_id.in_(ids)))
    note(session, days)


def note(session: Session, days: Iterable[date]) -> None:
    """Note that the sums of these days are no longer true."""
    if rows := [{"day": day} for day in sorted(days)]:
        session.execute(insert(ChangedDay), rows)
