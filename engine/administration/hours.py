"""Working hours of the company and of single places, with exceptions."""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.administration.recording import ACT, differing, record, require
from engine.company import calendars, permissions
from engine.company.calendars import Calendar, CalendarException
from engine.company.calendars.brought import Means
from engine.company.people import Person
from engine.core import memo
from engine.core.errors import Conflict, NotFound, Unclear

LONGEST = 80
Spans = Sequence[Sequence[str]]


def allow(session: Session, by: Person, place_id: int | None) -> None:
    """Raise unless `by` may change the hours of this place; None means the whole company."""
    if place_id is None:
        require(session, by)
    else:
        permissions.require(session, by, ACT, place_id)


def own(session: Session, place_id: int | None) -> Calendar | None:
    """Return this place's own calendar, if it has one."""
    return session.scalar(select(Calendar).where(Calendar.place_id == place_id))


def change(
    session: Session, by: Person, place_id: int | None, hours: Mapping[str, Spans], *, public_holidays: bool, zone: str
) -> Calendar:
    """Set the weekly hours of a place; a shift may go on over midnight. Raises `Unclear` naming what is wrong,
    `NotFound`."""
    allow(session, by, place_id)
    before = own(session, place_id)
    kept = {"hours": _said(before.hours), "holidays": before.public_holidays, "zone": before.zone} if before else {}
    calendar = calendars.change(
        session, place_id, calendars.shifts.parted(hours), public_holidays=public_holidays, zone=zone
    )
    if not any(calendar.hours.values()):
        raise Unclear(zh="至少要有一天上班。", en="At least one day must have working hours.")
    after = {"hours": _said(calendar.hours), "holidays": calendar.public_holidays, "zone": calendar.zone}
    if changed := differing(kept, after):
        calendars.subscriptions.renew(session, calendar)
        record(session, by, "calendar.changed", {"place": place_id, "changed": changed})
    return calendar


def drop(session: Session, by: Person, place_id: int) -> None:
    """Remove a place's own hours, so that those of the place above apply."""
    allow(session, by, place_id)
    calendar = own(session, place_id)
    if calendar is None:
        return
    calendars.subscriptions.end(session, calendar)
    session.execute(delete(CalendarException).where(CalendarException.calendar_id == calendar.id))
    session.delete(calendar)
    session.flush()
    memo.forget(session)
    record(session, by, "calendar.dropped", {"place": place_id})


def except_day(session: Session, by: Person, place_id: int | None, day: date, spans: Spans, name: str) -> None:
    """Set the hours of one day; no spans: nobody works. Raises `Unclear`, or `Conflict` for a place without its own
    hours."""
    calendar = require_own(session, by, place_id)
    if len(name.strip()) > LONGEST:
        raise Unclear(zh=f"名称最多 {LONGEST} 个字。", en=f"A name has at most {LONGEST} characters.")
    calendars.except_day(session, calendar, day, spans, name.strip())
    facts = {"place": place_id, "day": day.isoformat(), "hours": _spans(spans), "name": name.strip()}
    record(session, by, "calendar.day_added", facts)


def require_own(session: Session, by: Person, place_id: int | None) -> Calendar:
    """Return the calendar of a place's own that `by` may change. Raises `Conflict` where it has none, `NotFound`."""
    allow(session, by, place_id)
    calendar = own(session, place_id)
    if calendar is None:
        raise Conflict(
            zh="这里沿用上级的工作时间。请先为它设置自己的时间。",
            en="This place follows the hours above it. Give it hours of its own first.",
        )
    return calendar


def subscribe(session: Session, by: Person, place_id: int | None, address: str, means: Means) -> None:
    """Take days from an address once a day; without an address no more. Raises `NotFetched`, `Conflict`, `NotFound`."""
    calendar = require_own(session, by, place_id)
    if address.strip():
        made = calendars.subscriptions.subscribe(session, calendar, address, means)
        record(session, by, "calendar.subscribed", {"place": place_id, "host": urlsplit(made.address).hostname or ""})
    elif calendars.subscriptions.of(session, calendar) is not None:
        calendars.subscriptions.end(session, calendar)
        record(session, by, "calendar.unsubscribed", {"place": place_id})


def fetch_now(session: Session, by: Person, place_id: int | None) -> None:
    """Have a calendar's subscription fetched as soon as the schedule can. Raises `Conflict`, `NotFound`."""
    calendars.subscriptions.renew(session, require_own(session, by, place_id))


def drop_day(session: Session, by: Person, exception_id: int) -> int | None:
    """Remove a day's exception and return its calendar's place. Raises `NotFound`."""
    found = session.get(CalendarException, exception_id)
    calendar = session.get(Calendar, found.calendar_id) if found else None
    if found is None or calendar is None:
        raise NotFound()
    allow(session, by, calendar.place_id)
    calendars.drop_exception(session, found)
    record(session, by, "calendar.day_dropped", {"place": calendar.place_id, "day": found.day.isoformat()})
    return calendar.place_id


def _said(hours: Mapping[str, Spans]) -> str:
    return "; ".join(f"{day} {_spans(hours[day])}" for day in calendars.WEEKDAYS if hours.get(day))


def _spans(spans: Spans) -> str:
    return ", ".join("-".join(each) for each in spans)
