"""Saved views of a list: filters under a name, each person's own."""

from collections.abc import Collection
from urllib.parse import parse_qsl, urlencode

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.company import saved_filters
from engine.core.errors import Invalid
from web.shell import current, form_input
from web.shell.language import gettext as _
from web.shell.language import language

COMPLAINTS = "complaints"
"""The name under which views of the list of complaints are saved; improvements can start from them."""


def save(page: str, endpoint: str, kept: Collection[str]) -> Response:
    """Save the filters of the list at `endpoint` under a name. `kept`: the parameters that it knows."""
    query = _clean(form_input.text("query"), kept)
    try:
        name = current.attempt(
            lambda session: saved_filters.save(session, current.someone(), page, form_input.text("name"), query).name
        )
    except Invalid as wrong:
        flash(" ".join(said[0 if language() == "zh" else 1] for said in wrong.fields.values()), "error")
    else:
        flash(_("已存为常用筛选“{name}”。", name=name))
    return redirect(url_for(endpoint) + (f"?{query}" if query else ""), 303)


def change(view_id: int, endpoint: str) -> Response:
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
    return redirect(url_for(endpoint), 303)


def _clean(query: str, kept: Collection[str]) -> str:
    """Only parameters that the list knows: nothing else may get into an address that is opened repeatedly."""
    return urlencode([(name, value) for name, value in parse_qsl(query) if name in kept])[:1000]
