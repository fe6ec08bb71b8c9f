"""Make a report by hand, count one again while it is prepared, correct one that was signed."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.company import calendars, permissions
from engine.company.people import Person
from engine.company.places import Place
from engine.core import clock
from engine.core.errors import Conflict, Invalid
from engine.reports import Report, contents, making, periods, queries
from engine.reports.contents import Counted
from engine.reports.periods import KINDS, Period
from web.reports.page import blueprint, offered
from web.shell import current, lists
from web.shell.form_input import texts
from web.shell.guard import rule
from web.shell.language import gettext as _
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
    """Count, then write the report and start its process."""
    typed, me = texts(("place", "period")), current.someone()
    try:
        place_id, period, counted = _asked(typed)
        report_id = current.attempt(lambda writing: _make(writing, me, place_id, period, counted))
    except (Invalid, Conflict) as wrong:
        fields = wrong.fields if isinstance(wrong, Invalid) else {"period": (wrong.text("zh"), wrong.text("en"))}
        return form(typed, fields), 422
    flash(_("报告已算好，等人编制。"))
    return redirect(url_for("reports.show", report_id=report_id), 303)


def _asked(typed: Mapping[str, str]) -> tuple[int, Period, Counted]:
    """The place and period that were chosen, counted before anything is locked. Raises `Invalid`, `NotFound`."""
    session, chosen = current.reading(), typed["place"]
    if not lists.is_id(chosen):
        raise Invalid({"place": ("请选择给谁出报告。", "Please choose what it is a report of.")})
    place = making.require_place(session, current.someone(), int(chosen))
    kind, _colon, since = typed["period"].partition(":")
    period = making.over(session, place, kind, since)
    return place.id, period, contents.count(session, place, period)


def _make(session: Session, by: Person, place_id: int, period: Period, counted: Counted) -> int:
    return making.make(session, making.require_place(session, by, place_id), period, counted, by=by).id


@blueprint.post("/<int:report_id>/count-again")
@rule("report.prepare")
def count_again(report_id: int) -> Response:
    """Count the figures again: complaints were put right meanwhile."""
    counted = _counted(report_id)
    current.attempt(
        lambda writing: making.count_again(writing, _found(writing, report_id), counted, by=current.someone())
    )
    flash(_("已重新计算。"))
    return redirect(url_for("reports.show", report_id=report_id), 303)


@blueprint.post("/<int:report_id>/correct")
@rule("report.prepare")
def correct(report_id: int) -> Response:
    """Make the next revision, with the reason; the signed one stays as it is."""
    reason = texts(("reason",))["reason"]
    counted = _counted(report_id)

    def write(writing: Session) -> int:
        return making.correct(writing, _found(writing, report_id), counted, reason, by=current.someone()).id

    try:
        made = current.attempt(write)
    except Invalid as wrong:
        flash(next(iter(wrong.fields.values()))[language() != "zh"], "error")
        return redirect(url_for("reports.show", report_id=report_id, _anchor="correct"), 303)
    flash(_("已算出新的一版，等人编制。原来的一版还能看。"))
    return redirect(url_for("reports.show", report_id=made), 303)


def _found(session: Session, report_id: int) -> Report:
    return queries.find(session, current.someone(), report_id)


def _counted(report_id: int) -> Counted:
    """What the report would say now, read before anything is locked. Raises `NotFound`, `NotPermitted`."""
    session = current.reading()
    found = _found(session, report_id)
    permissions.require(session, current.someone(), "report.prepare", found.place_id)
    return contents.count(session, session.get_one(Place, found.place_id), queries.period(found))
