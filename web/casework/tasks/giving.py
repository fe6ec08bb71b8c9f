"""Who has a task: claim, put back, assign, take over; with a note for the next person."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.casework import assignment
from engine.casework.tasks import Task
from engine.company import people
from engine.company.people import Person
from engine.core.errors import Conflict, NotFound
from web.casework.tasks.page import blueprint, locked
from web.shell import current, form_input, guard
from web.shell.guard import rule
from web.shell.language import gettext as _


@blueprint.post("/<int:task_id>/claim")
@rule("task.work")
def claim(task_id: int) -> Response:
    """Claim the task."""
    _do(task_id, lambda session, task: assignment.claim(session, task, current.someone()))
    return back(task_id)


@blueprint.post("/<int:task_id>/unclaim")
@rule("task.work", "task.assign")
def unclaim(task_id: int) -> Response:
    """Put the task back, with a note for the next person if there is one."""
    words = form_input.note("handover") or None
    _do(task_id, lambda session, task: assignment.unclaim(session, task, current.someone(), words))
    flash(_("已放回，部门同事可以领取。"))
    return back(task_id)


@blueprint.post("/<int:task_id>/assign")
@rule("task.assign")
def assign(task_id: int) -> Response:
    """Assign the task to somebody, with a note if there is one."""
    chosen, words = request.form.get("person", ""), form_input.note("handover") or None

    def give(session: Session, task: Task) -> None:
        to = session.get(Person, int(chosen)) if chosen.isdecimal() and len(chosen) < 10 else None
        if to is None or to.id not in {each.id for each in people.candidates(session, task.place_id, task.role)}:
            raise NotFound()
        assignment.assign(session, task, to, current.someone(), words)

    _do(task_id, give)
    flash(_("已指派。"))
    return back(task_id)


@blueprint.post("/<int:task_id>/take-over")
@rule("task.take_over")
def take_over(task_id: int) -> Response:
    """Take over the task from its owner, with a reason."""
    reason = form_input.note("reason")
    if not reason:
        raise Conflict(zh="请写明接手的原因。", en="Please say why you take it over.")
    _do(task_id, lambda session, task: assignment.take_over(session, task, current.someone(), reason))
    flash(_("已接手。"))
    return back(task_id)


def _do(task_id: int, act: Callable[[Session, Task], object]) -> None:
    current.attempt(lambda session: act(session, locked(session, task_id)))


def back(task_id: int) -> Response:
    """To the page that held the form, else to the task."""
    target = guard.safe_target(request.form.get("back")) or url_for("tasks.show", task_id=task_id)
    return redirect(target, 303)
