"""Dates, times, moments and durations: parse ISO 8601 text, write it, and calculate."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.feel.values import YearsMonths

DATE = re.compile(r"(-?\d{4,9})-(\d\d)-(\d\d)", re.ASCII)
TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:(Z|z)|([+-])(\d\d):(\d\d)(?::(\d\d))?|@(.+))?", re.ASCII)
DURATION = re.compile(
    r"(-)?P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?",
    re.ASCII,
)
WIDEST_OFFSET = timedelta(hours=14)
MICRO = timedelta(microseconds=1)
DAY = timedelta(days=1)


def read(text: str) -> object:
    """Return the value of a literal such as @"2026-02-14"; None when it is none of the four kinds."""
    return read_date(text) or read_time(text) or read_moment(text) or read_duration(text)


def read_date(text: str) -> date | None:
    match = DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None


@lru_cache(maxsize=256)
def zone(name: str) -> tzinfo | None:
    """Return a zone by its IANA name."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def read_time(text: str) -> time | None:
    match = TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second, fraction, utc, sign, oh, om, os, name = match.groups()
    where: tzinfo | None = None
    if utc:
        where = UTC
    elif sign:
        where = offset_zone(
            timedelta(hours=int(oh), minutes=int(om), seconds=int(os or 0)) * (-1 if sign == "-" else 1)
        )
    elif name:
        where = zone(name)
    if where is None and (utc or sign or name):
        return None
    try:
        return time(int(hour), int(minute), int(second), int((fraction or "0")[:6].ljust(6, "0")), where)
    except ValueError:
        return None


def offset_zone(offset: timedelta) -> tzinfo | None:
    """Return a fixed offset; both the standard and XML Schema allow at most 14 hours."""
    if abs(offset) > WIDEST_OFFSET:
        return None
    return UTC if not offset else timezone(offset)


def read_moment(text: str) -> datetime | None:
    """Parse a date and time; a date alone is its midnight."""
    day, _, rest = text.partition("T")
    when = read_date(day)
    if when is None:
        return None
    if rest == "" and "T" not in text:
        return datetime.combine(when, time())
    if rest.startswith("24:00:00"):
        midnight = read_time("00" + rest[2:])
        return None if midnight is None else moved(datetime.combine(when, midnight), DAY)
    at = read_time(rest)
    return None if at is None else datetime.combine(when, at)


def moved(moment: datetime, by: timedelta) -> datetime | None:
    """Return a moment later or earlier in absolute time (not local time, where a zone changes its offset)."""
    try:
        if moment.tzinfo is None or isinstance(moment.tzinfo, timezone):
            return moment + by
        return (moment.astimezone(UTC) + by).astimezone(moment.tzinfo)
    except OverflowError:
        return None


def read_duration(text: str) -> timedelta | YearsMonths | None:
    """Parse years and months, or days and below; a text with both is neither."""
    match = DURATION.fullmatch(text)
    if match is None:
        return None
    sign, years, months, weeks, days, hours, minutes, seconds, fraction = match.groups()
    if years or months:
        if weeks or days or hours or minutes or seconds:
            return None
        total = int(years or 0) * 12 + int(months or 0)
        return YearsMonths(-total if sign else total)
    try:
        length = timedelta(
            weeks=int(weeks or 0),
            days=int(days or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=int(seconds or 0),
            microseconds=int((fraction or "0")[:6].ljust(6, "0")),
        )
    except OverflowError:
        return None
    return -length if sign else length


def write_duration(value: timedelta) -> str:
    """Return the normal form: P1DT2H3M4.5S, no part of zero, PT0S for nothing."""
    if not value:
        return "PT0S"
    left = abs(value)
    minutes, seconds = divmod(left.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    exact = f"{seconds}.{left.microseconds:06}".rstrip("0").rstrip(".")
    below = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n) + (
        f"{exact}S" if exact != "0" else ""
    )
    return f"{'-' if value < timedelta() else ''}P{f'{left.days}D' if left.days else ''}{'T' + below if below else ''}"


def write_months(value: YearsMonths) -> str:
    years, months = abs(value.years), abs(value.rest)
    if not value.months:
        return "P0M"
    return f"{'-' if value.months < 0 else ''}P{f'{years}Y' if years else ''}{f'{months}M' if months else ''}"


def write_time(value: time | datetime) -> str:
    text = f"{value.hour:02}:{value.minute:02}:{value.second:02}"
    if value.microsecond:
        text += f".{value.microsecond:06}".rstrip("0")
    return text + write_zone(value.tzinfo)


def write_zone(where: tzinfo | None) -> str:
    if where is None:
        return ""
    if isinstance(where, ZoneInfo):
        return f"@{where.key}"
    offset = where.utcoffset(None) or timedelta()
    if not offset:
        return "Z"
    total = int(abs(offset).total_seconds())
    text = f"{'-' if offset < timedelta() else '+'}{total // 3600:02}:{total // 60 % 60:02}"
    return f"{text}:{total % 60:02}" if total % 60 else text


def write_date(value: date) -> str:
    return f"{value.year:04}-{value.month:02}-{value.day:02}"


def write_moment(value: datetime) -> str:
    return f"{write_date(value)}T{write_time(value)}"


def time_offset(value: time | datetime) -> timedelta | None:
    """Return the offset from UTC; for a time in a named zone, that of an ordinary winter day."""
    offset = value.utcoffset()
    if offset is None and value.tzinfo is not None:
        return value.tzinfo.utcoffset(datetime(2000, 1, 1))  # noqa: DTZ001
    return offset


def since_midnight(value: time) -> timedelta:
    """Return a time as duration since midnight, of UTC where it has an offset."""
    length = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    return length - (time_offset(value) or timedelta())


def shifted(value: time, by: timedelta) -> time:
    """Return a time later or earlier, wrapping at midnight."""
    start = datetime.combine(date(2000, 1, 2), value.replace(tzinfo=None))
    remainder = by % DAY
    return (start + remainder).time().replace(tzinfo=value.tzinfo)


def add_months(value: date, months: int) -> date | None:
    """Return the same day in another month, or that month's last day. Takes and returns dates or moments."""
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    return value.replace(year=year, month=month + 1, day=min(value.day, monthrange(year, month + 1)[1]))


def decimal_seconds(value: timedelta) -> Decimal:
    """Return a duration in seconds, exactly."""
    return Decimal(value // MICRO).scaleb(-6)
