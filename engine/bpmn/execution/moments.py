"""Moments and durations in timers and due dates: parse ISO text, add, repeat."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.feel import YearsMonths, parse_duration, parse_moment

Span = timedelta | YearsMonths
_CYCLE = re.compile(r"R(\d*)/(?:([^/P][^/]*)/)?(P[^/]*)")


@dataclass(frozen=True, slots=True)
class Cycle:
    """A repetition: how often (None: for ever), from when (None: from now on), at which interval."""

    times: int | None
    start: datetime | None
    every: Span


def read(text: str) -> datetime | date | Span | Cycle | None:
    """Parse ISO 8601 text as a moment, a duration or a repetition; return None for anything else."""
    text = text.strip()
    cycle = _CYCLE.fullmatch(text)
    if cycle is not None:
        times, start, every = cycle.groups()
        span, moment = parse_duration(every), _moment(start or "")
        if span is None or (start and not isinstance(moment, datetime)):
            return None
        return Cycle(int(times) if times else None, moment if isinstance(moment, datetime) else None, span)
    return parse_duration(text) or _moment(text)


def _moment(text: str) -> datetime | date | None:
    found = parse_moment(text)
    return found if isinstance(found, date) else None


def add(moment: datetime, span: Span, times: int = 1) -> datetime:
    """Return the moment `times` durations later; a month without that day ends on its last one."""
    if isinstance(span, timedelta):
        return moment + span * times
    months = moment.year * 12 + moment.month - 1 + span.months * times
    year, month = divmod(months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def aware(moment: datetime | date, now: datetime) -> datetime:
    """Return a moment with a zone: without one, that of `now`; a day becomes its first moment."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=now.tzinfo)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=now.tzinfo)


def after(due: datetime, every: Span, now: datetime) -> tuple[datetime, int]:
    """Return the next repetition after `now`, and how many intervals after `due` it is (at least one)."""
    count = 1
    if isinstance(every, timedelta):
        count = max(1, (now - due) // every + 1) if every > timedelta() else 1
        return add(due, every, count), count
    while every.months > 0 and add(due, every, count) <= now:
        count += 1
    return add(due, every, count), count
