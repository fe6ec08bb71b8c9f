"""Dates, times, moments and days and time durations as the standard has them: years up to a billion, nanoseconds.

Python's own hold years 1 to 9999 and microseconds. They are taken from callers wherever a value is taken (`own`), and
are what callers get (`theirs`) wherever they can hold the value.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any

SECOND = 10**9  # nanoseconds
MICROSECOND = 1000
DAY = 86_400 * SECOND
LAST_YEAR = 999_999_999
LONGEST = 10**30  # nanoseconds of a duration
CYCLE_YEARS, CYCLE_DAYS = 400, 146_097  # after which the calendar repeats
FAR_CYCLE = 23  # its years, 9201 to 9600, stand for later ones where a zone is asked for its offset
MICRO = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class DaysTime:
    """A days and time duration (negative ones go back)."""

    nanoseconds: int

    def part(self, unit: int, limit: int | None = None) -> int:
        """Return how many whole units (of nanoseconds) there are, below `limit` of them, with the sign of the whole."""
        count = abs(self.nanoseconds) // unit
        count = count if limit is None else count % limit
        return -count if self.nanoseconds < 0 else count


@dataclass(frozen=True, slots=True, order=True)
class Date:
    """A day; `ordinal` counts as Python's does: 1 is the first day of year 1."""

    ordinal: int

    @classmethod
    def of(cls, year: int, month: int, day: int) -> "Date":
        """Raises ValueError where there is no such day."""
        if abs(year) > LAST_YEAR:
            raise ValueError(year)
        cycle, rest = divmod(year - 1, CYCLE_YEARS)
        return cls(date(rest + 1, month, day).toordinal() + cycle * CYCLE_DAYS)

    @property
    def near(self) -> date:
        """Return the same day of the calendar in the years 1 to 400."""
        return date.fromordinal((self.ordinal - 1) % CYCLE_DAYS + 1)

    @property
    def year(self) -> int:
        return self.near.year + (self.ordinal - 1) // CYCLE_DAYS * CYCLE_YEARS

    @property
    def month(self) -> int:
        return self.near.month

    @property
    def day(self) -> int:
        return self.near.day

    def plus(self, days: int) -> "Date | None":
        """Return the day so many days later; None beyond the last year or before the first."""
        return Date(self.ordinal + days) if FIRST.ordinal <= self.ordinal + days <= LAST.ordinal else None


FIRST, LAST = Date.of(-LAST_YEAR, 1, 1), Date.of(LAST_YEAR, 12, 31)


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day in nanoseconds, with its zone: a fixed offset, a named one (`ZoneInfo`), or none."""

    nanoseconds: int
    zone: tzinfo | None = None

    @classmethod
    def of(cls, hour: int, minute: int, second: int, nanosecond: int = 0, zone: tzinfo | None = None) -> "Time":
        """Raises ValueError where there is no such time."""
        if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
            raise ValueError(hour)
        return cls(((hour * 60 + minute) * 60 + second) * SECOND + nanosecond, zone)

    @property
    def hour(self) -> int:
        return self.nanoseconds // (3600 * SECOND)

    @property
    def minute(self) -> int:
        return self.nanoseconds // (60 * SECOND) % 60

    @property
    def second(self) -> int:
        return self.nanoseconds // SECOND % 60

    @property
    def offset(self) -> timedelta | None:
        """Return the offset from UTC; of a named zone that of an ordinary winter day."""
        return None if self.zone is None else self.zone.utcoffset(WINTER)

    @property
    def instant(self) -> int:
        """Return the nanoseconds since midnight, of UTC where there is a zone."""
        return self.nanoseconds - _nanoseconds(self.offset)

    def plus(self, length: DaysTime) -> "Time":
        """Return a time later or earlier, around midnight."""
        return Time((self.nanoseconds + length.nanoseconds) % DAY, self.zone)


WINTER = datetime(2000, 1, 1)  # noqa: DTZ001
MIDNIGHT, UTC_MIDNIGHT = Time(0), Time(0, UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time. `again`: the second time that the clocks show this, after they were put back."""

    date: Date
    time: Time
    again: bool = field(default=False, compare=False)

    @property
    def zone(self) -> tzinfo | None:
        return self.time.zone

    @property
    def offset(self) -> timedelta | None:
        zone = self.time.zone
        if zone is None or isinstance(zone, timezone):
            return self.time.offset
        return zone.utcoffset(_near(self.date, self.time).replace(fold=self.again))

    @property
    def instant(self) -> int:
        """Return the nanoseconds since the first day of year 1, of UTC where there is a zone."""
        return (self.date.ordinal - 1) * DAY + self.time.nanoseconds - _nanoseconds(self.offset)

    def plus(self, length: DaysTime) -> "Moment | None":
        """Return a moment later or earlier in absolute time, not in local time, where a zone changes its offset."""
        return moment_at(self.instant + length.nanoseconds, self.zone)


