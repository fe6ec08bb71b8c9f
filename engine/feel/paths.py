"""Paths after a dot: entries of contexts, parts of dates and durations, ends of ranges."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel import moments
from engine.feel.bounds import Run
from engine.feel.values import DATE, DAYS, MOMENT, MONTHS, RANGE, TIME, kind

Part = Callable[[Any], object]


def follow(value: object, name: str, run: Run) -> object:
    """Return the part of this name; of a list, those of its items."""
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, list | tuple):
        run.made_list(len(value))
        return [follow(item, name, run) for item in value]
    part = PARTS.get(kind(value), {}).get(name)
    return None if part is None else part(value)


def _seconds(value: time) -> Decimal:
    return Decimal(value.second)


def _zone(value: time | datetime) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _of_days(value: timedelta) -> dict[str, Decimal]:
    """Return days, hours, minutes and seconds, all with the sign of the whole."""
    sign = -1 if value < timedelta() else 1
    left = abs(value)
    exact = Decimal(left.seconds % 60) + Decimal(left.microseconds).scaleb(-6)
    return {
        "days": Decimal(sign * left.days),
        "hours": Decimal(sign * (left.seconds // 3600)),
        "minutes": Decimal(sign * (left.seconds // 60 % 60)),
        "seconds": sign * exact,
    }


def _part_of_days(name: str) -> Part:
    return lambda length: _of_days(length)[name]


ON_CALENDAR: dict[str, Part] = {
    "year": lambda day: Decimal(day.year),
    "month": lambda day: Decimal(day.month),
    "day": lambda day: Decimal(day.day),
    "weekday": lambda day: Decimal(day.isoweekday()),
}
ON_CLOCK: dict[str, Part] = {
    "hour": lambda at: Decimal(at.hour),
    "minute": lambda at: Decimal(at.minute),
    "second": _seconds,
    "time offset": moments.time_offset,
    "timezone": _zone,
}
PARTS: dict[str, dict[str, Part]] = {
    DATE: ON_CALENDAR,
    TIME: ON_CLOCK,
    MOMENT: ON_CALENDAR | ON_CLOCK,
    DAYS: {name: _part_of_days(name) for name in ("days", "hours", "minutes", "seconds")},
    MONTHS: {
        "years": lambda length: Decimal(length.years),
        "months": lambda length: Decimal(length.rest),
    },
    RANGE: {
        "start": lambda span: span.start,
        "end": lambda span: span.end,
        "start included": lambda span: span.start_included,
        "end included": lambda span: span.end_included,
    },
}
