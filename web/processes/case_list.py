"""The list of cases of every process, with filters and an export."""

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import requests
from engine.casework.cases import lists as case_lists
from engine.casework.cases.lists import Filters
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.complaints.lists import case_export, columns
from engine.improvement import Improvement, queries
from engine.processes.versions import Version
from engine.requests import Request
from engine.warnings import EarlyWarning
from engine.warnings import queries as warning_queries
from web.shared import codes_in_words
from web.shared.case_diagrams import blueprint
from web.shared.reachable_places import communities
from web.shell import current, lists
from web.shell.formats import zone
from web.shell.guard import rule
from web.shell.language import language
from web.shell.lists import is_day, midnight, number

blueprint.context_processor(codes_in_words.context)
ACT = "incident.see"


def read_wish(session: Session) -> lists.Wish:
    """What the address asks for."""
    filters: dict[str, Any] = {
        "process": list(names_of_processes(session)),
        "status": list(case_lists.STATES),
        "community": lists.is_id,
        "since": is_day,
        "until": is_day,
    }
    return lists.read(["started"], filters, "-started")


def filters_of(wish: lists.Wish) -> Filters:
    """The same in the engine's form."""
    asked = wish.filters
    return Filters(
        number=wish.search,
        process=asked["process"],
        status=asked["status"],
        community_id=number(asked["community"]),
        since=midnight(asked["since"]),
        until=midnight(asked["until"], after=True),
        oldest_first=not wish.descending,
    )


def names_of_processes(session: Session) -> dict[str, str]:
    """Names of the published processes, from their newest version."""
    asked = select(Version.process, Version.name, Version.name_en).order_by(Version.process, Version.number)
    return {
        row.process: (row.name_en if language() == "en" else row.name) or row.process for row in session.execute(asked)
    }


@blueprint.get("")
@rule(ACT)
def index() -> str:
    """The cases within reach, the newest first."""
    reading, me = current.reading(), current.someone()
    wish = read_wish(reading)
    asked = filters_of(wish)
    cases = case_export.fitting(reading, me, asked)
    found = case_lists.cut(reading, cases, asked, page=wish.number, size=lists.SIZE)
    ids = [row.id for row in found.rows]
    seen = select(Complaint.case_id, Complaint.id).where(Complaint.case_id.in_(ids), access.within(reading, me))
    steered = select(Improvement.case_id, Improvement.id).where(
        Improvement.case_id.in_(ids), queries.within(reading, me)
    )
    asked_for = select(Request.case_id, Request.id).where(Request.case_id.in_(ids), requests.access.within(reading, me))
    warned = select(EarlyWarning.case_id, EarlyWarning.id).where(
        EarlyWarning.case_id.in_(ids), warning_queries.within(reading, me)
    )
    return render_template(
        "cases/index.html",
        found=lists.Page(found.rows, found.total, found.page, lists.SIZE, wish, case_lists.MOST),
        wish=wish,
        processes=names_of_processes(reading),
        states=case_lists.STATES,
        complaints={row[0]: row[1] for row in reading.execute(seen)},
        improvements={row[0]: row[1] for row in reading.execute(steered)} if current.may("improvement.see") else {},
        requests={row[0]: row[1] for row in reading.execute(asked_for)} if current.may("request.see") else {},
        warnings={row[0]: row[1] for row in reading.execute(warned)} if current.may("warning.see") else {},
        names=columns.names(reading, (), language(), zone()),
        communities=communities(reading, me, ACT),
        query=request.query_string.decode(),
    )


@blueprint.post("/export")
@rule(ACT)
def export() -> Response:
    """Start an export of the whole list and redirect to the page of its job."""
    me, wish = current.someone(), read_wish(current.reading())
    form = request.form.get("format", "")
    asked = filters_of(wish)
    job = current.attempt(lambda writing: case_export.ask(writing, me, asked, form, language()).id)
    return redirect(url_for("jobs.show", job_id=job), 303)
