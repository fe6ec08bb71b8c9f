"""When the complaints of a place and category came: weekday and hour, days off, and so the hours to patrol in.

Kept with a warning as plain JSON: `counts` (seven weekdays of 24 hours), `window` ({"from": hour, "weekdays": [0 …]},
None where no hours stand out), `kinds` (working day, weekend, holiday: [complaints, days]).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from math import comb
from typing import Any

from scipy.special import betainc
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.company.calendars.working_time import HOLIDAYS, MAKE_UP, WorkingTime
from engine.complaints.facts import CaseFact

LENGTH = 4
"""Hours of a patrol's window."""

FEWEST = 8
"""Complaints that it takes to speak of hours at all."""

RARE = 0.05
"""How likely chance may give so many in one of the 24 windows; more, and no hours are named."""

NIGHT = frozenset({*range(20, 24), *range(6)})
"""Hours at which a window is one of the night."""

DAY = timedelta(days=1)


def read(
    session: Session, community_id: int, codes: Sequence[str], since: date, until: date, *, past: bool
) -> dict[str, Any]:
    """Return when complaints of these categories came at a community, `until` exclusive; one statement."""
    asked = (
        select(CaseFact.received_day, CaseFact.received_hour, func.count())
        .where(CaseFact.community_id == community_id, CaseFact.received_day >= since, CaseFact.received_day < until)
        .where(CaseFact.kind == "complaint", CaseFact.category.in_(codes))
        .group_by(CaseFact.received_day, CaseFact.received_hour)
    )
    if not past:
        asked = asked.where(CaseFact.past.is_(False))
    counts = [[0] * 24 for _ in range(7)]
    kinds = {kind: [0, 0] for kind in ("workday", "weekend", "holiday")}
    for day in range((until - since).days):
        kinds[kind_of(since + day * DAY)][1] += 1
    for day_of, hour, count in session.execute(asked):
        counts[day_of.weekday()][hour] += count
        kinds[kind_of(day_of)][0] += count
    return said(counts, kinds)


def said(counts: Sequence[Sequence[int]], kinds: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    """Return complaints by weekday and hour, and by kind of day, as a warning keeps them."""
    return {"counts": counts, "window": window(counts), "kinds": kinds}


def kind_of(day: date) -> str:
    """Return whether a day is a public holiday, a weekend or a working day in China."""
    if day in HOLIDAYS:
        return "holiday"
    return "weekend" if day.weekday() >= 5 and day not in MAKE_UP else "workday"


def window(counts: Sequence[Sequence[int]]) -> dict[str, Any] | None:
    """Return the hours in a row with the most complaints, and the weekdays on which they come."""
    by_hour = [sum(day[hour] for day in counts) for hour in range(24)]
    whole = sum(by_hour)
    sums = [sum(by_hour[(at + each) % 24] for each in range(LENGTH)) for at in range(24)]
    most = max(sums)
    if whole < FEWEST or 24 * float(betainc(most, whole - most + 1, LENGTH / 24)) > RARE:
        return None
    best = [at for at in range(24) if sums[at] == most]
    at = best[len(best) // 2]  # of equals the middle one, with its complaints inside rather than at an end
    inside = [
        sum(counts[(day + (at + each) // 24) % 7][(at + each) % 24] for each in range(LENGTH)) for day in range(7)
    ]
    return {"from": at, "weekdays": _weekdays(inside)}


def _weekdays(inside: Sequence[int]) -> list[int]:
    """Return the weekdays with their share or more, where chance alone would hardly put so many on so few days; else
    all."""
    whole = sum(inside)
    days = [day for day in range(7) if inside[day] * 7 >= whole]
    held = sum(inside[day] for day in days)
    by_chance = 1.0 if len(days) == 7 else float(betainc(held, whole - held + 1, len(days) / 7))
    return days if comb(7, len(days)) * by_chance <= RARE else list(range(7))


def is_night(hours: Mapping[str, Any]) -> bool:
    """Return whether the hours that stand out begin at night."""
    return hours["window"] is not None and hours["window"]["from"] in NIGHT


def next_patrol(hours: Mapping[str, Any], working: WorkingTime, now: datetime) -> tuple[datetime | None, datetime]:
    """Return when to patrol: from the next beginning of the hours that stand out to their end.

    Without such hours there is no beginning, and a working day to do it in.
    """
    if hours["window"] is None:
        return None, working.add(now, DAY)
    begins, local = time(hours["window"]["from"]), now.astimezone(working.zone)
    days = (local.date() + each * DAY for each in range(8))
    starts = (
        datetime.combine(day, begins, working.zone) for day in days if day.weekday() in hours["window"]["weekdays"]
    )
    start = next(each for each in starts if each > local)
    return start, start + timedelta(hours=LENGTH)
