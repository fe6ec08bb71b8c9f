"""Which reports are made by themselves, on which day; and what is due."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.company import calendars
from engine.company.places import Place
from engine.core import clock
from engine.core.errors import Invalid
from engine.reports import periods
from engine.reports.making import LEVELS
from engine.reports.periods import KINDS, Period
from engine.reports.rows import Report, ReportPlan

LAST_DAY: Mapping[str, int] = {"week": 7, "month": 28, "quarter": 28}
"""The last day of a week, month or quarter on which a report can be made."""


@dataclass(frozen=True, slots=True)
class Due:
    """A report that is to be made now."""

    place_id: int
    period: Period


def of(session: Session) -> dict[tuple[str, str], int]:
    """Return the days by kind and level; what is not there is made by hand only."""
    return {(row.kind, row.level): row.day for row in session.scalars(select(ReportPlan))}


def keep(session: Session, days: Mapping[tuple[str, str], int | None]) -> None:
    """Set the days; None: by hand only. Raises `Invalid` naming each that is no such day. The caller checks, records."""
    wrong = {}
    for (kind, level), day in days.items():
        if kind not in KINDS or level not in LEVELS or (day is not None and not 1 <= day <= LAST_DAY[kind]):
            zh = f"请填 1 到 {LAST_DAY.get(kind, 28)} 之间的整数，或留空。"
            wrong[f"{kind}_{level}"] = (zh, f"A whole number from 1 to {LAST_DAY.get(kind, 28)}, or nothing.")
    if wrong:
        raise Invalid(wrong)
    for (kind, level), day in days.items():
        row = session.get(ReportPlan, (kind, level))
        if row is not None and day is None:
            session.delete(row)
        elif row is not None and day is not None:
            row.day = day
        elif day is not None:
            session.add(ReportPlan(kind=kind, level=level, day=day))
    session.flush()


def due(session: Session, within: ColumnElement[bool] | None = None) -> Iterator[Due]:
    """Yield the reports of the last periods whose day has come and that nobody has made, each place's own day.

    `within`: a condition on `Place.id`. A statement for each kind and level, and one for each of their periods.
    """
    for (kind, level), day in sorted(of(session).items()):
        asked = select(Place.id).where(Place.kind == level, Place.retired_at.is_(None)).order_by(Place.id)
        place_ids = session.scalars(asked if within is None else asked.where(within)).all()
        calendars.know(session, set(place_ids))
        made: dict[date, frozenset[int]] = {}
        for place_id in place_ids:
            today = clock.now().astimezone(calendars.of(session, place_id).zone).date()
            period = periods.last(kind, today)
            if today < periods.made_on(kind, day, today):
                continue
            if period.since not in made:
                there = select(Report.place_id).where(Report.kind == kind, Report.since == period.since)
                made[period.since] = frozenset(session.scalars(there))
            if place_id not in made[period.since]:
                yield Due(place_id, period)
