"""How long complaints take and where the time goes: by step waiting and working, and how much of it at night.

What is not over yet counts as "so far": leaving it out would make the slowest look quick (see `durations.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task
from engine.company.people import Person
from engine.complaints.core.complaint import Complaint
from engine.complaints.facts import CaseFact
from engine.core import clock
from engine.measures import durations
from engine.measures.durations import Curve, Duration
from engine.measures.narrowing import MOST_CASES, within
from engine.measures.scopes import Scope

MOST_CURVES = 5_000
"""So many of the newest complaints make the curves."""

DAY, MORNING, EVENING = 86_400, 6 * 3600, 22 * 3600
"""Seconds: a day, and when night ends and begins."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How long until the first response and until the end, of one urgency ("": all)."""

    urgency: str
    responding: Curve
    ending: Curve


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the diagram: from opened to begun, from begun to done, and all of it.

    `known`: of how many tasks it is known when work began; `night`: share of all that time between 22:00 and 6:00.
    """

    element: str
    name: tuple[str, str]
    whole: Curve
    waiting: Curve
    working: Curve
    known: int
    hours: float
    night: float


def kinds(session: Session, person: Person, scope: Scope, since: date, until: date) -> list[Kind]:
    """Return the curves of complaints received in the period, all of them first, then by urgency; one statement."""
    here = within(session, person, scope, CaseFact.received_day, since, until)
    asked = (
        select(CaseFact.urgency, CaseFact.received_at, CaseFact.closed_at, CaseFact.first_response_seconds)
        .where(here)
        .order_by(CaseFact.received_day.desc(), CaseFact.complaint_id.desc())
        .limit(MOST_CURVES)
    )
    now, responding, ending = clock.now(), dict[str, list[Duration]](), dict[str, list[Duration]]()
    for urgency, received, closed, response in session.execute(asked):
        so_far = (closed or now) - received
        answered = timedelta(seconds=response) if response is not None else so_far
        for group in {"", urgency or ""}:
            responding.setdefault(group, []).append(Duration(answered, response is not None))
            ending.setdefault(group, []).append(Duration(so_far, closed is not None))
    order = ("", "critical", "urgent", "normal", "complex")
    return [
        Kind(each, durations.curve(responding[each]), durations.curve(ending[each])) for each in order if each in ending
    ]


@dataclass(frozen=True, slots=True)
class _Stay:
    opened: datetime
    begun: datetime | None
    done: datetime | None
    until: datetime


def of_tasks(session: Session, person: Person, scope: Scope, since: date, until: date, zone: ZoneInfo) -> list[Step]:
    """Return the steps of the newest complaints received in the period, those with the most time first."""
    here = within(session, person, scope, CaseFact.received_day, since, until)
    newest = (
        select(Complaint.case_id)
        .join(CaseFact, CaseFact.complaint_id == Complaint.id)
        .where(here, Complaint.case_id.is_not(None))
        .order_by(CaseFact.received_day.desc(), CaseFact.complaint_id.desc())
        .limit(MOST_CASES)
        .subquery()
    )
    asked = (
        select(Task.element, Task.name, Task.name_en, Task.opened_at, Task.begun_at, Task.closed_at, Task.state)
        .join(newest, newest.c.case_id == Task.case_id)
        .where(Task.state != "cancelled")
        .order_by(Task.id)
    )
    now, names, stays = clock.now(), dict[str, tuple[str, str]](), dict[str, list[_Stay]]()
    for row in session.execute(asked):
        names[row.element] = (row.name, row.name_en)
        done = row.closed_at if row.state == "done" else None
        stays.setdefault(row.element, []).append(_Stay(row.opened_at, row.begun_at, done, done or now))
    found = [_step(element, names[element], mine, zone) for element, mine in stays.items()]
    return sorted(found, key=lambda each: -each.hours)


def _step(element: str, name: tuple[str, str], stays: Sequence[_Stay], zone: ZoneInfo) -> Step:
    whole = durations.curve(Duration(each.until - each.opened, each.done is not None) for each in stays)
    begun = [each for each in stays if each.begun is not None]
    waiting = durations.curve(Duration(each.begun - each.opened, True) for each in begun if each.begun)
    working = durations.curve(Duration(each.until - each.begun, each.done is not None) for each in begun if each.begun)
    spent = sum((each.until - each.opened for each in stays), timedelta())
    dark = sum((at_night(each.opened, each.until, zone) for each in stays), timedelta())
    share = dark / spent if spent else 0.0
    return Step(element, name, whole, waiting, working, len(begun), spent.total_seconds() / 3600, share)


def at_night(since: datetime, until: datetime, zone: ZoneInfo) -> timedelta:
    """Return how much of the time between two moments lies between 22:00 and 6:00, by the local time of the first."""
    offset = zone.utcoffset(since) or timedelta()
    begin, end = ((each.timestamp() + offset.total_seconds()) for each in (since, until))
    return timedelta(seconds=_dark(end) - _dark(begin))


def _dark(moment: float) -> float:
    """Return the seconds of night from a midnight long ago until a moment."""
    days, rest = divmod(moment, DAY)
    return days * (DAY - EVENING + MORNING) + min(rest, MORNING) + max(rest - EVENING, 0.0)
