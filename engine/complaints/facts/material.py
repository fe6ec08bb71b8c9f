"""What facts are worked out from: the rows of complaints, read for many at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from engine.casework.tasks import Answer, Task
from engine.company.calendars.rows import Calendar
from engine.company.places import Place as PlaceRow
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.facts.parts import Done, Place
from engine.complaints.facts.rows import CaseFact
from engine.complaints.homes.households import Household
from engine.complaints.limits import deadlines
from engine.complaints.limits.deadlines import Deadline, Pause

NEW, LIMITS, PAUSES, WORK, CALLS = "new", "limits", "pauses", "work", "calls"
"""What can be new of a complaint, beside its row: all of it; limits; pauses; tasks; callbacks, which are tasks, too."""

ALL = (LIMITS, PAUSES, WORK, CALLS)

USUAL_ZONE = "Asia/Shanghai"


@dataclass(slots=True)
class Material:
    """Rows by complaint. `facts`: those known so far; `new`: what was read, by kind: the ids of whose."""

    zone: tzinfo
    complaints: dict[int, Complaint] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    facts: dict[int, CaseFact] = field(default_factory=dict)
    limits: dict[int, list[Deadline]] = field(default_factory=lambda: defaultdict(list))
    pauses: dict[int, list[Pause]] = field(default_factory=lambda: defaultdict(list))
    done: dict[int, list[Done]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[int, list[Feedback]] = field(default_factory=lambda: defaultdict(list))
    new: dict[str, list[int]] = field(default_factory=dict)


def read(session: Session, changed: Mapping[int, Collection[str]]) -> Material:
    """Return the rows of these complaints; `changed`: what is new of each. One to six statements.

    Only what is new is read, and all of a complaint whose fact is missing; what a step has read is not read again.
    """
    ids = sorted(changed)
    found = Material(ZoneInfo(USUAL_ZONE))
    complaints: dict[int, Any] = {each: session.identity_map.get(identity_key(Complaint, each)) for each in ids}
    if None in complaints.values():
        complaints |= {each.id: each for each in session.scalars(_COMPLAINTS, {"ids": ids})}
    for complaint_id, fact, building, region_id, zone in session.execute(_FACTS, {"ids": ids}):
        found.zone = ZoneInfo(zone or USUAL_ZONE)
        found.complaints[complaint_id] = complaints[complaint_id]
        found.places[complaint_id] = Place(building or "", region_id)
        if fact is not None:
            found.facts[complaint_id] = fact
    _read_parts(session, found, changed)
    return found


def _read_parts(session: Session, found: Material, changed: Mapping[int, Collection[str]]) -> None:
    for kind in ALL:
        found.new[kind] = [
            each
            for each in found.complaints
            if kind in changed[each] or (each not in found.facts and (NEW not in changed[each] or kind == LIMITS))
        ]
    _read_limits(session, found)
    if found.new[PAUSES]:
        for pause in session.scalars(_PAUSES, {"ids": found.new[PAUSES]}):
            found.pauses[pause.complaint_id].append(pause)
    if worked := sorted({*found.new[WORK], *found.new[CALLS]}):
        found.new[WORK] = worked
        _read_work(session, found, worked)
    if found.new[CALLS]:
        for answer in session.scalars(_ANSWERS, {"ids": found.new[CALLS]}):
            found.answers[answer.complaint_id].append(answer)


def _read_limits(session: Session, found: Material) -> None:
    """Read limits where they are new, or tell who had to keep them."""
    ids = found.new[LIMITS] = sorted({*found.new[LIMITS], *found.new[WORK], *found.new[CALLS]})
    if len(ids) == 1 and found.complaints[ids[0]].round == 1:  # all of its limits; a step has often read them
        found.limits[ids[0]] = deadlines.present(session, found.complaints[ids[0]])
    elif ids:
        for limit in session.scalars(_LIMITS, {"ids": ids}):
            found.limits[limit.complaint_id].append(limit)


def _read_work(session: Session, found: Material, ids: Sequence[int]) -> None:
    values: dict[int, Done] = {}
    for complaint_id, task, said in session.execute(_WORK, {"ids": ids}):
        if task.id not in values:
            values[task.id] = Done(task, {})
            found.done[complaint_id].append(values[task.id])
        values[task.id].values.update(said or {})


_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_COMPLAINTS = select(Complaint).where(Complaint.id.in_(_ids))
_FACTS = (
    select(
        Complaint.id,
        CaseFact,
        Household.building,
        PlaceRow.region_id,
        select(Calendar.zone).where(Calendar.place_id.is_(None)).limit(1).scalar_subquery(),
    )
    .outerjoin(CaseFact, CaseFact.complaint_id == Complaint.id)
    .outerjoin(Household, Household.id == Complaint.household_id)
    .outerjoin(PlaceRow, PlaceRow.id == Complaint.community_id)
    .where(Complaint.id.in_(_ids))
)
_LIMITS = select(Deadline).where(Deadline.complaint_id.in_(_ids)).order_by(Deadline.id)
_PAUSES = select(Pause).where(Pause.complaint_id.in_(_ids)).order_by(Pause.begun_at)
_WORK = (
    select(Complaint.id, Task, Answer.values)
    .join(Task, Task.case_id == Complaint.case_id)
    .outerjoin(Answer, Answer.task_id == Task.id)
    .where(Complaint.id.in_(_ids))
    .order_by(Task.id, Answer.id)
)
_ANSWERS = select(Feedback).where(Feedback.complaint_id.in_(_ids)).order_by(Feedback.at, Feedback.id)
