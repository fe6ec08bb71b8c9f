"""Functions that convert one kind of value to another."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from engine.feel import moments, texts
from engine.feel.bounds import Run
from engine.feel.builtins.registry import builtin
from engine.feel.builtins.strings import whole
from engine.feel.operators import instant
from engine.feel.values import CONTEXT, YearsMonths

NUMERAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


@builtin("string", "from: any")
def _string(run: Run, value: object) -> str | None:
    return None if value is None else texts.string(run, value)


@builtin("number", "from: string")
def _number(run: Run, text: str) -> Decimal | None:
    if not NUMERAL.fullmatch(text):
        return None
    number = CONTEXT.create_decimal(text)
    return number if number.is_finite() else None


@builtin("number", "from: string, grouping separator: string?, decimal separator: string?")
def _number_grouped(run: Run, text: str, grouping: str | None, decimal: str | None = None) -> Decimal | None:
    if grouping not in (None, " ", ",", ".") or decimal not in (None, ".", ",") or (grouping and grouping == decimal):
        return None
    if grouping:
        text = text.replace(grouping, "")
    if decimal == "," and "." not in text:
        text = text.replace(",", ".")
    return _number(run, text)


@builtin("date", "from: string")
def _date_from_text(run: Run, text: str) -> date | None:
    return moments.read_date(text)


@builtin("date", "from: date and time")
def _date_from_moment(run: Run, moment: datetime) -> date:
    return moment.date()


@builtin("date", "from: date")
def _date_from_date(run: Run, day: date) -> date:
    return day


@builtin("date", "year: number, month: number, day: number")
def _date_from_parts(run: Run, year: Decimal, month: Decimal, day: Decimal) -> date | None:
    parts = [whole(part) for part in (year, month, day)]
    try:
        return None if None in parts else date(*(part or 0 for part in parts))
    except (ValueError, OverflowError):
        return None


@builtin("time", "from: string")
def _time_from_text(run: Run, text: str) -> time | None:
    return moments.read_time(text)


@builtin("time", "from: time")
def _time_from_time(run: Run, at: time) -> time:
    return at


@builtin("time", "from: date and time")
def _time_from_moment(run: Run, moment: datetime) -> time:
    return moment.timetz()


@builtin("time", "from: date")
def _time_from_date(run: Run, day: date) -> time:
    return time(tzinfo=UTC)


@builtin("time", "hour: number, minute: number, second: number, offset: days and time duration?")
def _time_from_parts(
    run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None
) -> time | None:
    hours, minutes = whole(hour), whole(minute)
    where = None if offset is None else moments.offset_zone(offset)
    if hours is None or minutes is None or not 0 <= second < 60 or (offset is not None and where is None):
        return None
    micros = int(second * 1_000_000)
    try:
        return time(hours, minutes, micros // 1_000_000, micros % 1_000_000, where)
    except (ValueError, OverflowError):
        return None


@builtin("date and time", "from: string")
def _moment_from_text(run: Run, text: str) -> datetime | None:
    return moments.read_moment(text)


@builtin("date and time", "from: date and time")
def _moment_from_moment(run: Run, moment: datetime) -> datetime:
    return moment


@builtin("date and time", "from: date")
def _moment_from_date(run: Run, day: date) -> datetime:
    return instant(day)


@builtin("date and time", "date: date, time: time")
def _moment_from_both(run: Run, day: date, at: time) -> datetime:
    return datetime.combine(day, at)


@builtin("date and time", "date: date and time, time: time")
def _moment_from_moment_and_time(run: Run, day: datetime, at: time) -> datetime:
    return datetime.combine(day.date(), at)


@builtin("date and time", "date: date and time, timezone: string")
def _moment_in_zone(run: Run, moment: datetime, timezone: str) -> datetime | None:
    where = moments.zone(timezone)
    return None if where is None or moment.tzinfo is None else moment.astimezone(where)


@builtin("duration", "from: string")
def _duration(run: Run, text: str) -> timedelta | YearsMonths | None:
    """Parse a duration. Weeks are ISO 8601's, not the standard's."""
    return None if "W" in text else moments.read_duration(text)


@builtin("duration", "from: days and time duration")
@builtin("duration", "from: years and months duration")
def _duration_itself(run: Run, length: object) -> object:
    return length


@builtin("years and months duration", "from: date, to: date")
@builtin("years and months duration", "from: date and time, to: date and time")
@builtin("years and months duration", "from: date, to: date and time")
@builtin("years and months duration", "from: date and time, to: date")
def _months_between(run: Run, start: date, end: date) -> YearsMonths:
    """Return the whole months from one day to the other."""
    first, last = _face(start), _face(end)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and _within_month(last) < _within_month(first):
        months -= 1
    if months < 0 and _within_month(last) > _within_month(first):
        months += 1
    return YearsMonths(months)


def _face(value: date) -> datetime:
    """Return date and time of day, without the zone."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    return instant(value)


def _within_month(value: datetime) -> tuple[int, time]:
    return value.day, value.time()


FROM_TEXT: dict[str, Callable[[str], object]] = {
    "date": moments.read_date,
    "time": moments.read_time,
    "date and time": moments.read_moment,
    "duration": lambda text: None if "W" in text else moments.read_duration(text),
}


@builtin("abs", "n: number")
def _abs_number(run: Run, n: Decimal) -> Decimal:
    return abs(n)


@builtin("abs", "n: days and time duration")
def _abs_days(run: Run, n: timedelta) -> timedelta:
    return abs(n)


@builtin("abs", "n: years and months duration")
def _abs_months(run: Run, n: YearsMonths) -> YearsMonths:
    return YearsMonths(abs(n.months))
