"""Saved views of the inbox: filters under a name, each person's own."""

from urllib.parse import parse_qsl, urlencode

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.company import saved_filters
from engine.core.errors import Invalid
from web.casework.inbox.page import PAGE, blueprint
from web.shell import current, form_input
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

KEPT = ("q", "whose", "due", "community", "category", "urgency", "step", "department", "sort")


@blueprint.post("/views")
@rule("task.work")
def save() -> Response:
    """Save the filters of the list under a name."""
    query = _clean(form_input.text("query"))
    try:
        name = current.attempt(
            lambda session: saved_filters.save(session, current.someone(), PAGE, form_input.text("name"), query).name
        )
    except Invalid as wrong:
        flash(" ".join(said[0 if language() == "zh" else 1] for said in wrong.fields.values()), "error")
    else:
        flash(_("已存为常用筛选“{name}”。", name=name))
    return redirect(_list(query), 303)


@blueprint.post("/views/<int:view_id>")
@rule("task.work")
def change(view_id: int) -> Response:
    """Rename or delete a view."""
    me = current.someone()
    if request.form.get("act") == "delete":
        gone = current.attempt(lambda session: saved_filters.delete(session, me, view_id).name)
        flash(_("已删除常用筛选“{name}”。", name=gone))
    else:
        try:
            name = current.attempt(
                lambda session: saved_filters.rename(session, me, view_id, form_input.text("name")).name
            )
        except Invalid as wrong:
            flash(" ".join(said[0 if language() == "zh" else 1] for said in wrong.fields.values()), "error")
        else:
            flash(_("已改名为“{name}”。", name=name))
    return redirect(url_for("inbox.index"), 303)


def _clean(query: str) -> str:
    """Only parameters that the list knows: nothing else may get into an address that is opened repeatedly."""
    return urlencode([(name, value) for name, value in parse_qsl(query) if name in KEPT])[:1000]


def _list(query: str) -> str:
    return url_for("inbox.index") + (f"?{query}" if query else "")
