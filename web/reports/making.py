"""Make a report by hand, count one again while it is prepared, correct one that was signed."""

from collections.abc import Callable, Mapping

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.company import calendars
from engine.core import clock
from engine.core.errors import Conflict, Invalid
from engine.jobs import Job
from engine.reports import Report, periods, queries, requested
from engine.reports.periods import KINDS
from web.reports.page import blueprint, offered
from web.shell import current, lists
from web.shell.form_input import texts
from web.shell.guard import rule
from web.shell.language import language

OFFERED: Mapping[str, int] = {"month": 12, "quarter": 4, "week": 8}
"""How many of the last periods of a kind can be chosen."""

Errors = Mapping[str, tuple[str, str]]


@blueprint.get("/new")
@rule("report.prepare")
def new() -> str:
    """The form: of which place and period."""
    return form({}, {})


def form(typed: Mapping[str, str], errors: Errors) -> str:
    """The form as typed, and what is wrong with it."""
    session = current.reading()
    return render_template(
        "reports/new.html",
        offered=offered(session, "report.prepare"),
        periods=choices(session),
        typed=typed,
        errors=errors,
    )


def choices(session: Session) -> list[tuple[str, list[tuple[str, str]]]]:
    """The last periods of each kind, under the kind's name."""
    today = clock.now().astimezone(calendars.of(session, None).zone).date()
    found = []
    for kind, many in OFFERED.items():
        each, rows = periods.last(kind, today), list[tuple[str, str]]()
        for _number in range(many):
            rows.append((f"{kind}:{each.since.isoformat()}", each.said(language())))
            each = each.before()
        found.append((KINDS[kind][language() != "zh"], rows))
    return found


@blueprint.post("/new")
@rule("report.prepare")
def add() -> Response | tuple[str, int]:
    """Have the report counted; the job's page leads to it."""
    typed = texts(("place", "period"))
    try:
        return _to_job(lambda writing: _ask(writing, typed))
    except (Invalid, Conflict) as wrong:
        fields = wrong.fields if isinstance(wrong, Invalid) else {"period": (wrong.text("zh"), wrong.text("en"))}
        return form(typed, fields), 422


def _ask(session: Session, typed: Mapping[str, str]) -> Job:
    if not lists.is_id(typed["place"]):
        raise Invalid({"place": ("请选择给谁出报告。", "Please choose what it is a report of.")})
    kind, _colon, since = typed["period"].partition(":")
    return requested.ask_new(session, current.someone(), int(typed["place"]), kind, since)


@blueprint.post("/<int:report_id>/count-again")
@rule("report.prepare")
def count_again(report_id: int) -> Response:
    """Have the figures counted again: complaints were put right meanwhile."""
    return _to_job(lambda writing: requested.ask_again(writing, current.someone(), _found(writing, report_id)))


@blueprint.post("/<int:report_id>/correct")
@rule("report.prepare")
def correct(report_id: int) -> Response:
    """Have the next revision counted, with the reason; the signed one stays as it is."""
    me, reason = current.someone(), texts(("reason",))["reason"]
    try:
        return _to_job(lambda writing: requested.ask_correction(writing, me, _found(writing, report_id), reason))
    except Invalid as wrong:
        flash(next(iter(wrong.fields.values()))[language() != "zh"], "error")
        return redirect(url_for("reports.show", report_id=report_id, _anchor="correct"), 303)


def _found(session: Session, report_id: int) -> Report:
    return queries.find(session, current.someone(), report_id)


def _to_job(ask: Callable[[Session], Job]) -> Response:
    """Lead to the page of the job, which leads to the report."""
    job_id = current.attempt(lambda writing: ask(writing).id)
    return redirect(url_for("jobs.show", job_id=job_id), 303)
