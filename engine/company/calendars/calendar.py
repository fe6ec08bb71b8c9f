"""Stored calendars: weekly hours and exceptions of a place, which apply to everything below it."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import BindParameter, bindparam, literal, or_, select, union_all
from sqlalchemy.orm import Session

from engine.company.calendars.rows import Calendar, CalendarException, CalendarSubscription, SubscribedDay
from engine.company.calendars.working_time import Intervals, WorkingTime
from engine.company.places import Place
from engine.core import memo
from engine.core.errors import Unclear
from engine.core.memo import remembered

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
IN_WORDS = {
    "mon": ("周一", "Monday"),
    "tue": ("周二", "Tuesday"),
    "wed": ("周三", "Wednesday"),
    "thu": ("周四", "Thursday"),
    "fri": ("周五", "Friday"),
    "sat": ("周六", "Saturday"),
    "sun": ("周日", "Sunday"),
    "": ("这一天", "This day"),
}
USUAL: dict[str, list[list[str]]] = {day: [["09:00", "12:00"], ["13:30", "18:00"]] for day in WEEKDAYS[:5]}
"""The default hours (our own proposal); the company may change them."""


def seed(session: Session, zone: str = "Asia/Shanghai") -> None:
    """Create the company's calendar if there is none yet."""
    if session.scalar(select(Calendar.id).where(Calendar.place_id.is_(None))) is None:
        session.add(Calendar(place_id=None, hours=USUAL, zone=zone, public_holidays=True))
        session.flush()


@dataclass
class Hours:
    """Working time of places, cached in a session."""

    by_place: dict[int | None, WorkingTime] = field(default_factory=dict)


def of(session: Session, place_id: int | None) -> WorkingTime:
    """Return the working time at a place: its own calendar, or that of the nearest place above it.

    Read once a transaction. Without any calendar the default hours apply.
    """
    kept = remembered(session, Hours).by_place
    if place_id not in kept:
        calendar = nearest(session, place_id)
        kept[place_id] = value(calendar, differing(session, calendar)) if calendar else _usual()
    return kept[place_id]


def know(session: Session, place_ids: Collection[int]) -> None:
    """Read the working time at all these places at once: afterwards `of` costs no statement for them."""
    kept = remembered(session, Hours).by_place
    missing = sorted(set(place_ids) - set(kept))
    if not missing:
        return
    rows = session.execute(select(Place.id, Place.path).where(Place.id.in_(missing)))
    lines = {row.id: _line(row.path) for row in rows}
    found = _above(session, {each for line in lines.values() for each in line})
    theirs = _differing(session, [each.id for each in found])
    values = {each.id: value(each, theirs[each.id]) for each in found}
    for place_id in missing:
        calendar = _nearest(found, lines.get(place_id, []))
        kept[place_id] = values[calendar.id] if calendar else _usual()


def nearest(session: Session, place_id: int | None) -> Calendar | None:
    """Return the calendar row that applies at a place."""
    place = session.get(Place, place_id) if place_id is not None else None
    line = _line(place.path) if place else []
    return _nearest(_above(session, line), line)


def _line(path: str) -> list[int]:
    return [int(each) for each in path.rstrip("/").split("/")] if path else []


def _above(session: Session, line: Collection[int]) -> Sequence[Calendar]:
    return session.scalars(select(Calendar).where(or_(Calendar.place_id.in_(line), Calendar.place_id.is_(None)))).all()


def _nearest(found: Sequence[Calendar], line: Sequence[int]) -> Calendar | None:
    mine = [each for each in found if each.place_id is None or each.place_id in line]
    return max(mine, key=lambda each: -1 if each.place_id is None else line.index(each.place_id), default=None)


def exceptions(session: Session, calendar: Calendar) -> Sequence[CalendarException]:
    """Return the days on which a calendar differs, in order."""
    mine = select(CalendarException).where(CalendarException.calendar_id == calendar.id)
    return session.scalars(mine.order_by(CalendarException.day)).all()


@dataclass(frozen=True, slots=True)
class Differing:
    """A day on which a calendar differs; `own`: entered here, so that it wins over the subscription's."""

    day: date
    hours: list[list[str]]
    name: str
    own: bool


def differing(session: Session, calendar: Calendar) -> dict[date, Differing]:
    """Return the days on which a calendar differs, its own and those of its subscription; one statement."""
    return _differing(session, [calendar.id])[calendar.id]


def _differing(session: Session, calendar_ids: Collection[int]) -> dict[int, dict[date, Differing]]:
    found: dict[int, dict[date, Differing]] = {each: {} for each in calendar_ids}
    rows = [(row[0], Differing(*row[1:])) for row in session.execute(_DIFFERING, {"calendars": calendar_ids})]
    for calendar_id, each in sorted(rows, key=lambda row: (row[1].day, row[1].own)):
        found[calendar_id][each.day] = each
    return found


