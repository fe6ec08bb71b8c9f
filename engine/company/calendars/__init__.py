"""Working calendars: hours per weekday, China's public holidays and make-up workdays, own exceptions."""

from engine.company.calendars.calendar import (
    USUAL,
    WEEKDAYS,
    Calendar,
    CalendarException,
    change,
    drop_exception,
    except_day,
    exceptions,
    know,
    nearest,
    of,
    seed,
)
from engine.company.calendars.days import day_of
from engine.company.calendars.working_time import KNOWN_UNTIL, Intervals, NoWorkingTime, WorkingTime, holidays_until

__all__ = [
    "KNOWN_UNTIL",
    "USUAL",
    "WEEKDAYS",
    "Calendar",
    "CalendarException",
    "Intervals",
    "NoWorkingTime",
    "WorkingTime",
    "change",
    "day_of",
    "drop_exception",
    "except_day",
    "exceptions",
    "holidays_until",
    "know",
    "nearest",
    "of",
    "seed",
]
