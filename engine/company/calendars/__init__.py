"""Working calendars: hours per weekday, China's public holidays and make-up workdays, own exceptions."""

from engine.company.calendars import brought, exporting, fetching, ics, shifts, subscriptions, year
from engine.company.calendars.calendar import (
    USUAL,
    WEEKDAYS,
    Differing,
    change,
    differing,
    drop_exception,
    except_day,
    exceptions,
    know,
    nearest,
    of,
    seed,
)
from engine.company.calendars.days import day_of
from engine.company.calendars.rows import Calendar, CalendarException, CalendarSubscription, SubscribedDay
from engine.company.calendars.working_time import KNOWN_UNTIL, Intervals, NoWorkingTime, WorkingTime, holidays_until

__all__ = [
    "KNOWN_UNTIL",
    "USUAL",
    "WEEKDAYS",
    "Calendar",
    "CalendarException",
    "CalendarSubscription",
    "Differing",
    "Intervals",
    "NoWorkingTime",
    "SubscribedDay",
    "WorkingTime",
    "brought",
    "change",
    "day_of",
    "differing",
    "drop_exception",
    "except_day",
    "exceptions",
    "exporting",
    "fetching",
    "holidays_until",
    "ics",
    "know",
    "nearest",
    "of",
    "seed",
    "shifts",
    "subscriptions",
    "year",
]
