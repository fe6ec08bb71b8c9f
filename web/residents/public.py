"""The public page of a community: how and when to reach it, what is promised, and how to escalate."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from engine.company import calendars, places, public_pages, roles
from engine.company.calendars import WorkingTime
from engine.company.places import Place
from engine.complaints.resident import promises
from engine.complaints.resident.promises import Promised, Rung
from engine.core import clock
from engine.core.errors import BihuanError, NotFound
from web.residents import apply, complain
from web.shared import codes_in_words
from web.shell import current
from web.shell.formats import limit, name_of
from web.shell.guard import PUBLIC, rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("public", __name__, url_prefix="/p")
blueprint.context_processor(codes_in_words.context)

AHEAD = 21
"""How many days ahead the page lists special days."""

UNACKNOWLEDGED = 3
"""The rung to which the shipped diagram reports a complaint that nobody acknowledged in time."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Days with the same hours, and the hours in words."""

    days: str
    hours: str


@blueprint.get("")
@rule(PUBLIC)
def index() -> str:
    """Every community, each with a page of its own."""
    return render_template("public/index.html", communities=places.communities(current.reading()))


@blueprint.get("/<code>")
@rule(PUBLIC)
def show(code: str) -> str:
    """One community."""
    reading = current.reading()
    community = find(reading, code)
    hours, rungs = calendars.of(reading, community.id), promises.ladder(reading)
    return render_template(
        "public/show.html",
        community=community,
        company=places.company(reading),
        phone=places.phone(reading, community),
        texts=public_pages.texts(reading, community, language()),
        hours=list(weekly(hours)),
        holidays=hours.public_holidays,
        differing=list(differing(hours)),
        limits=promises.limits(reading),
        rungs=[(share(each), climbed(reading, each)) for each in rungs],
        unacknowledged=climbed(reading, rungs[UNACKNOWLEDGED - 1]) if len(rungs) >= UNACKNOWLEDGED else "",
        length=length,
        is_open=complain.is_open(reading),
        applies=apply.offered(reading),
    )


def find(session: Session, code: str) -> Place:
    """The community with that code, in upper or lower case. Raises `NotFound`."""
    wanted = code.strip().casefold()
    found = next((each for each in places.communities(session) if each.code.casefold() == wanted), None)
    if found is None:
        raise NotFound()
    return found


# ---- in words --------------------------------------------------------------------------------------------------------


def weekly(hours: WorkingTime) -> Iterator[Hours]:
    """The week in as few lines as possible: consecutive days with the same hours share a line."""
    first = 0
    for day in range(1, 8):
        if day < 7 and hours.hours.get(day, ()) == hours.hours.get(first, ()):
            continue
        said = (
            weekdays()[first]
            if day - 1 == first
            else _("{first}至{last}", first=weekdays()[first], last=weekdays()[day - 1])
        )
        yield Hours(said, spans(hours.hours.get(first, ())))
        first = day


def weekdays() -> tuple[str, ...]:
    """Their names, Monday first."""
    return (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))


def spans(intervals: tuple[tuple[time, time], ...]) -> str:
    """Intervals of a day: 09:00–12:00，13:30–18:00."""
    if not intervals:
        return _("休息")
    return _("，").join(
        f"{opens:%H:%M}–{'24:00' if closes == time() else f'{closes:%H:%M}'}" for opens, closes in intervals
    )


def differing(hours: WorkingTime) -> Iterator[tuple[object, str]]:
    """The next special days, with their hours."""
    today = clock.now().astimezone(hours.zone).date()
    for number in range(AHEAD):
        day = today + timedelta(days=number)
        if hours.on(day) != hours.hours.get(day.weekday(), ()):
            yield day, spans(hours.on(day))


def length(promise: Promised) -> str:
    """A limit in words: 3 个工作日，最晚 7 天."""
    return limit(promise.length, promise.latest, working=promise.working)


def share(rung: Rung) -> str:
    """Share of the limit used: 80%, 150%."""
    return f"{(rung.share * 100).quantize(Decimal(1))}%"


def climbed(session: Session, rung: Rung) -> str:
    """Who takes over then, in words."""
    known = roles.of(session)
    try:
        role = known.roles.get(places.read_group(rung.group, known).role or "")
    except BihuanError:
        role = None
    return name_of(role) if role else _("经办部门")
