"""Assigning tasks: claim, put back, assign, hand over, take over. Each act writes its own entry.

The caller holds the task's case (`cases.lock`), so that nothing happens to the task in between. Whoever gets a task
begins it anew: see `tasks/beginning.py` for what each act says of when it was claimed and begun.
"""

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.tasks import Task, beginning, is_free_for, may_do_if_given, require_doable
from engine.company import absences, people, permissions, places
from engine.company.people import Person
from engine.core.errors import Conflict, NotPermitted
from engine.history import NewEntry


def claim(session: Session, task: Task, by: Person) -> None:
    """Claim an unclaimed task.

    Raises `Conflict` when somebody else has it, `NotPermitted` when `by` may not do it.
    """
    require_doable(session, by, task)
    _require_open(task)
    if task.assignee_id == by.id:
        return
    before = (
        task.assignee_id if is_free_for(session, by, task) else None
    )  # a substitute claims the absent person's task in their own name
    taken = update(Task).where(Task.id == task.id, Task.assignee_id.is_not_distinct_from(before), Task.state == "open")
    if session.execute(taken.values(beginning.held(task.id, by.id))).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            zh="这个任务已被别人领取。需要时请主管改派。",
            en="Somebody else has taken this task. Ask the head to reassign it if need be.",
        )
    session.refresh(task)
    _record(session, task, "task.claimed", by, before)


def unclaim(session: Session, task: Task, by: Person, note: str | None = None) -> None:
    """Put a task back for the others. Allowed for its assignee, their substitute, and people who may assign tasks
    there."""
    _require_open(task)
    if task.assignee_id not in permissions.grants(session, by).ids():
        permissions.require(session, by, "task.assign", task.place_id)
    _give(session, task, "task.returned", None, by, note)


def assign(session: Session, task: Task, to: Person, by: Person, note: str | None = None) -> None:
    """Assign a task to somebody who may do it, or to their substitute while they are away.

    Raises `NotPermitted` when `by` may not assign, or they may not do it.
    """
    _require_open(task)
    permissions.require(session, by, "task.assign", task.place_id)
    _give(session, task, "task.assigned", _require_taker(session, task, to), by, note)


def hand_over(session: Session, task: Task, to: Person, by: Person, note: str | None = None) -> None:
    """Give one's own task to a colleague who may do it too. Raises `NotPermitted` when it is not one's own."""
    _require_open(task)
    if task.assignee_id not in permissions.grants(session, by).ids():
        raise NotPermitted(act_zh=f"转交“{task.name}”", act_en=f"hand over “{task.name_en}”")
    if to.id not in {each.id for each in people.candidates(session, task.place_id, task.role)}:
        raise _not_theirs(task, to)
    _give(session, task, "task.handed_over", _require_taker(session, task, to), by, note)


def take_over(session: Session, task: Task, by: Person, reason: str) -> None:
    """Take a task from its present assignee, for a reason."""
    _require_open(task)
    permissions.require(session, by, "task.take_over", task.place_id)
    if not may_do_if_given(session, by, task):
        raise NotPermitted(act_zh="接手这个任务", act_en="take over this task")
    _give(session, task, "task.taken_over", by, by, reason)


def step_in(session: Session, task: Task, by: Person) -> None:
    """Take a task to which `by` was called, whoever has it. The caller has checked that they were called.

    Raises `NotPermitted` when they are barred from it.
    """
    _require_open(task)
    if not may_do_if_given(session, by, task):
        raise NotPermitted(act_zh="接手这个任务", act_en="take over this task")
    _give(session, task, "task.taken_over", by, by, None)


def pass_on(session: Session, task: Task, to: Person | None, by: Person, note: str | None = None) -> bool:
    """Give a leaver's task to their successor; return whether the successor has it now.

    If the successor may not do it, it goes back to the department.
    """
    taker = None if to is None else _taker(session, task, to)
    kind = "task.handed_over" if taker is not None else "task.returned"
    _give(session, task, kind, taker, by, note, left=True)
    return taker is not None


def reassign_group(session: Session, task: Task, group: str) -> None:
    """Move an open task to another department or role; its assignee loses it. The caller records why."""
    _require_open(task)
    task.place_id, task.role = places.resolve(session, group, task.community_id)
    task.group = group
    beginning.give(task, None)
    session.flush()


def _give(
    session: Session, task: Task, kind: str, to: Person | None, by: Person, note: str | None, **more: object
) -> None:
    before = task.assignee_id
    beginning.give(task, to.id if to is not None else None)
    session.flush()
    if task.assignee_id != before or more:
        _record(session, task, kind, by, before, note, **more)


def _record(
    session: Session, task: Task, kind: str, by: Person, before: int | None, note: str | None = None, **more: object
) -> None:
    facts = {"task": task.id, "from": before, "to": task.assignee_id, **more}
    cases.record(session, task.case_id, NewEntry(kind, by.id, task.element, facts, note))


def _taker(session: Session, task: Task, to: Person) -> Person | None:
    """Return who gets a task meant for somebody: they, or their substitute; None when neither may do it."""
    substitute = absences.substitute_of(session, to.id)
    found = to if substitute is None else people.find(session, substitute)
    return found if may_do_if_given(session, found, task) else None


def _require_taker(session: Session, task: Task, to: Person) -> Person:
    found = _taker(session, task, to)
    if found is None:
        raise _not_theirs(task, to)
    return found


def _not_theirs(task: Task, to: Person) -> NotPermitted:
    return NotPermitted(act_zh=f"由 {to.name} 办理“{task.name}”", act_en=f"have {to.name} do “{task.name_en}”")


def _require_open(task: Task) -> None:
    if task.state != "open":
        raise Conflict(
            zh=f"“{task.name}”已经{'完成' if task.state == 'done' else '不在等待了'}。",
            en=f"“{task.name_en}” is {'done already' if task.state == 'done' else 'no longer waiting'}.",
        )
