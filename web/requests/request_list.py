"""The list of requests: search, filters, sorting, paging, export in the background."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.casework.tasks import Task
from engine.company import places
from engine.core.settings import secret
from engine.requests import access, exporting
from engine.requests import lists as request_lists
from engine.requests.lists import STATES, Filters
from engine.requests.rows import ORIGINS
from web.requests.page import blueprint, named_processes
from web.shared.reachable_places import communities
from web.shell import current, lists
from web.shell.formats import name_of
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language
from web.shell.lists import is_day, midnight, number


def read_wish(session: Session) -> lists.Wish:
    """What the address asks for."""
    filters: dict[str, Any] = {
        "process": list(named_processes(session)),
        "state": list(STATES),
        "community": lists.is_id,
        "mine": ("yes",),
        "since": is_day,
        "until": is_day,
    }
    return lists.read(list(request_lists.COLUMNS), filters, "-started")


def filters_of(wish: lists.Wish) -> Filters:
    """The same in the engine's form."""
    asked = wish.filters
    return Filters(
        words=wish.search,
        process=asked["process"],
        state=asked["state"],
        community_id=number(asked["community"]),
        since=midnight(asked["since"]),
        until=midnight(asked["until"], after=True),
        mine=asked["mine"] == "yes",
        sort=wish.sort,
        descending=wish.descending,
    )


@blueprint.get("")
@rule(access.SEE)
def index() -> str:
    """The requests within reach, the newest first."""
    reading, me = current.reading(), current.someone()
    wish, key = read_wish(reading), secret(current.settings(), "links")
    found = request_lists.page(reading, me, filters_of(wish), key, number=wish.number, size=lists.SIZE)
    return render_template(
        "requests/index.html",
        found=lists.Page(found.rows, found.total, found.page, lists.SIZE, wish, request_lists.MOST),
        wish=wish,
        processes=named_processes(reading),
        states=STATES,
        origins=ORIGINS,
        steps=steps(reading, found.rows),
        results={row.id: request_lists.result_of(reading, row, language()) for row in found.rows},
        places=places.known(reading),
        communities=communities(reading, me, access.SEE),
        query=request.query_string.decode(),
    )


def steps(session: Session, rows: Sequence[Any]) -> dict[int, str]:
    """The open steps of the requests shown, by case, in words (one statement)."""
    ids = [row.case_id for row in rows if row.ended_at is None]
    asked = select(Task.case_id, Task.name, Task.name_en).where(Task.case_id.in_(ids), Task.state == "open")
    found: dict[int, list[str]] = {}
    for row in session.execute(asked.order_by(Task.id)) if ids else ():
        found.setdefault(row.case_id, []).append(name_of(row))
    return {case_id: _("、").join(dict.fromkeys(names)) for case_id, names in found.items()}


@blueprint.post("/export")
@rule(access.EXPORT)
def export() -> Response:
    """Start an export of the whole list and redirect to the page of its job."""
    me, wish = current.someone(), read_wish(current.reading())
    form, asked = request.form.get("format", ""), filters_of(wish)
    job = current.attempt(lambda writing: exporting.ask(writing, me, asked, form, language()).id)
    return redirect(url_for("jobs.show", job_id=job), 303)
