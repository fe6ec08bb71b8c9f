"""Moments and durations in timers and due dates: parse ISO text, add, repeat.

What is written without a zone is meant in the zone of the case's place, and a day without a time lasts until it is
over: who does something "by 23 November" has the whole day.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from engine.feel import FeelError, YearsMonths, compile, parse_duration, parse_moment

Span = timedelta | YearsMonths
Zone = Callable[[], tzinfo]
"""Returns a zone; asked only where one is needed."""

_CYCLE = re.compile(r"R(\d*)/(?:([^/P-][^/]*)/)?(-?P[^/]*)")

SHORTEST = timedelta(minutes=1)
"""The shortest interval of a repetition. What repeats opens work for people or sends messages: our own proposal."""

END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Cycle:
    """A repetition: how often (None: for ever), from when (None: from now on), at which interval."""

    times: int | None
    start: datetime | None
    every: Span

    @property
    def moves(self) -> bool:
        """Return whether it moves forward, at an interval that people can bear."""
        return moves(self.every)


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
    span = parse_duration(text)
    return _moment(text) if span is None else span


def said(text: str, now: datetime, zone: tzinfo) -> object:
    """Return what a text outside any case says, such as that of a timer that starts one: `read`, or FEEL's value.

    None for anything else, and where the text asks for variables.
    """
    text = text.strip()
    if not text.startswith("="):
        return read(text.strip('"'))
    local = now.astimezone(zone)
    try:
        value = compile(text.removeprefix("=")).evaluate({}, {"now": lambda: local, "today": local.date})
    except FeelError:
        return None
    return read(value) if isinstance(value, str) else value


def standing(said: str) -> tuple[str, str]:
    """Return what is wrong with a repetition that does not move forward, in Chinese and English."""
    zh = f"重复的定时器「{said}」没有往前走：间隔至少要一分钟，例如 R3/PT1H、R/P1D。"
    en = f'the repeating timer "{said}" does not move forward: its interval must be at least a minute (R3/PT1H, R/P1D).'
    return zh, en


def moves(every: Span) -> bool:
    """Return whether repeating at this interval moves forward, and not faster than `SHORTEST`."""
    return every >= SHORTEST if isinstance(every, timedelta) else every.months > 0


def _moment(text: str) -> datetime | date | None:
    found = parse_moment(text)
    return found if isinstance(found, date) else None


def add(moment: datetime, span: Span, zone: Zone, times: int = 1) -> datetime:
    """Return the moment `times` durations later, in UTC; months are counted in `zone`, and a month without that day
    ends on its last one."""
    if isinstance(span, timedelta):
        return (moment.astimezone(UTC) + span * times).astimezone(UTC)
    local = moment.astimezone(zone())
    months = local.year * 12 + local.month - 1 + span.months * times
    year, month = divmod(months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day).astimezone(UTC)


def aware(moment: datetime | date, zone: Zone) -> datetime:
    """Return the moment in UTC: without a zone it is meant in `zone`; a day alone is its last second."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, END_OF_DAY)
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone())).astimezone(UTC)


def after(due: datetime, every: Span, now: datetime, zone: Zone) -> tuple[datetime, int]:
    """Return the next repetition after `now`, and how many intervals after `due` it is (at least one).

    Raises `ValueError` for an interval that does not move forward.
    """
    if not moves(every):
        raise ValueError("the interval does not move forward")
    if isinstance(every, timedelta):
        count = max(1, (now - due) // every + 1)
        return add(due, every, zone, count), count
    count = 1
    while add(due, every, zone, count) <= now:
        count += 1
    return add(due, every, zone, count), count
