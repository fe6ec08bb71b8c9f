"""Functions that convert one kind of value to another."""

import re
from collections.abc import Callable
from decimal import Decimal

from engine.feel import moments, syntax, texts
from engine.feel.bounds import Run
from engine.feel.builtins.registry import builtin
from engine.feel.builtins.strings import whole
from engine.feel.operators import instant
from engine.feel.timeline import SECOND, UTC_MIDNIGHT, Date, DaysTime, Moment, Time, moment_at
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
def _date_from_text(run: Run, text: str) -> Date | None:
    return moments.read_date(text)


@builtin("date", "from: date and time")
def _date_from_moment(run: Run, moment: Moment) -> Date:
    return moment.date


@builtin("date", "from: date")
def _date_from_date(run: Run, day: Date) -> Date:
    return day


@builtin("date", "year: number, month: number, day: number")
def _date_from_parts(run: Run, year: Decimal, month: Decimal, day: Decimal) -> Date | None:
    parts = [whole(part) for part in (year, month, day)]
    try:
        return None if None in parts else Date.of(*(part or 0 for part in parts))
    except (ValueError, OverflowError):
        return None


@builtin("time", "from: string")
def _time_from_text(run: Run, text: str) -> Time | None:
    return moments.read_time(text)


@builtin("time", "from: time")
def _time_from_time(run: Run, at: Time) -> Time:
    return at


@builtin("time", "from: date and time")
def _time_from_moment(run: Run, moment: Moment) -> Time:
    return moment.time


@builtin("time", "from: date")
def _time_from_date(run: Run, day: Date) -> Time:
    return UTC_MIDNIGHT


@builtin("time", "hour: number, minute: number, second: number, offset: days and time duration?")
def _time_from_parts(
    run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTime | None = None
) -> Time | None:
    hours, minutes = whole(hour), whole(minute)
    where = None if offset is None else moments.offset_zone(offset.nanoseconds)
    if hours is None or minutes is None or not 0 <= second < 60 or (offset is not None and where is None):
        return None
    seconds, nanoseconds = divmod(int(second * SECOND), SECOND)
    try:
        return Time.of(hours, minutes, seconds, nanoseconds, where)
    except ValueError:
        return None


@builtin("date and time", "from: string")
def _moment_from_text(run: Run, text: str) -> Moment | None:
    return moments.read_moment(text)


@builtin("date and time", "from: date and time")
def _moment_from_moment(run: Run, moment: Moment) -> Moment:
    return moment


@builtin("date and time", "from: date")
def _moment_from_date(run: Run, day: Date) -> Moment:
    return instant(day)


@builtin("date and time", "date: date, time: time")
def _moment_from_both(run: Run, day: Date, at: Time) -> Moment:
    return Moment.of(day, at)


@builtin("date and time", "date: date and time, time: time")
def _moment_from_moment_and_time(run: Run, moment: Moment, at: Time) -> Moment:
    return Moment.of(moment.date, at)


@builtin("date and time", "date: date and time, timezone: string")
def _moment_in_zone(run: Run, moment: Moment, timezone: str) -> Moment | None:
    where = moments.zone(timezone)
    return None if where is None or moment.zone is None else moment_at(moment.instant, where)


@builtin("duration", "from: string")
def _duration(run: Run, text: str) -> DaysTime | YearsMonths | None:
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
def _months_between(run: Run, start: Date | Moment, end: Date | Moment) -> YearsMonths:
    """Return the whole months from one day to the other, whatever the clock and the zone."""
    first, last = (value.date if isinstance(value, Moment) else value for value in (start, end))
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    if months < 0 and last.day > first.day:
        months += 1
    return YearsMonths(months)


FROM_TEXT: dict[str, Callable[[str], object]] = {
    "date": moments.read_date,
    "time": moments.read_time,
    "date and time": moments.read_moment,
    "duration": lambda text: None if "W" in text else moments.read_duration(text),
}
NOT_CONSTANT = object()


def constant(node: syntax.Node) -> object:
    """Return the value of a constant, one read from a text too; otherwise NOT_CONSTANT."""
    if isinstance(node, syntax.Literal):
        return node.value
    if isinstance(node, syntax.Call) and isinstance(node.function, syntax.Name) and len(node.arguments) == 1:
        argument, read = node.arguments[0], FROM_TEXT.get(node.function.name)
        if read and isinstance(argument, syntax.Literal) and isinstance(argument.value, str):
            return read(argument.value)
    return NOT_CONSTANT


@builtin("abs", "n: number")
def _abs_number(run: Run, n: Decimal) -> Decimal:
    return abs(n)


@builtin("abs", "n: days and time duration")
def _abs_days(run: Run, n: DaysTime) -> DaysTime:
    return DaysTime(abs(n.nanoseconds))


@builtin("abs", "n: years and months duration")
def _abs_months(run: Run, n: YearsMonths) -> YearsMonths:
    return YearsMonths(abs(n.months))
