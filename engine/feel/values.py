"""The values of expressions, and the standard's name for each kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal

from engine.feel.timeline import Date, DaysTime, Moment, Time

# 34 digits, half even, no traps: numbers out of range become infinite or NaN, and finite() makes that null.
CONTEXT = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[])


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A years and months duration, in months (negative ones go back)."""

    months: int

    @property
    def years(self) -> int:
        return abs(self.months) // 12 * (1 if self.months >= 0 else -1)

    @property
    def rest(self) -> int:
        return abs(self.months) % 12 * (1 if self.months >= 0 else -1)

    def __str__(self) -> str:
        """Return the normal form: P1Y2M, no part of zero, P0M for nothing."""
        years, months = divmod(abs(self.months), 12)
        parts = f"{f'{years}Y' if years else ''}{f'{months}M' if months else ''}"
        return f"{'-' if self.months < 0 else ''}P{parts or '0M'}"


@dataclass(frozen=True, slots=True)
class Range:
    """From start to end; None as an end leaves that side open."""

    start: object
    end: object
    start_included: bool = True
    end_included: bool = True


NUMBER, STRING, BOOLEAN, NULL = "number", "string", "boolean", "Null"
DATE, TIME, MOMENT = "date", "time", "date and time"
DAYS, MONTHS = "days and time duration", "years and months duration"
LIST, CONTEXT_KIND, RANGE, FUNCTION = "list", "context", "range", "function"

KINDS: dict[type, str] = {
    Decimal: NUMBER,
    int: NUMBER,
    float: NUMBER,
    str: STRING,
    bool: BOOLEAN,
    type(None): NULL,
    Date: DATE,
    Time: TIME,
    Moment: MOMENT,
    DaysTime: DAYS,
    date: DATE,
    time: TIME,
    datetime: MOMENT,
    timedelta: DAYS,
    YearsMonths: MONTHS,
    list: LIST,
    tuple: LIST,
    dict: CONTEXT_KIND,
    Range: RANGE,
}

_WIDER: tuple[tuple[type, str], ...] = (
    (bool, BOOLEAN),
    (str, STRING),
    (int, NUMBER),
    (Decimal, NUMBER),
    (float, NUMBER),
    (datetime, MOMENT),
    (date, DATE),
    (time, TIME),
    (timedelta, DAYS),
    (list, LIST),
    (tuple, LIST),
    (Mapping, CONTEXT_KIND),
)


def kind(value: object) -> str:
    """Return the standard's name for the type of this value; any callable is a function."""
    found = KINDS.get(type(value))
    if found is not None:
        return found
    for python, name in _WIDER:
        if isinstance(value, python):
            return name
    return FUNCTION


def decimal(value: object) -> Decimal:
    """Return a number as Decimal; a float becomes the digits that it prints."""
    if type(value) is Decimal:
        return value
    if isinstance(value, float):
        return Decimal(repr(value))
    assert isinstance(value, int | Decimal)
    return Decimal(value)


def finite(value: Decimal) -> Decimal | None:
    """Return the number, or null when it is out of range."""
    return value if value.is_finite() else None
