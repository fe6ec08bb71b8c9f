"""Ring an alarm: call people, again and further up. In the step that raises it, then by the schedule."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import letters
from engine.casework import cases
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company import people, places
from engine.company.people import Person
from engine.complaints.alarms import rows, whom
from engine.complaints.alarms.rows import Alarm, Call
from engine.complaints.alarms.whom import Stage
from engine.complaints.core import categories, links
from engine.complaints.core import complaint as complaints
from engine.complaints.limits import thresholds
from engine.core import clock
from engine.history import NewEntry

TEMPLATE = "alarm"
REPLACED = "已由后一次通知代替 / replaced by a later one"
_DUE = select(Alarm.id).where(Alarm.due_at <= bindparam("now")).order_by(Alarm.due_at, Alarm.id).limit(200)


def due(session: Session) -> list[int]:
    """Return the ids of the alarms that are due, the longest due first; those beyond 200 in the next pass."""
    return list(session.scalars(_DUE, {"now": clock.now()}))


def ring_due(session: Session, alarm_id: int) -> bool:
    """Ring one alarm unless it was answered, or rung by somebody else, meanwhile; return whether it rang."""
    case = cases.lock(session, session.get_one(Alarm, alarm_id).case_id)
    alarm = session.get_one(Alarm, alarm_id, populate_existing=True)
    if alarm.due_at is None or alarm.due_at > clock.now():
        return False
    ring(session, case, alarm)
    return True


def ring(session: Session, case: Case, alarm: Alarm) -> None:
    """Call everybody whom the alarm has reached so far, and those of the stage that it has come to now."""
    task, now = session.get_one(Task, alarm.task_id), clock.now()
    known = {each.person_id: each for each in _still_called(session, task, alarm)}
    before, wait = alarm.stage, waits(session)
    alarm.stage = max(alarm.stage, *(stage for stage in Stage if now - alarm.raised_at >= wait[stage]))
    fresh = _fresh(session, task, alarm, set(known))
    for each in known.values():
        each.last_at, each.times = now, each.times + 1
    session.add_all(
        Call(alarm_id=alarm.id, person_id=each.id, stage=stage, first_at=now, last_at=now) for each, stage in fresh
    )
    alarm.rings += 1
    alarm.due_at = _next(session, alarm, now)
    letters.withdraw(session, case.id, TEMPLATE, REPLACED)
    _write(session, case, alarm, [*known, *(each.id for each, _ in fresh)])
    if fresh or alarm.stage != before or alarm.rings == 1:
        facts = {"task": task.id, "stage": alarm.stage, "people": sorted(each.id for each, _ in fresh)}
        cases.record(session, case.id, NewEntry("alarm.raised", None, task.element, facts))
    session.flush()


def _still_called(session: Session, task: Task, alarm: Alarm) -> list[Call]:
    """Return the calls so far, without people who have been barred from the task or lost their role since."""
    barred, kept = whom.barred(session, task), list[Call]()
    for each in rows.calls(session, alarm):
        if each.person_id in barred or not whom.works_here(session, people.find(session, each.person_id), task):
            session.delete(each)
        else:
            kept.append(each)
    return kept


def _fresh(session: Session, task: Task, alarm: Alarm, known: set[int]) -> list[tuple[Person, Stage]]:
    """Return whom to call for the first time, each with the stage; where there is nobody, the next stage begins."""
    found: dict[int, tuple[Person, Stage]] = {}
    for stage in Stage:
        if stage > alarm.stage and (known or found):
            break
        alarm.stage = max(alarm.stage, stage)
        for each in whom.called(session, task, stage):
            if each.id not in known:
                found.setdefault(each.id, (each, stage))
    return list(found.values())


def waits(session: Session) -> dict[Stage, timedelta]:
    """Return after how long each stage begins."""
    known = thresholds.of(session)
    first, last = (timedelta(minutes=known[each]) for each in ("alarm_next", "alarm_above"))
    return {Stage.OWN: timedelta(), Stage.NEXT: first, Stage.ABOVE: max(first, last)}


def _next(session: Session, alarm: Alarm, now: datetime) -> datetime:
    """Return when it rings again: after the interval, or as soon as the next stage begins."""
    again = now + timedelta(minutes=thresholds.of(session)["alarm_repeat"])
    turns = (alarm.raised_at + length for stage, length in waits(session).items() if stage > alarm.stage)
    return min([again, *(each for each in turns if each > now)])


def _write(session: Session, case: Case, alarm: Alarm, person_ids: list[int]) -> None:
    """Put a letter to each of them into the outbox, and one to each browser in which they allowed it."""
    complaint = complaints.of(session, case)
    place, category = places.known(session)[complaint.community_id], categories.known(session).get(complaint.category)
    page = f"/alarms/{alarm.id}"
    said = {
        "number": complaint.number,
        "community": {"zh": place.name, "en": place.name_en or place.name},
        "category": {"zh": category.name, "en": category.name_en or category.name} if category else None,
        "link": links.page(page),
        "page": page,
    }
    for person_id in person_ids:
        key = f"alarm:{alarm.id}:{alarm.rings}:{person_id}"
        letters.put(session, key, TEMPLATE, ("person", person_id), said, case.id)
    for browser in letters.browsers.of(session, person_ids):
        key = f"alarm:{alarm.id}:{alarm.rings}:browser:{browser.id}"
        facts = {**said, "person": browser.person_id}
        letters.put(session, key, TEMPLATE, (letters.browsers.KIND, browser.id), facts, case.id)
