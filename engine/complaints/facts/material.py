"""What facts are worked out from: the rows of complaints, read for many at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from engine.casework.tasks import Answer, Task
from engine.company.calendars.calendar import Calendar
from engine.company.places import Place as PlaceRow
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.facts.parts import Done, Place
from engine.complaints.facts.rows import CaseFact
from engine.complaints.homes.households import Household
from engine.complaints.limits import deadlines
from engine.complaints.limits.deadlines import Deadline, Pause

NEW, WORK, PAUSES = "new", "work", "pauses"
"""What can be new of a complaint, beside its row and its limits: all of it, its tasks and answers, its pauses."""

ALL = (WORK, PAUSES)

USUAL_ZONE = "Asia/Shanghai"


@dataclass(slots=True)
class Material:
    """Rows by complaint. `facts`: those known so far; `paused`, `worked`: whose pauses and work were read."""

    zone: tzinfo
    complaints: dict[int, Complaint] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    facts: dict[int, CaseFact] = field(default_factory=dict)
    limits: dict[int, list[Deadline]] = field(default_factory=lambda: defaultdict(list))
    pauses: dict[int, list[Pause]] = field(default_factory=lambda: defaultdict(list))
    done: dict[int, list[Done]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[int, list[Feedback]] = field(default_factory=lambda: defaultdict(list))
    paused: frozenset[int] = frozenset()
    worked: frozenset[int] = frozenset()


def read(session: Session, changed: Mapping[int, Collection[str]]) -> Material:
    """Return the rows of these complaints; `changed`: what is new of each. One to five statements.

    Work and pauses are read where they changed, and for a complaint whose fact is missing. A step that has read the
    limits of a complaint's only round has read all of them.
    """
    ids = sorted(changed)
    found = Material(ZoneInfo(USUAL_ZONE))
    for complaint, fact, building, region_id, zone in session.execute(_COMPLAINTS, {"ids": ids}):
        found.zone = ZoneInfo(zone or USUAL_ZONE)
        found.complaints[complaint.id], found.places[complaint.id] = complaint, Place(building or "", region_id)
        if fact is not None:
            found.facts[complaint.id] = fact
    if len(ids) == 1 and all(each.round == 1 for each in found.complaints.values()):
        found.limits.update({each.id: deadlines.present(session, each) for each in found.complaints.values()})
    else:
        for limit in session.scalars(_LIMITS, {"ids": ids}):
            found.limits[limit.complaint_id].append(limit)
    missing = {each for each in ids if each not in found.facts and NEW not in changed[each]}
    if paused := [each for each in ids if each in missing or PAUSES in changed[each]]:
        found.paused = frozenset(paused)
        for pause in session.scalars(_PAUSES, {"ids": paused}):
            found.pauses[pause.complaint_id].append(pause)
    if worked := [each for each in ids if each in missing or WORK in changed[each]]:
        found.worked = frozenset(worked)
        _read_work(session, found, worked)
    return found


def _read_work(session: Session, found: Material, ids: Sequence[int]) -> None:
    values: dict[int, Done] = {}
    for complaint_id, task, said in session.execute(_WORK, {"ids": ids}):
        if task.id not in values:
            values[task.id] = Done(task, {})
            found.done[complaint_id].append(values[task.id])
        values[task.id].values.update(said or {})
    for answer in session.scalars(_ANSWERS, {"ids": ids}):
        found.answers[answer.complaint_id].append(answer)


_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_COMPLAINTS = (
    select(
        Complaint,
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
