"""What pages show of alarms: those that call the reader, and how the alarm of a complaint stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task
from engine.company.people import Person
from engine.complaints.alarms.rows import Alarm, Call
from engine.complaints.core.complaint import Complaint
from engine.core import master_data
from engine.letters import Letter


@dataclass(frozen=True, slots=True)
class Ringing:
    """An alarm that nobody has answered yet, as the banner shows it. `called`: the people whom it calls."""

    id: int
    task_id: int
    number: str
    category: str
    community_id: int
    place: str
    raised_at: datetime
    arrive_by: datetime | None
    called: frozenset[int]


_RINGING: Select[*tuple[Any, ...]] = (
    select(
        Alarm.id, Alarm.task_id, Complaint.number, Complaint.category, Complaint.community_id, Complaint.place_text,
        Alarm.raised_at, Alarm.arrive_by, Call.person_id,
    )
    .join(Complaint, Complaint.case_id == Alarm.case_id)
    .join(Call, Call.alarm_id == Alarm.id)
    .where(Alarm.ended_at.is_(None), Alarm.going_id.is_(None))
    .order_by(Alarm.raised_at, Alarm.id)
)  # fmt: skip


def ringing(session: Session, person_id: int) -> list[Ringing]:
    """Return the alarms that call this person, the oldest first. No statement while nothing was raised or answered."""
    every: tuple[Ringing, ...] = master_data.kept(session, "alarms", lambda: _read(session))
    return [each for each in every if person_id in each.called]


def _read(session: Session) -> tuple[Ringing, ...]:
    rows = session.execute(_RINGING).all()
    called: dict[int, set[int]] = {}
    for row in rows:
        called.setdefault(row.id, set()).add(row.person_id)
    first = {row.id: row for row in reversed(rows)}
    return tuple(_ringing(first[each], frozenset(ids)) for each, ids in called.items())


def _ringing(row: Row[*tuple[Any, ...]], called: frozenset[int]) -> Ringing:
    return Ringing(
        row.id,
        row.task_id,
        row.number,
        row.category,
        row.community_id,
        row.place_text,
        row.raised_at,
        row.arrive_by,
        called,
    )


@dataclass(frozen=True, slots=True)
class Reached:
    """A person whom an alarm called: how, and what came of it. `letters`: the newest to them, one for each way."""

    call: Call
    person: Person
    letters: Sequence[Letter]


@dataclass(frozen=True, slots=True)
class Standing:
    """How an alarm stands: whom it called, the first called first, those without a number last; who is going."""

    alarm: Alarm
    task: Task
    reached: Sequence[Reached]
    going: Person | None


_OF_CASE = select(Alarm, Task).join(Task, Task.id == Alarm.task_id).where(Alarm.case_id == bindparam("case"))
_CALLED = (
    select(Call, Person)
    .join(Person, Person.id == Call.person_id)
    .where(Call.alarm_id == bindparam("alarm"))
    .order_by(Call.stage, Person.phone == "", Call.id)
)
_LETTERS = select(Letter).where(Letter.case_id == bindparam("case"), Letter.key.startswith(bindparam("key")))


def standing(session: Session, case_id: int | None) -> Standing | None:
    """Return how the newest alarm of a case stands, or None when there was none."""
    found = session.execute(_OF_CASE.order_by(Alarm.id.desc()).limit(1), {"case": case_id}).one_or_none()
    if found is None:
        return None
    alarm, task = found
    sent = _sent(session, alarm)
    reached = [
        Reached(call, person, sent.get(person.id, ()))
        for call, person in session.execute(_CALLED, {"alarm": alarm.id})
    ]  # fmt: skip
    going = session.get(Person, alarm.going_id) if alarm.going_id is not None else None
    return Standing(alarm, task, reached, going)


def _sent(session: Session, alarm: Alarm) -> Mapping[int, Sequence[Letter]]:
    """Return the letters of the last time it rang, by person."""
    found: dict[int, list[Letter]] = {}
    given = {"case": alarm.case_id, "key": f"alarm:{alarm.id}:{alarm.rings}:"}
    for letter in session.scalars(_LETTERS.order_by(Letter.id), given):
        person_id = letter.to_ref if letter.to_kind == "person" else letter.facts.get("person")
        found.setdefault(int(person_id or 0), []).append(letter)
    return found


_AT_PLACE = (
    select(Complaint)
    .join(Alarm, Alarm.case_id == Complaint.case_id)
    .where(Complaint.community_id == bindparam("community"), Alarm.ended_at.is_(None))
    .order_by(Alarm.raised_at, Alarm.id)
    .limit(200)
)


def emergencies(session: Session, community_id: int) -> list[Complaint]:
    """Return the complaints of a community that somebody is called or going for, the oldest 200 first."""
    return list(session.scalars(_AT_PLACE, {"community": community_id}))
