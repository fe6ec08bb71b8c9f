"""Doing a task in a scenario: found, claimed, its form filled in and checked, completed."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import assignment, cases, tasks
from engine.casework.cases import Case
from engine.casework.tasks import Task, is_open
from engine.company import calendars, people
from engine.company.people import Person
from engine.core.errors import Conflict
from engine.forms import Form
from engine.processes import versions
from engine.scenarios import moments
from engine.scenarios.filling import Here, fill_in

NOBODY = "nobody"

Answers = tuple[Mapping[str, object], Mapping[str, Any]]
"""The answers that become variables, and all of them."""


def complete(session: Session, wanted: str, by: Person, given: Mapping[str, Any], case_id: int | None) -> None:
    """Complete the task with this id or name, of this case or of any.

    Raises `Conflict` when it does not wait or is not theirs, `Unclear` when its form refuses the answers.
    """

    def is_theirs(task: Task) -> bool:
        return tasks.may_do(session, by, task) and tasks.is_free_for(session, by, task)

    task = find(session, wanted, case_id, by.login, is_theirs)
    case = session.get_one(Case, task.case_id)
    assignment.claim(session, task, by)
    steering, values = answers(session, case, task, given)
    cases.complete(session, task, steering, by=by, values=values)


def find(session: Session, wanted: str, case_id: int | None, who: str, is_theirs: Callable[[Task], bool]) -> Task:
    """Return the open task with this id or name that is for `who`. Raises `Conflict` when none waits or is theirs."""
    waiting = list(session.scalars(select(Task).where(is_open()).order_by(Task.id)))
    named = [each for each in waiting if wanted in (each.element, each.name, each.name_en)]
    if case_id is not None:
        named = [each for each in named if each.case_id == case_id]
    if not named:
        raise _nothing(wanted, waiting)
    theirs = next(filter(is_theirs, named), None)
    if theirs is None:
        raise Conflict(
            zh=f"“{named[0].name}”在等，但不归 {who} 办，它归 {whose(session, named[0])}。",
            en=f"“{named[0].name_en}” waits, but not for {who}: it is for {whose(session, named[0])}.",
        )
    return theirs


def whose(session: Session, task: Task) -> str:
    """Return whose a task is: its assignee's login, otherwise the group as the diagram names it."""
    if task.assignee_id is not None:
        return people.find(session, task.assignee_id).login
    return task.group or NOBODY


def _nothing(wanted: str, waiting: list[Task]) -> Conflict:
    zh = "、".join(f"{each.name}({each.element})" for each in waiting) or "什么都没有"
    en = ", ".join(f"{each.name_en} ({each.element})" for each in waiting) or "nothing"
    return Conflict(zh=f"这时没有“{wanted}”在等，在等的是：{zh}。", en=f"“{wanted}” does not wait; what waits: {en}.")


def answers(
    session: Session,
    case: Case,
    task: Task,
    given: Mapping[str, Any],
    shown: Callable[[Form], Form] = lambda form: form,
) -> Answers:
    """Return what a task's form makes of the answers; `shown`: what of it whoever answers is shown. Raises `Unclear`."""
    if not task.form:
        return given, given
    form = shown(versions.form(session, case.pin, task.process, task.form))
    known = {**cases.variables(session, case), **task.local}
    here = Here(calendars.of(session, case.place_id).zone, partial(moments.of, session, case), known)
    checked = fill_in(session, form, given, here)
    return checked.steering, {key: _plain(value) for key, value in checked.values.items() if key not in checked.files}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)