_THESE: BindParameter[int] = bindparam("calendars", expanding=True)
_DIFFERING = union_all(
    select(
        CalendarException.calendar_id,
        CalendarException.day,
        CalendarException.hours,
        CalendarException.name,
        literal(value=True),
    ).where(CalendarException.calendar_id.in_(_THESE)),
    select(
        CalendarSubscription.calendar_id,
        SubscribedDay.day,
        SubscribedDay.hours,
        SubscribedDay.name,
        literal(value=False),
    )
    .join(CalendarSubscription, CalendarSubscription.id == SubscribedDay.subscription_id)
    .where(CalendarSubscription.calendar_id.in_(_THESE)),
)


def value(calendar: Calendar, differing: Mapping[date, Differing]) -> WorkingTime:
    """Return a calendar's rows as a value to calculate with."""
    return WorkingTime(
        hours=weekly(calendar.hours),
        exceptions={day: intervals(each.hours) for day, each in differing.items()},
        zone=ZoneInfo(calendar.zone),
        public_holidays=calendar.public_holidays,
    )


def change(
    session: Session,
    place_id: int | None,
    hours: Mapping[str, Sequence[Sequence[str]]],
    *,
    public_holidays: bool = True,
    zone: str = "Asia/Shanghai",
) -> Calendar:
    """Set the weekly hours of a place ({"mon": [["09:00", "18:00"]], …}). Raises `Unclear` naming what is wrong."""
    weekly(hours)
    _zone(zone)
    calendar = session.scalar(select(Calendar).where(Calendar.place_id == place_id))
    if calendar is None:
        calendar = Calendar(place_id=place_id)
        session.add(calendar)
    calendar.hours = {day: [list(each) for each in spans] for day, spans in hours.items()}
    calendar.public_holidays, calendar.zone = public_holidays, zone
    session.flush()
    memo.forget(session)
    return calendar


def except_day(
    session: Session, calendar: Calendar, day: date, hours: Sequence[Sequence[str]], name: str = ""
) -> CalendarException:
    """Set the hours of one day; no hours: nobody works. Raises `Unclear` naming what is wrong."""
    intervals(hours)
    mine = select(CalendarException).where(CalendarException.calendar_id == calendar.id, CalendarException.day == day)
    found = session.scalar(mine)
    if found is None:
        found = CalendarException(calendar_id=calendar.id, day=day)
        session.add(found)
    found.hours, found.name = [list(each) for each in hours], name
    session.flush()
    memo.forget(session)
    return found


def drop_exception(session: Session, exception: CalendarException) -> None:
    """Remove a day's exception."""
    session.delete(exception)
    session.flush()
    memo.forget(session)


def weekly(hours: Mapping[str, Sequence[Sequence[str]]]) -> dict[int, Intervals]:
    """Parse stored weekly hours. Raises `Unclear` naming the day."""
    if unknown := sorted(set(hours) - set(WEEKDAYS)):
        raise Unclear(zh=f"没有“{unknown[0]}”这一天。", en=f"There is no day “{unknown[0]}”.")
    return {WEEKDAYS.index(day): intervals(spans, day) for day, spans in hours.items()}


def intervals(spans: Sequence[Sequence[str]], day: str = "") -> Intervals:
    """Parse the stored intervals of one day; in order, not overlapping. “24:00” is the end of the day."""
    read = tuple((_time(each[0]), _time(each[1])) for each in spans if _is_pair(each, day))
    ends = [(opens, closes if closes != time() else time.max) for opens, closes in read]
    zh, en = IN_WORDS[day]
    if any(opens >= closes for opens, closes in ends):
        raise Unclear(
            zh=f"{zh}：{_said(spans)}，结束要晚于开始。某一天过半夜的，先写到 24:00，第二天再从 00:00 写起。",
            en=f"{en}: {_said(spans)}: it has to end after it begins. For one day over midnight, write until 24:00, and "
            "from 00:00 on the next day.",
        )
    if any(before[1] > after[0] for before, after in pairwise(ends)):
        raise Unclear(
            zh=f"{zh}的时段应先后有序、互不重叠：{_said(spans)}。",
            en=f"{en}: the intervals must be in order and not overlap: {_said(spans)}.",
        )
    return read


def _is_pair(each: Sequence[str], day: str) -> bool:
    if len(each) != 2:
        raise Unclear(
            zh=f"{IN_WORDS[day][0]}的时段要有起止时间。", en=f"{IN_WORDS[day][1]}: an interval needs both ends."
        )
    return True


def _time(text: str) -> time:
    if text == "24:00":
        return time()
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
        raise Unclear(zh=f"“{text[:20]}”不是时间，请写成 09:00。", en=f"“{text[:20]}” is no time; write 09:00.")
    return time.fromisoformat(text)


def _zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Unclear(zh=f"没有“{name}”这个时区。", en=f"There is no time zone “{name}”.") from None


def _said(spans: Sequence[Sequence[str]]) -> str:
    return ", ".join("–".join(each) for each in spans)


def _usual() -> WorkingTime:
    return WorkingTime(weekly(USUAL))
