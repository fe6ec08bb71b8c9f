"""On my way, on site, left: one tap each, which can be undone for a minute."""

from flask import flash, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.casework import attendance
from web.casework.tasks.giving import back
from web.casework.tasks.page import blueprint, locked
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _


@blueprint.post("/<int:task_id>/going/<step>")
@rule("task.work")
def go(task_id: int, step: str) -> Response:
    """Record departure (`on_way`), arrival (`on_site`) or leaving (`left`)."""

    def tap(session: Session) -> None:
        attendance.note(session, locked(session, task_id), step, current.someone())

    current.attempt(tap)
    said = {"on_way": _("已记下：出发了，业主能看到。"), "on_site": _("已记下：已到场，业主能看到。")}
    undo = url_for("tasks.stay", task_id=task_id)
    flash({"text": said.get(step, _("已记下：已离开。")), "undo": undo})  # type: ignore[arg-type]
    return back(task_id)


@blueprint.post("/<int:task_id>/going/undo")
@rule("task.work")
def stay(task_id: int) -> Response:
    """Undo the last tap."""
    current.attempt(lambda session: attendance.undo(session, locked(session, task_id), current.someone()))
    flash(_("已撤销。"))
    return back(task_id)
