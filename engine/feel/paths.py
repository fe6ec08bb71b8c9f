"""Paths after a dot: entries of contexts, parts of dates and durations, ends of ranges."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel.bounds import Run
from engine.feel.timeline import DAY, SECOND, DaysTime, Moment, Time, own
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
    return None if part is None else part(own(value))


def _zone(value: Time | Moment) -> str | None:
    return value.zone.key if isinstance(value.zone, ZoneInfo) else None


def _offset(value: Time | Moment) -> DaysTime | None:
    return None if value.zone is None else DaysTime(value.offset)


def _exact_seconds(length: DaysTime) -> Decimal:
    return Decimal(length.part(1, 60 * SECOND)).scaleb(-9)


OF_DAY: dict[str, Part] = {
    "year": lambda day: Decimal(day.year),
    "month": lambda day: Decimal(day.month),
    "day": lambda day: Decimal(day.day),
    "weekday": lambda day: Decimal(day.near.isoweekday()),
}
OF_TIME: dict[str, Part] = {
    "hour": lambda at: Decimal(at.hour),
    "minute": lambda at: Decimal(at.minute),
    "second": lambda at: Decimal(at.second),
}
OF_ZONE: dict[str, Part] = {"time offset": _offset, "timezone": _zone}


def _of_date(part: Part) -> Part:
    return lambda moment: part(moment.date)


def _of_time(part: Part) -> Part:
    return lambda moment: part(moment.time)


PARTS: dict[str, dict[str, Part]] = {
    DATE: OF_DAY,
    TIME: OF_TIME | OF_ZONE,
    MOMENT: {
        **{name: _of_date(part) for name, part in OF_DAY.items()},
        **{name: _of_time(part) for name, part in OF_TIME.items()},
        **OF_ZONE,
    },
    DAYS: {
        "days": lambda length: Decimal(length.part(DAY)),
        "hours": lambda length: Decimal(length.part(3600 * SECOND, 24)),
        "minutes": lambda length: Decimal(length.part(60 * SECOND, 60)),
        "seconds": _exact_seconds,
    },
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
