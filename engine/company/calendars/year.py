"""A year of a calendar: what each of its days is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from engine.company.calendars.working_time import DAY, HOLIDAYS, MAKE_UP, Intervals, WorkingTime, festival

Kind = Literal["work", "short", "make_up", "free", "unknown"]
KINDS: Sequence[Kind] = ("work", "short", "make_up", "free", "unknown")


@dataclass(frozen=True, slots=True)
class YearDay:
    """A day of a year. `why` it differs from the week: own | holiday | make_up | "". `name`: its own, or the holiday's
    (Chinese, English).

    `kind`: short has fewer hours than its weekday, make_up is worked though its weekday is free; unknown has the hours
    of its weekday, and nobody knows yet whether it is a holiday.
    """

    day: date
    hours: Intervals
    kind: Kind
    why: Literal["own", "holiday", "make_up", ""] = ""
    name: tuple[str, str] = ("", "")


def days(working: WorkingTime, year: int, names: Mapping[date, str]) -> list[YearDay]:
    """Return every day of a year; `names`: of days that differ."""
    first = date(year, 1, 1)
    return [on(working, first + number * DAY, names) for number in range((date(year, 12, 31) - first).days + 1)]


def on(working: WorkingTime, day: date, names: Mapping[date, str]) -> YearDay:
    """Return one day."""
    if day in working.exceptions:
        said = names.get(day, "")
        return YearDay(day, working.on(day), _kind(working, day), "own", (said, said))
    if working.public_holidays and day > working.known_until:
        return YearDay(day, working.on(day), "unknown")
    if working.public_holidays and (day in HOLIDAYS or day in MAKE_UP):
        why: Literal["holiday", "make_up"] = "holiday" if day in HOLIDAYS else "make_up"
        return YearDay(day, working.on(day), _kind(working, day), why, festival(day))
    return YearDay(day, working.on(day), _kind(working, day))


def _kind(working: WorkingTime, day: date) -> Kind:
    hours, usual = working.on(day), working.hours.get(day.weekday(), ())
    if not hours:
        return "free"
    if not usual:
        return "make_up"
    return "short" if length(hours) < length(usual) else "work"


def length(hours: Intervals) -> timedelta:
    """Return how long these hours are by the clock."""
    day = date(2000, 1, 1)
    return sum(
        (
            datetime.combine(day if closes != time() else day + DAY, closes) - datetime.combine(day, opens)
            for opens, closes in hours
        ),
        timedelta(),
    )
