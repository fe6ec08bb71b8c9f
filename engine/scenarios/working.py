"""Doing a task in a scenario: found, claimed, its form filled in and checked, completed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import assignment, cases, tasks
from engine.casework.cases import Case
from engine.casework.tasks import Task, is_open
from engine.company import calendars, people
from engine.company.people import Person
from engine.core.errors import Conflict, Unclear
from engine.forms import Form
from engine.processes import versions
from engine.scenarios import moments
from engine.scenarios.choices import offered

NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Photo:
    """A file as a browser would send it."""

    filename: str = "photo.jpg"


def complete(session: Session, wanted: str, by: Person, given: Mapping[str, Any], case_id: int | None) -> None:
    """Complete the task with this id or name, of this case or of any.

    Raises `Conflict` when it does not wait or is not theirs, `Unclear` when its form refuses the answers.
    """
    waiting = list(session.scalars(select(Task).where(is_open()).order_by(Task.id)))
    named = [each for each in waiting if wanted in (each.element, each.name, each.name_en)]
    if case_id is not None:
        named = [each for each in named if each.case_id == case_id]
    if not named:
        raise _nothing(wanted, waiting)
    theirs = [each for each in named if tasks.may_do(session, by, each) and tasks.is_free_for(session, by, each)]
    if not theirs:
        raise Conflict(
            zh=f"“{named[0].name}”在等，但不归 {by.login} 办，它归 {whose(session, named[0])}。",
            en=f"“{named[0].name_en}” waits, but not for {by.login}: it is for {whose(session, named[0])}.",
        )
    case, task = session.get_one(Case, theirs[0].case_id), theirs[0]
    assignment.claim(session, task, by)
    steering, values = _answers(session, case, task, given)
    cases.complete(session, task, steering, by=by, values=values)


def whose(session: Session, task: Task) -> str:
    """Return whose a task is: its assignee's login, otherwise the group as the diagram names it."""
    if task.assignee_id is not None:
        return people.find(session, task.assignee_id).login
    return task.group or NOBODY


def _nothing(wanted: str, waiting: list[Task]) -> Conflict:
    zh = "、".join(f"{each.name}({each.element})" for each in waiting) or "什么都没有"
    en = ", ".join(f"{each.name_en} ({each.element})" for each in waiting) or "nothing"
    return Conflict(zh=f"这时没有“{wanted}”在等，在等的是：{zh}。", en=f"“{wanted}” does not wait; what waits: {en}.")


def _answers(
    session: Session, case: Case, task: Task, given: Mapping[str, Any]
) -> tuple[Mapping[str, object], Mapping[str, Any]]:
    """Return what a form makes of the answers. Raises `Unclear` as its page would refuse them."""
    if not task.form:
        return given, given
    form = versions.form(session, case.pin, task.process, task.form)
    if unknown := ", ".join(sorted(given.keys() - {each.key for each in form.every})):
        known = ", ".join(each.key for each in form.every if each.key)
        raise Unclear(zh=f"表单里没有 {unknown}；有 {known}。", en=f"The form has no {unknown}; there are {known}.")
    files = {key: [Photo()] for key in given if (asked := form.field(key)) and asked.kind == "filepicker"}
    typed = {key: _typed(session, case, form, key, value) for key, value in given.items() if key not in files}
    context = {**cases.variables(session, case), **task.local}
    checked = form.check(typed, files, context, offered(session, form))
    if checked.errors:
        zh = "；".join(f"{key}：{said[0]}" for key, said in checked.errors.items())
        en = "; ".join(f"{key}: {said[1]}" for key, said in checked.errors.items())
        raise Unclear(zh=f"表单不接受：{zh}", en=f"The form refuses it: {en}")
    return checked.steering, {key: _plain(value) for key, value in checked.values.items() if key not in files}


def _typed(session: Session, case: Case, form: Form, key: str, value: Any) -> Any:
    """Return an answer as a page sends it; "@+3 days" is a moment, in the time of the community."""
    if isinstance(value, list):
        return [str(each) for each in value]
    if isinstance(value, bool):
        return "true" if value else ""
    if not (isinstance(value, str) and value.startswith("@")):
        return value if isinstance(value, dict) else str(value)
    local = moments.of(session, case, value[1:]).astimezone(calendars.of(session, case.place_id).zone)
    asked = form.field(key)
    return local.date().isoformat() if asked and asked.kind == "date" else local.strftime("%Y-%m-%dT%H:%M")


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)
