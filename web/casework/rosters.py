"""The roster of a department or place: the week as a table; people with permission add, remove and swap shifts."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.company import absences, people, places, rosters
from engine.company.people import Holding, Person
from engine.company.places import Place
from engine.company.rosters import Turn
from engine.core import clock
from engine.core.errors import Invalid, NotFound
from web.shell import current, form_input
from web.shell.formats import zone
from web.shell.guard import SIGNED_IN, rule
from web.shell.language import gettext as _

blueprint = Blueprint("rosters", __name__, url_prefix="/rosters")
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the displayed week, with its shifts."""

    day: date
    turns: list[Turn]
    is_today: bool


def weekdays() -> list[str]:
    """The names of the weekdays, Monday first."""
    return [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")]


@blueprint.get("")
@rule(SIGNED_IN)
def index() -> Response | str:
    """One's own shifts, and the places whose rosters one may see."""
    session, me = current.reading(), current.someone()
    first = _monday()
    offices = rosters.offices(session, me)
    mine = rosters.turns_of(session, me, first, first + WEEK * 2 - timedelta(days=1))
    places_of = places.names(session, [each.shift.place_id for each in mine])
    titles = places.titles(session, [*offices, *places_of.values()])
    return render_template(
        "rosters/index.html", offices=offices, titles=titles, mine=_by_day(mine, first, 14), weekdays=weekdays()
    )


def _monday() -> date:
    """The Monday of the week in the address, else of this week."""
    today = clock.now().astimezone(zone()).date()
    try:
        asked = date.fromisoformat(request.args.get("week", "") or request.form.get("week", ""))
    except ValueError:
        asked = today
    if abs((asked - today).days) > 3650:
        asked = today
    return asked - timedelta(days=asked.weekday())


def _by_day(turns: list[Turn], first: date, days: int) -> list[Day]:
    today = clock.now().astimezone(zone()).date()
    every = [first + timedelta(days=number) for number in range(days)]
    return [Day(day, [each for each in turns if each.day == day], day == today) for day in every]


@blueprint.get("/<int:place_id>")
@rule(SIGNED_IN)
def show(place_id: int) -> str:
    """The week of one place."""
    return _page(place_id, {}, {})


def _page(place_id: int, wanted: dict[str, str], errors: dict[str, tuple[str, str]]) -> str:
    session, me, first = current.reading(), current.someone(), _monday()
    place = rosters.find(session, me, place_id)
    found = rosters.turns(session, place, first, first + WEEK - timedelta(days=1))
    staff = _staff(session, place)
    named = people.names(session, [each.person_id for each in found if each.person_id] + [each.id for each in staff])
    return render_template(
        "rosters/show.html",
        place=place,
        title=places.titles(session, [place])[place.id],
        days=_by_day(found, first, 7),
        people=named,
        away=absences.upcoming(session, list(named)) if named else [],
        staff=staff,
        roles=_roles(session, place),
        may_edit=rosters.may_edit(session, me, place),
        week=first,
        before=first - WEEK,
        after=first + WEEK,
        weekdays=weekdays(),
        typed=wanted,
        chosen=request.form.getlist("weekdays"),
        errors=errors,
        now=clock.now(),
    )


def _staff(session: Session, place: Place) -> list[Person]:
    """People with a role at the place."""
    return people.candidates(session, place.id, None)


def _roles(session: Session, place: Place) -> list[str]:
    held = people.current().where(Holding.place_id == place.id).with_only_columns(Holding.role).distinct()
    return sorted(session.scalars(held))


@blueprint.post("/<int:place_id>")
@rule("task.assign", "people.edit")
def add(place_id: int) -> Response | tuple[str, int]:
    """Put somebody on duty, every week or on one day; errors are shown at the field."""
    wanted = form_input.texts(("person", "role", "day", "begins", "ends", "week"))
    days = [int(each) for each in request.form.getlist("weekdays") if each in set("0123456")]
    try:
        current.attempt(lambda session: _add(session, place_id, wanted, days))
    except Invalid as wrong:
        return _page(place_id, wanted, wrong.fields), 422
    flash(_("已排上。"))
    return _back(place_id)


def _add(session: Session, place_id: int, wanted: dict[str, str], days: list[int]) -> None:
    me = current.someone()
    place = rosters.find(session, me, place_id)
    person = {str(each.id): each for each in _staff(session, place)}.get(wanted["person"])
    if person is None:
        raise Invalid({"person": ("请选择谁来值班。", "Choose who is on duty.")})
    rosters.add(
        session,
        me,
        place,
        person,
        role=wanted["role"] if wanted["role"] in _roles(session, place) else None,
        weekdays=days,
        day=_day(wanted["day"]),
        begins=form_input.minutes(wanted["begins"]),
        ends=form_input.minutes(wanted["ends"]),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid({"day": ("请填写日期。", "Give a date.")}) from None


@blueprint.post("/<int:place_id>/shifts/<int:shift_id>")
@rule("task.assign", "people.edit")
def change(place_id: int, shift_id: int) -> Response:
    """Remove a shift, or reassign it to somebody else (or nobody) for one day."""
    me = current.someone()
    if request.form.get("act") == "remove":
        current.attempt(lambda session: rosters.remove(session, me, shift_id))
        flash(_("已从值班表上拿掉。"))
    else:
        current.attempt(lambda session: _swap(session, place_id, shift_id))
        flash(_("这一天已改。"))
    return _back(place_id)


def _swap(session: Session, place_id: int, shift_id: int) -> None:
    me, day, chosen = current.someone(), _day(form_input.text("day")), form_input.text("person")
    place = rosters.find(session, me, place_id)
    ids = {str(each.id): each.id for each in _staff(session, place)}
    if day is None or (chosen and chosen not in ids):
        raise NotFound()
    rosters.swap(session, me, shift_id, day, ids[chosen] if chosen else None)


def _back(place_id: int) -> Response:
    return redirect(url_for("rosters.show", place_id=place_id, week=_monday().isoformat()), 303)