def moment_at(instant: int, zone: tzinfo | None) -> Moment | None:
    """Return the moment that `Moment.instant` gave, as the clocks of the zone show it."""
    if zone is None or isinstance(zone, timezone):
        offset, again = None if zone is None else zone.utcoffset(None), False
    else:
        day, rest = divmod(instant, DAY)
        there = zone.fromutc(_near(Date(day + 1), Time(rest)).replace(tzinfo=zone))
        offset, again = there.utcoffset(), bool(there.fold)
    day, rest = divmod(instant + _nanoseconds(offset), DAY)
    found = FIRST.plus(day + 1 - FIRST.ordinal)
    return None if found is None else Moment(found, Time(rest, zone), again)


def _near(day: Date, at: Time) -> datetime:
    """Return it without zone in Python's years: a zone has its first offset before them and its last rules after."""
    cycle = min(max((day.ordinal - 1) // CYCLE_DAYS, 0), FAR_CYCLE)
    near = date.fromordinal((day.ordinal - 1) % CYCLE_DAYS + 1 + cycle * CYCLE_DAYS)
    return datetime(near.year, near.month, near.day, at.hour, at.minute, at.second)  # noqa: DTZ001


def _nanoseconds(offset: timedelta | None) -> int:
    return 0 if offset is None else (offset.days * 86_400 + offset.seconds) * SECOND


# -- Python's own ---------------------------------------------------------------------------------------------------


def own(value: object) -> object:
    """Return a caller's date, time, moment or duration as ours; anything else as it is."""
    if not isinstance(value, date | time | timedelta):
        return value
    return next(convert(value) for python, convert in OWN.items() if isinstance(value, python))


def own_moment(value: datetime) -> Moment:
    return Moment(own_date(value), own_time(value.timetz()), bool(value.fold))


def own_date(value: date) -> Date:
    return Date(value.toordinal())


def own_time(value: time) -> Time:
    return Time.of(value.hour, value.minute, value.second, value.microsecond * MICROSECOND, value.tzinfo)


def own_duration(value: timedelta) -> DaysTime:
    return DaysTime(value // MICRO * MICROSECOND)


OWN: dict[type, Callable[[Any], object]] = {
    datetime: own_moment,
    date: own_date,
    time: own_time,
    timedelta: own_duration,
}


def theirs(value: object) -> object:
    """Return one of ours as Python's if that can hold it; anything else, and what it cannot hold, as it is."""
    convert = THEIRS.get(type(value))
    return value if convert is None else convert(value)


def _their_date(value: Date) -> object:
    return date.fromordinal(value.ordinal) if 1 <= value.ordinal <= LAST_ORDINAL else value


def _their_time(value: Time) -> object:
    micros, rest = divmod(value.nanoseconds, MICROSECOND)
    return value if rest else time(value.hour, value.minute, value.second, micros % 1_000_000, value.zone)


def _their_moment(value: Moment) -> object:
    day, at = _their_date(value.date), _their_time(value.time)
    if not isinstance(day, date) or not isinstance(at, time):
        return value
    return datetime.combine(day, at).replace(fold=value.again)


def _their_duration(value: DaysTime) -> object:
    micros, rest = divmod(value.nanoseconds, MICROSECOND)
    return value if rest or abs(micros) > LONGEST_MICROS else timedelta(microseconds=micros)


LAST_ORDINAL, LONGEST_MICROS = date.max.toordinal(), timedelta.max // MICRO - 10**6
THEIRS: dict[type, Callable[[Any], object]] = {
    Date: _their_date,
    Time: _their_time,
    Moment: _their_moment,
    DaysTime: _their_duration,
}
