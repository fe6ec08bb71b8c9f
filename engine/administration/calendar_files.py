"""Days of a calendar brought as a file: looked at first, written when somebody has seen what changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy.orm import Session

from engine.administration import hours
from engine.administration.recording import record
from engine.company import calendars
from engine.company.calendars import Calendar, brought, ics
from engine.company.calendars.brought import Brought, Means
from engine.company.calendars.ics import Passed
from engine.company.people import Person
from engine.core import parsing
from engine.core.errors import Unclear

MOST = 800
"""Days that one file may make different: more than two years of days."""

State = Literal["new", "same", "changed"]


@dataclass(frozen=True, slots=True)
class Change:
    """A day of a file. `was`: its hours now; `state`: whether it has been special so far, and in the same way."""

    day: date
    hours: list[list[str]]
    name: str
    was: list[list[str]]
    state: State


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would change. `outside`: events of other years; `more`: passed-over events beside those named."""

    changes: Sequence[Change]
    passed: Sequence[Passed]
    more: int
    outside: int


def look(session: Session, calendar: Calendar, content: bytes, means: Means) -> Preview:
    """Return what a file would change in a calendar. Raises `NotACalendar`, `Unclear` for too many days, `Busy`."""
    known = calendars.differing(session, calendar)
    working = calendars.calendar.value(calendar, {})
    read = ics.read(content, working.zone, calendars.subscriptions.window(working), parsing.PATIENCE_OF_PAGE)
    days = brought.days(working, read.pieces, means)
    if len(days) > MOST:
        raise _too_many(len(days))
    own = {day: each.hours for day, each in known.items() if each.own}
    return Preview([_change(each, own) for each in days], read.passed, read.more, read.outside)


def _change(each: Brought, own: dict[date, list[list[str]]]) -> Change:
    was = own.get(each.day)
    state: State = "new" if was is None else "same" if was == each.hours else "changed"
    return Change(each.day, each.hours, each.name, was if was is not None else brought.texts(each.before), state)


def _too_many(count: int) -> Unclear:
    return Unclear(
        zh=f"一次最多 {MOST} 天，这个文件有 {count} 天。", en=f"At most {MOST} days at once; this file has {count}."
    )


def keep(
    session: Session,
    by: Person,
    place_id: int | None,
    days: Sequence[tuple[date, list[list[str]], str]],
    *,
    over_own: bool,
) -> int:
    """Write days (hours and name of each) that somebody has seen, and return how many changed.

    `over_own`: also days that are special already. Raises `Unclear`, `Conflict`, `NotFound`.
    """
    calendar = hours.require_own(session, by, place_id)
    if len(days) > MOST:
        raise _too_many(len(days))
    own = {each.day: each for each in calendars.exceptions(session, calendar)}
    wanted = [each for each in days if over_own or each[0] not in own]
    changed = [(day, spans, name) for day, spans, name in wanted if day not in own or own[day].hours != spans]
    for day, spans, name in changed:
        calendars.except_day(session, calendar, day, spans, name[: hours.LONGEST])
    if changed:
        first, last = min(changed)[0].isoformat(), max(changed)[0].isoformat()
        record(
            session, by, "calendar.days_brought", {"place": place_id, "days": len(changed), "from": first, "to": last}
        )
    return len(changed)
