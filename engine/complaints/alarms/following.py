"""What follows for alarms when a case moves on and when somebody sets out: raised, answered, over."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import letters
from engine.bpmn.execution import Outcome
from engine.casework import attendance, cases
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.complaints.alarms import ringing, rows
from engine.complaints.alarms.ringing import TEMPLATE
from engine.complaints.alarms.rows import Alarm
from engine.complaints.core import complaint as complaints
from engine.complaints.core import meaning
from engine.core import clock
from engine.history import NewEntry

GOING = "已有人去 / somebody is going already"
OVER = "险情已解除 / it is over"
THERE = ("on_way", "on_site")
LIMIT = "resolve"
"""The limit of the task once somebody is there."""


def after_step(session: Session, case: Case, outcome: Outcome) -> None:
    """Raise an alarm for each task of making safe that has opened, and end those whose task is gone.

    Sends no statement in a step that touches no such task.
    """
    elements = meaning.elements(session, case)
    touched = {
        each.key: each.what for each in outcome.happened if meaning.makes_safe(elements.get(each.element))
    }  # fmt: skip
    if not touched:
        return
    waiting = {task.key for task in outcome.tasks}
    found = select(Task).where(Task.case_id == case.id, Task.key.in_(touched)).order_by(Task.id)
    for task in session.scalars(found).all():
        alarm = rows.of_task(session, task.id)
        if alarm is None and task.key in waiting:
            _raise(session, case, task)
        elif alarm is not None and task.key not in waiting:
            _end(session, case, alarm, done=touched[task.key] == "completed")


def after_move(session: Session, case: Case) -> None:
    """Let alarms follow a case into another version, in which other steps may be those of making safe."""
    elements = meaning.elements(session, case)
    opened = session.scalars(select(Task).where(Task.case_id == case.id, Task.state == "open").order_by(Task.id)).all()
    unsafe = {task.id for task in opened if meaning.makes_safe(elements.get(task.element))}
    running = session.scalars(select(Alarm).where(Alarm.case_id == case.id, Alarm.ended_at.is_(None))).all()
    for alarm in running:
        if alarm.task_id not in unsafe:
            _end(session, case, alarm, done=False)
    for task in opened:
        if task.id in unsafe and rows.of_task(session, task.id) is None:
            _raise(session, case, task)


def _raise(session: Session, case: Case, task: Task) -> None:
    now = clock.now()
    alarm = Alarm(case_id=case.id, task_id=task.id, raised_at=now, arrive_by=task.due_at, due_at=now, stage=0, rings=0)
    session.add(alarm)
    session.flush()
    ringing.ring(session, case, alarm)


def _end(session: Session, case: Case, alarm: Alarm, *, done: bool) -> None:
    if alarm.ended_at is not None:
        return
    alarm.ended_at, alarm.done, alarm.due_at = clock.now(), done, None
    letters.withdraw(session, case.id, TEMPLATE, OVER)
    session.flush()


def after_attendance(session: Session, case: Case, task: Task) -> None:
    """Note who is going first, and until when the task is due then; ring again when that was taken back."""
    alarm = rows.of_task(session, task.id)
    if alarm is None or alarm.ended_at is not None:
        return
    taps = attendance.of_task(session, task)
    first = next((each for each in taps if each.kind in THERE), None)
    was_going = alarm.going_id is not None
    alarm.going_id, alarm.going_at = (first.person_id, first.at) if first else (None, None)
    if first is None:
        alarm.due_at = clock.now()
    else:
        alarm.due_at = None
        letters.withdraw(session, case.id, TEMPLATE, GOING)
    _move_due(session, case, task, alarm, arrived=any(each.kind == "on_site" for each in taps))
    if first is not None and not was_going:
        facts = {"task": task.id, "seconds": int((first.at - alarm.raised_at).total_seconds())}
        cases.record(session, case.id, NewEntry("alarm.answered", first.person_id, task.element, facts))
    session.flush()


def _move_due(session: Session, case: Case, task: Task, alarm: Alarm, *, arrived: bool) -> None:
    """Let the task be due at its time of arrival until somebody has arrived, and with the limit from then on."""
    own = meaning.elements(session, case)[task.element].properties.get("deadline")
    task.deadline = own or (LIMIT if arrived else None)
    task.due_at = complaints.of(session, case).due_at(task.deadline) if task.deadline else alarm.arrive_by
