"""Dates, times, moments and durations read from ISO 8601 text; and the calendar's months."""

import re
from calendar import monthrange
from datetime import UTC, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.feel.timeline import DAY, LONGEST, MIDNIGHT, SECOND, Date, DaysTime, Moment, Time
from engine.feel.values import YearsMonths

DATE = re.compile(r"(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)", re.ASCII)
TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:(Z|z)|([+-])(\d\d):(\d\d)(?::(\d\d))?|@(.+))?", re.ASCII)
DURATION = re.compile(
    r"(-)?P(?=.)(?:(\d{1,15})Y)?(?:(\d{1,15})M)?(?:(\d{1,15})W)?(?:(\d{1,15})D)?"
    r"(?:T(?=.)(?:(\d{1,20})H)?(?:(\d{1,20})M)?(?:(\d{1,20})(?:\.(\d*))?S)?)?",
    re.ASCII,
)
WIDEST_OFFSET = timedelta(hours=14)
MOST_MONTHS = 10**12


def read(text: str) -> object:
    """Return the value of a literal such as @"2026-02-14"; None when it is none of the four kinds."""
    return read_date(text) or read_time(text) or read_moment(text) or read_duration(text)


def read_date(text: str) -> Date | None:
    match = DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return Date.of(*map(int, match.groups()))
    except ValueError:
        return None


@lru_cache(maxsize=256)
def zone(name: str) -> tzinfo | None:
    """Return a zone by its IANA name."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def read_time(text: str) -> Time | None:
    match = TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second, fraction, utc, sign, oh, om, os, name = match.groups()
    where: tzinfo | None = None
    if utc:
        where = UTC
    elif sign:
        where = offset_zone((int(oh) * 3600 + int(om) * 60 + int(os or 0)) * SECOND * (-1 if sign == "-" else 1))
    elif name:
        where = zone(name)
    if where is None and (utc or sign or name):
        return None
    try:
        return Time.of(int(hour), int(minute), int(second), _nanoseconds(fraction), where)
    except ValueError:
        return None


def _nanoseconds(fraction: str | None) -> int:
    return int((fraction or "0")[:9].ljust(9, "0"))


def offset_zone(nanoseconds: int) -> tzinfo | None:
    """Return a fixed offset; both the standard and XML Schema allow at most 14 hours."""
    offset = timedelta(seconds=nanoseconds // SECOND) if abs(nanoseconds) < DAY else 2 * WIDEST_OFFSET
    if abs(offset) > WIDEST_OFFSET:
        return None
    return UTC if not offset else timezone(offset)


def read_moment(text: str) -> Moment | None:
    """Parse a date and time; a date alone is its midnight."""
    day, _, rest = text.partition("T")
    when = read_date(day)
    if when is None:
        return None
    if rest == "" and "T" not in text:
        return Moment.of(when, MIDNIGHT)
    if rest.startswith("24:00:00"):
        next_day, midnight = when.plus(1), read_time("00" + rest[2:])
        return None if midnight is None or next_day is None else Moment.of(next_day, midnight)
    at = read_time(rest)
    return None if at is None else Moment.of(when, at)


def read_duration(text: str) -> DaysTime | YearsMonths | None:
    """Parse years and months, or days and below; a text with both is neither."""
    match = DURATION.fullmatch(text)
    if match is None:
        return None
    sign, years, months, weeks, days, hours, minutes, seconds, fraction = match.groups()
    if years or months:
        if weeks or days or hours or minutes or seconds:
            return None
        total = int(years or 0) * 12 + int(months or 0)
        return months_of(-total if sign else total)
    whole_days = int(weeks or 0) * 7 + int(days or 0)
    whole_seconds = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    length = whole_days * DAY + whole_seconds * SECOND + _nanoseconds(fraction)
    return days_time(-length if sign else length)


def days_time(nanoseconds: int) -> DaysTime | None:
    """Return the duration; None when it is absurdly long."""
    return DaysTime(nanoseconds) if abs(nanoseconds) <= LONGEST else None


def months_of(months: int) -> YearsMonths | None:
    """Return the duration; None when it is absurdly long."""
    return YearsMonths(months) if abs(months) <= MOST_MONTHS else None


def add_months(value: Date, months: int) -> Date | None:
    """Return the same day in another month, or that month's last day."""
    near = value.near
    year, month = divmod(value.year * 12 + near.month - 1 + months, 12)
    try:
        return Date.of(year, month + 1, min(near.day, monthrange(year % 400 + 400, month + 1)[1]))
    except ValueError:
        return None


def decimal_seconds(value: DaysTime) -> Decimal:
    """Return a duration in seconds, exactly."""
    return Decimal(value.nanoseconds).scaleb(-9)
