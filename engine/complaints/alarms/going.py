"""I am going: the answer to an alarm, by anybody whom it called or whose task it is."""

from sqlalchemy.orm import Session

from engine.casework import assignment, attendance, cases, tasks
from engine.casework.tasks import Task
from engine.company import people
from engine.company.people import Person
from engine.complaints.alarms import rows, whom
from engine.complaints.alarms.rows import Alarm
from engine.core import clock
from engine.core.errors import Conflict, NotFound


def find(session: Session, alarm_id: int, person: Person) -> Alarm:
    """Return the alarm, if it called this person or its task is theirs. Raises `NotFound` otherwise."""
    alarm = session.get(Alarm, alarm_id)
    if alarm is None:
        raise NotFound()
    task = session.get_one(Task, alarm.task_id)
    is_called = any(each.person_id == person.id for each in rows.calls(session, alarm)) and whom.works_here(
        session, person, task
    )
    if tasks.is_barred(session, task, person.id) or not (is_called or tasks.may_do(session, person, task)):
        raise NotFound()
    return alarm


def go(session: Session, alarm_id: int, by: Person) -> Task:
    """Record that `by` is going, and give them the task unless it is theirs already; return it.

    Raises `NotFound` when they were not called, `Conflict` when somebody else is going already or it is over.
    """
    found = find(session, alarm_id, by)
    cases.lock(session, found.case_id)
    alarm = session.get_one(Alarm, alarm_id, populate_existing=True)
    task = session.get_one(Task, alarm.task_id, populate_existing=True)
    if alarm.ended_at is not None:
        raise Conflict(zh="这起险情已经处置完，不用去了。", en="This emergency is over; nobody has to go any more.")
    if alarm.going_id not in (None, by.id):
        first = people.find(session, alarm.going_id or 0)
        raise Conflict(
            zh=f"{first.name} 已经在去的路上。需要帮手时请直接打电话。",
            en=f"{first.name_en or first.name} is on the way already. Telephone if help is needed.",
        )
    if not (tasks.is_free_for(session, by, task) and tasks.may_do(session, by, task)):
        assignment.step_in(session, task, by)
    attendance.note(session, task, "on_way", by)
    return task


def see(session: Session, alarm_id: int, by: Person) -> None:
    """Note that a page which `by` has open shows the alarm. Raises `NotFound` when they were not called."""
    alarm = find(session, alarm_id, by)
    for each in rows.calls(session, alarm):
        if each.person_id == by.id and each.seen_at is None:
            each.seen_at = clock.now()
    session.flush()
