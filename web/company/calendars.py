"""Working hours: of the company and of places with their own, special days, and a preview of a month."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.administration import hours, recording
from engine.company import calendars, organisation, places
from engine.company.calendars import KNOWN_UNTIL, WEEKDAYS, Calendar, WorkingTime
from engine.company.places import Place
from engine.core import clock
from engine.core.errors import BihuanError, NotFound
from web.company import calendar_year
from web.company.calendar_words import COMPANY, place_of, read_spans, title_of, weekdays
from web.shell import current
from web.shell.formats import zone
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("calendars", __name__, url_prefix="/calendars")


@blueprint.get("")
@rule("company.edit")
def index() -> str:
    """The places, and whose hours each of them uses."""
    session, me = current.reading(), current.someone()
    own = {each.place_id: each for each in session.scalars(select(Calendar))}
    tree = [each for each in organisation.tree(session, me) if each.kind in {"region", "community", "department"}]
    shown = [each for each in tree if each.kind != "department" or each.id in own]
    return render_template(
        "calendars/index.html",
        places=shown,
        titles=places.titles(session, shown),
        own=own,
        may_company=recording.may(session, me),
        known_until=KNOWN_UNTIL,
    )


@blueprint.get("/<where>")
@rule("company.edit")
def show(where: str) -> str:
    """One calendar."""
    return _page(where, None, {}, "")


def _page(where: str, week: dict[str, list[list[str]]] | None, typed: dict[str, str], wrong: str) -> str:
    session = current.reading()
    place = place_of(session, where)
    place_id = place.id if place else None
    own = hours.own(session, place_id)
    holds = calendars.nearest(session, place_id)
    working = calendars.of(session, place_id)
    first = month_of(request.args.get("month", ""))
    number = year_of(request.args.get("year", ""), first)
    differing = calendars.differing(session, holds) if holds else {}
    special = calendars.exceptions(session, own) if own else []
    return render_template(
        "calendars/show.html",
        where=where,
        place=place,
        title=title_of(session, place),
        own=own,
        above=places.names(session, [holds.place_id]).get(holds.place_id) if holds and holds.place_id else None,
        week=week if week is not None else calendars.shifts.joined(holds.hours if holds else calendars.USUAL),
        holidays=holds.public_holidays if holds else True,
        weekdays=weekdays(),
        exceptions=[each for each in special if each.day.year == number],
        special_years=sorted({each.day.year for each in special} - {number}),
        subscription=calendars.subscriptions.of(session, own) if own else None,
        subscribed=[each for each in differing.values() if each.day.year == number and not each.own] if own else [],
        departments=departments(session, place),
        month=list(weeks(first, working)),
        first=first,
        before=(first - timedelta(days=1)).strftime("%Y-%m"),
        after=(first + timedelta(days=31)).strftime("%Y-%m"),
        year=calendar_year.draw(working, number, differing, list(weekdays().values())),
        kinds=calendar_year.kinds(),
        known_until=KNOWN_UNTIL,
        typed=typed,
        wrong=wrong,
    )


def departments(session: Session, place: Place | None) -> list[tuple[Place, bool]]:
    """The departments directly below a place (None: the company), and whether each has hours of its own."""
    found = places.departments(session, (place or places.company(session)).id)
    asked = select(Calendar.place_id).where(Calendar.place_id.in_([each.id for each in found]))
    own = set(session.scalars(asked))
    return [(each, each.id in own) for each in found]


def year_of(text: str, month: date) -> int:
    """The requested year, else that of the month that is shown."""
    asked = int(text) if text.isdecimal() and len(text) == 4 else month.year
    return asked if 2000 <= asked <= 2100 else month.year


def month_of(text: str) -> date:
    """The first day of the requested month, else of this month."""
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        asked = clock.now().astimezone(zone()).date().replace(day=1)
    return asked if 2000 <= asked.year <= 2100 else date(KNOWN_UNTIL.year, 1, 1)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the preview: its hours in words, and why it differs from the week: holiday | make_up | own | ""."""

    date: date
    hours: str
    why: str


def weeks(first: date, working: WorkingTime) -> Iterator[list[Day | None]]:
    """The weeks of a month, Monday first; None for days of other months."""
    for week in calendar.Calendar().monthdatescalendar(first.year, first.month):
        yield [day_of(each, working) if each.month == first.month else None for each in week]


def day_of(day: date, working: WorkingTime) -> Day:
    """One day according to the calendar."""
    return Day(day, calendar_year.spans(working.on(day)), calendars.year.on(working, day, {}).why)


@blueprint.post("/<where>")
@rule("company.edit")
def change(where: str) -> Response | tuple[str, int]:
    """Set the weekly hours, or (`do=drop`) use those of the place above."""
    week = {day: read_spans(day) for day in WEEKDAYS}
    if (more := request.form.get("more")) in week:
        week[more].append(["", ""])
        return _page(where, week, {}, ""), 200
    try:
        with current.transaction() as session:
            place = place_of(session, where)
            if request.form.get("do") == "drop" and place is not None:
                hours.drop(session, current.someone(), place.id)
            else:
                hours.change(
                    session,
                    current.someone(),
                    place.id if place else None,
                    week,
                    public_holidays="holidays" in request.form,
                    zone=current.settings().timezone,
                )
    except NotFound:
        raise
    except BihuanError as refused:
        return _page(where, week, {}, refused.text(language())), 422
    flash(_("工作时间已保存，从现在起计算的时限都按它算。"))
    return redirect(url_for("calendars.show", where=where), 303)


@blueprint.post("/<where>/days")
@rule("company.edit")
def except_day(where: str) -> Response | tuple[str, int]:
    """Add a special day."""
    typed = {name: request.form.get(name, "").strip() for name in ("day", "name")}
    try:
        day = date.fromisoformat(typed["day"])
    except ValueError:
        return _page(where, None, typed, _("请选择日期。")), 422
    try:
        with current.transaction() as session:
            place = place_of(session, where)
            spans = [] if request.form.get("closed") else read_spans("day")
            hours.except_day(session, current.someone(), place.id if place else None, day, spans, typed["name"])
    except NotFound:
        raise
    except BihuanError as refused:
        return _page(where, None, typed, refused.text(language())), 422
    flash(_("已保存。"))
    return redirect(url_for("calendars.show", where=where, month=f"{day:%Y-%m}"), 303)


@blueprint.post("/days/<int:exception_id>/drop")
@rule("company.edit")
def drop_day(exception_id: int) -> Response:
    """Remove a special day."""
    with current.transaction() as session:
        place_id = hours.drop_day(session, current.someone(), exception_id)
    flash(_("这一天恢复平常。"))
    return redirect(url_for("calendars.show", where=place_id or COMPANY), 303)
