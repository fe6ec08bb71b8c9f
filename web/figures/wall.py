"""The screen in the hall: figures of one place for whoever has the link, without names, refreshing itself."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from flask import Blueprint, Response, make_response, render_template

from engine.company import places
from engine.complaints.lists import counts
from engine.core import clock
from engine.measures import figures, targets, walls
from engine.measures.definitions import MEASURES
from engine.measures.scopes import Scope
from web.figures import asking, words
from web.figures.index import TREND, Shown
from web.shared import charts
from web.shell import current, formats
from web.shell.guard import PUBLIC, rule

blueprint = Blueprint("wall", __name__, url_prefix="/wall")

SHOWN = ("response", "loop", "second_home", "solved", "satisfied")
PERIOD = timedelta(days=90)
REFRESHED = 60
"""Seconds."""


@blueprint.get("/<secret>")
@rule(PUBLIC)
def show(secret: str) -> Response:
    """The figures of the link's place. Raises `NotFound` for a link that is none, or was withdrawn."""
    session = current.reading()
    link = walls.find(session, secret)
    place = places.known(session)[link.place_id]
    below = [each.id for each in places.known_communities(session) if each.path.startswith(place.path)]
    page = render_template(
        "wall/show.html",
        place=place,
        present=counts.present(session, below, datetime.combine(asking.today(), time(), formats.zone())),
        shown=[_measure(code, Scope(frozenset(below))) for code in SHOWN],
        words=words,
        now=clock.now(),
        since=asking.today() - PERIOD,
    )
    response = make_response(page)
    response.headers["Refresh"] = str(REFRESHED)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _measure(code: str, scope: Scope) -> Shown:
    session, until = current.reading(), asking.today() + timedelta(days=1)
    measure = MEASURES[code]
    value = figures.values(session, None, [code], scope, until - PERIOD - measure.matures, until)[code][""]
    begin = until - TREND
    series = figures.series(session, None, code, scope, begin - timedelta(days=begin.weekday()), until, "week")
    line = charts.sparkline(
        [each.hit / each.size if each.size and not each.immature else None for _day, each in series]
    )
    return replace(Shown(measure, value, targets.of(session, measure), None, None), trend=line)
