"""Functions on dates and moments; now() and today() come from the caller, who provides the time."""

from decimal import Decimal

from engine.feel.bounds import Run
from engine.feel.builtins.registry import builtin
from engine.feel.errors import NoTime
from engine.feel.timeline import Date, Moment, own

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@builtin("now", "")
def _now(run: Run) -> object:
    if "now" not in run.functions:
        raise NoTime("now")
    return run.functions["now"]()


@builtin("today", "")
def _today(run: Run) -> object:
    if "today" in run.functions:
        return run.functions["today"]()
    moment = own(_now(run))
    return moment.date if isinstance(moment, Moment) else None


@builtin("day of year", "date: date")
@builtin("day of year", "date: date and time")
def _day_of_year(run: Run, date: Date | Moment) -> Decimal:
    return Decimal(_day(date).near.timetuple().tm_yday)


@builtin("day of week", "date: date")
@builtin("day of week", "date: date and time")
def _day_of_week(run: Run, date: Date | Moment) -> str:
    return WEEKDAYS[_day(date).near.weekday()]


@builtin("month of year", "date: date")
@builtin("month of year", "date: date and time")
def _month_of_year(run: Run, date: Date | Moment) -> str:
    return MONTHS[_day(date).month - 1]


@builtin("week of year", "date: date")
@builtin("week of year", "date: date and time")
def _week_of_year(run: Run, date: Date | Moment) -> Decimal:
    return Decimal(_day(date).near.isocalendar().week)


def _day(value: Date | Moment) -> Date:
    return value.date if isinstance(value, Moment) else value
