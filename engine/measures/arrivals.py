"""Work that comes and work that gets done, by weekday and hour, beside who is on duty then and who would be needed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task, lengths
from engine.company import permissions, places
from engine.company.people import Person
from engine.company.rosters import Shift
from engine.complaints.core.complaint import Complaint
from engine.complaints.facts import CaseFact
from engine.measures.narrowing import MOST_CASES, within
from engine.measures.scopes import SEE, Scope

MOST_SHIFTS = 5_000
HOURS = 24
DAYS = 7
BUSY = 0.8
"""Share of an hour that somebody can be at work on tasks; planned fuller, what comes in waits ever longer."""


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the week (`weekday` 0: Monday), an average week of the period.

    `came`: tasks opened; `went`: tasks done; `minutes`: usual working time of what came; `there`: people on duty, None
    without a roster.
    """

    weekday: int
    hour: int
    came: float
    went: float
    minutes: float
    there: float | None

    @property
    def needed(self) -> float:
        """Return how many people what came would keep busy."""
        return self.minutes / 60 / BUSY

    @property
    def is_short(self) -> bool:
        """Return whether fewer were on duty than it took."""
        return self.there is not None and self.needed > max(self.there, 0.0) and self.needed >= 0.5


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The hours of a week, Monday's first. Of `tasks` the working time of `known` is known.

    `cases`: how many complaints were looked into; `weeks` that they are spread over.
    """

    hours: Sequence[Hour]
    tasks: int
    known: int
    cases: int
    weeks: float

    def at(self, weekday: int, hour: int) -> Hour:
        """Return one of them."""
        return self.hours[weekday * HOURS + hour]


@dataclass(frozen=True, slots=True)
class _Work:
    element: str
    opened: datetime
    done: datetime | None
    working: timedelta | None


def week(session: Session, person: Person, scope: Scope, since: date, until: date, zone: ZoneInfo) -> Arrivals:
    """Return an average week of the period, of the tasks of the scope's department, or of all; three statements."""
    here = within(session, person, replace(scope, department=""), CaseFact.received_day, since, until)
    newest = (
        select(CaseFact.received_day, Complaint.case_id)
        .join(Complaint, Complaint.id == CaseFact.complaint_id)
        .where(here, Complaint.case_id.is_not(None))
        .order_by(CaseFact.received_day.desc(), CaseFact.complaint_id.desc())
        .limit(MOST_CASES)
    )
    days = session.scalars(newest).all()
    first = min(days) if len(days) == MOST_CASES else since
    offices = _offices(session, person, scope)
    asked = select(Task.element, Task.opened_at, Task.begun_at, Task.closed_at, Task.state)
    some = newest.subquery()
    asked = asked.join(some, some.c.case_id == Task.case_id)
    if scope.department:
        asked = asked.where(Task.place_id.in_(offices))
    work = [_work(row, zone) for row in session.execute(asked)]
    weeks = max((until - first).days, 1) / DAYS
    return _week(work, _on_duty(session, offices, first, until), len(days), weeks)


def _offices(session: Session, person: Person, scope: Scope) -> list[int]:
    reach = permissions.reach(session, person, SEE)
    return [
        each.id
        for each in places.known(session).values()
        if each.kind == "department"
        and (each.code == scope.department or not scope.department)
        and reach.covers(each.path)
        and (scope.community_ids is None or each.community_id in scope.community_ids)
    ]


def _work(row: Any, zone: ZoneInfo) -> _Work:
    done = row.closed_at if row.state == "done" else None
    working = lengths.between(row.opened_at, row.begun_at, done).working
    return _Work(row.element, row.opened_at.astimezone(zone), done and done.astimezone(zone), working)


def _on_duty(session: Session, offices: Sequence[int], since: date, until: date) -> dict[tuple[int, int], float] | None:
    """Return how many are on duty by weekday and hour; None without a roster. A shift on one day counts for its day."""
    asked = select(Shift).where(
        Shift.place_id.in_(offices),
        Shift.removed_at.is_(None),
        or_(Shift.day.is_(None), Shift.day.between(since, until)),
    )
    shifts = list(session.scalars(asked.limit(MOST_SHIFTS)))
    if not shifts:
        return None
    weeks, there = max((until - since).days, 1) / DAYS, defaultdict[tuple[int, int], float](float)
    for each in shifts:
        day = each.day.weekday() if each.day else each.weekday or 0
        for minute in range(each.begins, each.begins + each.minutes, 60):
            there[(day + minute // 60 // HOURS) % DAYS, minute // 60 % HOURS] += 1 / weeks if each.day else 1
    return there


def _week(work: Sequence[_Work], there: dict[tuple[int, int], float] | None, cases: int, weeks: float) -> Arrivals:
    known: dict[str, list[float]] = defaultdict(list)
    for each in work:
        if each.working is not None:
            known[each.element].append(each.working.total_seconds() / 60)
    usual = {element: median(minutes) for element, minutes in known.items()}
    other = median(usual.values()) if usual else 0.0
    came, went, minutes = (defaultdict[tuple[int, int], float](float) for _ in range(3))
    for each in work:
        at = each.opened.weekday(), each.opened.hour
        came[at] += 1 / weeks
        minutes[at] += usual.get(each.element, other) / weeks
        if each.done is not None:
            went[each.done.weekday(), each.done.hour] += 1 / weeks
    hours = [
        Hour(
            day,
            hour,
            came[day, hour],
            went[day, hour],
            minutes[day, hour],
            None if there is None else there.get((day, hour), 0.0),
        )
        for day in range(DAYS)
        for hour in range(HOURS)
    ]
    return Arrivals(hours, len(work), sum(map(len, known.values())), cases, weeks)
