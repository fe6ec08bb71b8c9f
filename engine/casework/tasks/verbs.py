"""What is done to a task before it is finished: claim, put back, give, take over, move to another department."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.casework.tasks.eligibility import is_free_for, may_do_if_given, require_doable
from engine.casework.tasks.rows import Task
from engine.company import absences, people, permissions, places
from engine.company.people import Person
from engine.core.errors import Conflict, NotPermitted


def claim(session: Session, task: Task, by: Person) -> None:
    """Take an unclaimed task. Raises `Conflict` when somebody else has it, `NotPermitted` when it is not theirs."""
    require_doable(session, by, task)
    _require_open(task)
    if task.assignee_id == by.id:
        return
    before = task.assignee_id if is_free_for(session, by, task) else None  # that of somebody away becomes one's own
    taken = update(Task).where(Task.id == task.id, Task.assignee_id.is_not_distinct_from(before), Task.state == "open")
    if session.execute(taken.values(assignee_id=by.id)).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            zh="这个任务已被别人领取。需要时请主管改派。",
            en="Somebody else has taken this task. Ask the head to reassign it if need be.",
        )
    session.refresh(task)


def unclaim(session: Session, task: Task, by: Person) -> None:
    """Put a task back for the others. Only its assignee, their substitute, or who may assign tasks there."""
    _require_open(task)
    if task.assignee_id not in permissions.grants(session, by).ids():
        permissions.require(session, by, "task.assign", task.place_id)
    task.assignee_id = None
    session.flush()


def assign(session: Session, task: Task, to: Person, by: Person) -> None:
    """Give a task to somebody who may do it, while they are away to whoever stands in for them.

    Raises `NotPermitted` when `by` may not assign, or they may not do it.
    """
    _require_open(task)
    permissions.require(session, by, "task.assign", task.place_id)
    give(session, task, to)


def give(session: Session, task: Task, to: Person) -> None:
    """Write whose a task is now, as `assign` does; the caller has asked whether it may be given away."""
    found = taker(session, task, to)
    if found is None:
        raise NotPermitted(act_zh=f"由 {to.name} 办理“{task.name}”", act_en=f"have {to.name} do “{task.name_en}”")
    task.assignee_id = found.id
    session.flush()


def hand_over(session: Session, task: Task, to: Person, by: Person) -> None:
    """Give one's own task to a colleague whose work it is as well. Raises `NotPermitted` when it is not one's own."""
    _require_open(task)
    if task.assignee_id not in permissions.grants(session, by).ids():
        raise NotPermitted(act_zh=f"转交“{task.name}”", act_en=f"hand over “{task.name_en}”")
    if to.id not in {each.id for each in people.candidates(session, task.place_id, task.role)}:
        raise NotPermitted(act_zh=f"由 {to.name} 办理“{task.name}”", act_en=f"have {to.name} do “{task.name_en}”")
    give(session, task, to)


def taker(session: Session, task: Task, to: Person) -> Person | None:
    """Who gets a task that is meant for somebody: they, or their substitute; None when they may not do it."""
    substitute = absences.substitute_of(session, to.id)
    found = to if substitute is None else people.find(session, substitute)
    return found if may_do_if_given(session, found, task) else None


def take_over(session: Session, task: Task, by: Person) -> None:
    """Take a task from whoever has it; the caller writes the reason into the history."""
    _require_open(task)
    permissions.require(session, by, "task.take_over", task.place_id)
    if not may_do_if_given(session, by, task):
        raise NotPermitted(act_zh="接手这个任务", act_en="take over this task")
    task.assignee_id = by.id
    session.flush()


def reassign_group(session: Session, task: Task, group: str) -> None:
    """Move an open task to another department or role; whoever had it no longer has it."""
    _require_open(task)
    task.place_id, task.role = places.resolve(session, group, task.community_id)
    task.group, task.assignee_id = group, None
    session.flush()


def _require_open(task: Task) -> None:
    if task.state != "open":
        raise Conflict(
            zh=f"“{task.name}”已经{'完成' if task.state == 'done' else '不在等待了'}。",
            en=f"“{task.name_en}” is {'done already' if task.state == 'done' else 'no longer waiting'}.",
        )
