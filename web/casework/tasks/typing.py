"""Drafts of tasks, saved on the server while typing: started on the phone, continued at the desk. And that work began."""

from flask import Response, flash, jsonify, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.casework import drafts
from engine.casework.drafts import Typed
from engine.casework.tasks import beginning
from web.casework.tasks.page import blueprint, find
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _

MOST_FIELDS = 1000


@blueprint.post("/<int:task_id>/draft")
@rule("task.work")
def keep(task_id: int) -> Response:
    """Save a draft. Takes {"typed": [[name, value, checked or null], …]}; returns when it was saved."""
    typed = _read(request.get_json())

    def work(session: Session) -> str | None:
        at = drafts.keep(session, current.someone(), find(session, task_id), typed)
        return at.isoformat() if at else None

    return jsonify(at=current.attempt(work))


def _read(sent: object) -> list[Typed]:
    """The submitted fields; others are ignored."""
    rows = sent.get("typed") if isinstance(sent, dict) else None
    found = []
    for row in rows[:MOST_FIELDS] if isinstance(rows, list) else ():
        if not isinstance(row, list) or len(row) != 3:
            continue
        name, value, ticked = row
        if isinstance(name, str) and isinstance(value, str) and (ticked is None or isinstance(ticked, bool)):
            found.append(Typed(name.replace("\0", ""), value.replace("\0", ""), ticked))
    return found


@blueprint.post("/<int:task_id>/draft/discard")
@rule("task.work")
def discard(task_id: int) -> AnyResponse:
    """Discard the draft and start again."""
    current.attempt(lambda session: drafts.discard(session, current.someone(), find(session, task_id).id))
    flash(_("草稿已丢弃。"))
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@blueprint.post("/<int:task_id>/begun")
@rule("task.work")
def begin(task_id: int) -> Response:
    """Note that the holder of the task has its page open: work on it begins. The page's script says so, once, since
    reading a page writes nothing; whoever else looks changes nothing.
    """
    current.attempt(lambda session: beginning.begin(session, find(session, task_id), current.someone().id))
    return Response(status=204)
