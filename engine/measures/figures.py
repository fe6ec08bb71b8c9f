"""Figures: what measures were in a period, at places, of a group; over time; and the cases behind them."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta, tzinfo
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.company import calendars
from engine.company.people import Person
from engine.complaints.homes.households import Household
from engine.core import clock
from engine.measures import intervals, sums, tallies
from engine.measures.definitions import MEASURES
from engine.measures.measure import FEWEST, Measure, Value
from engine.measures.scopes import Scope, reached
from engine.measures.tallies import Asked, Tally

Step = Literal["day", "week", "month"]

MONTH = 365.25 / 12
"""Days."""


def matured_until(measure: Measure, zone: tzinfo) -> date:
    """Return the last day whose figure is known: it is over, and so is what the measure waits for after it."""
    return known_until(measure, zone) - timedelta(days=1)


def known_until(measure: Measure, zone: tzinfo) -> date:
    """Return the day after the last one whose figure is known."""
    return (clock.now() - measure.matures).astimezone(zone).date()


def values(
    session: Session,
    person: Person,
    measures: Sequence[str],
    scope: Scope,
    since: date,
    until: date,
    way: str = "all",
) -> dict[str, dict[str, Value]]:
    """Return each measure from `since` up to, not including, `until`, by the code of the group ("" for all).

    Only days that have matured are counted. Groups without a case are absent. Raises `NotPermitted`.
    """
    scope = reached(session, person, scope, way)
    zone = calendars.of(session, None).zone
    known = {code: min(until, known_until(MEASURES[code], zone)) for code in measures}
    starts = sorted({since, *(each for each in known.values() if since < each < until)})
    counted = sums.read(session, Asked(tuple(measures), scope, tuple(starts), until, way))
    homes = _homes(session, scope, way) if "per_homes" in measures else _nowhere
    found: dict[str, dict[str, Value]] = {each: {} for each in measures}
    for code, end in known.items():
        mature, later = tallies.together(counted, code, since, end), tallies.together(counted, code, end, until)
        for group in mature.keys() | later.keys() | ({""} if way == "all" else set()):
            tally, immature = mature.get(group, Tally()), later.get(group, Tally()).of
            found[code][group] = value(MEASURES[code], tally, homes(group), since, end, immature)
    return found


def series(
    session: Session, person: Person, measure: str, scope: Scope, since: date, until: date, step: Step
) -> list[tuple[date, Value]]:
    """Return a measure by day, week (from Monday) or month, each with its first day. Raises `NotPermitted`."""
    scope = reached(session, person, scope)
    zone = calendars.of(session, None).zone
    homes = _homes(session, scope, "all")("") if measure == "per_homes" else 0
    known = min(until, known_until(MEASURES[measure], zone))
    steps = spans(since, until, step)
    starts = sorted({*(first for first, _ in steps), *([known] if since < known < until else [])})
    counted = sums.read(session, Asked((measure,), scope, tuple(starts), until))
    found = []
    for first, last in steps:
        mature = tallies.together(counted, measure, first, min(last, known)).get("", Tally())
        later = tallies.together(counted, measure, max(first, known), last).get("", Tally()).of
        found.append((first, value(MEASURES[measure], mature, homes, first, min(last, known), later)))
    return found


def spans(since: date, until: date, step: Step) -> list[tuple[date, date]]:
    """Return the days, weeks or months of a period, each from its first day up to, not including, the last."""
    found = []
    while since < until:
        after = min(_next(since, step), until)
        found.append((since, after))
        since = after
    return found


def _next(day: date, step: Step) -> date:
    if step == "day":
        return day + timedelta(days=1)
    if step == "week":
        return day + timedelta(days=7 - day.weekday())
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def value(measure: Measure, tally: Tally, homes: int, since: date, known: date, immature: int) -> Value:
    """Return what was counted as a figure with its interval; `known`: the day after the last that has matured."""
    of, size = tally.of, float(tally.of)
    if measure.unit == "per_100_homes":
        of, size = homes, homes * max((known - since).days, 0) / MONTH / 100
    elif measure.size is not None:
        size = tally.size
    enough = size > 0 and (measure.unit == "per_100_homes" or of >= FEWEST)
    interval = None
    if enough and measure.unit == "share":
        interval = intervals.share(int(tally.hit), of)
    elif enough and measure.unit == "per_100_homes":
        interval = intervals.rate(tally.hit, size)
    last = known - timedelta(days=1)
    shown = tally.hit / size if enough else None
    return Value(measure.code, tally.hit, of, size, shown, interval, tally.excluded, immature, last)


def _homes(session: Session, scope: Scope, way: str) -> Callable[[str], int]:
    """Return how to ask how many homes a group has: the community's or the building's, otherwise all in the scope."""
    column = {"community": Household.community_id, "building": Household.building}.get(way)
    asked = select(func.count()).where(Household.retired_at.is_(None))
    if scope.community_ids is not None:
        asked = asked.where(Household.community_id.in_(sorted(scope.community_ids)))
    if scope.building:
        asked = asked.where(Household.building == scope.building)
    if column is None:
        every = session.scalar(asked) or 0
        return lambda _: every
    each = {str(code): count for count, code in session.execute(asked.add_columns(column).group_by(column))}
    return lambda code: each.get(code, 0)


def _nowhere(_: str) -> int:
    return 0
