"""Dates, times, moments and days and time durations as the standard has them: years up to a billion, nanoseconds.

Python's own hold years 1 to 9999 and microseconds. They are taken from callers wherever a value is taken (`own`), and
are what callers get (`theirs`) wherever they can hold the value.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

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

    def __str__(self) -> str:
        """Return the normal form: P1DT2H3M4.5S, no part of zero, PT0S for nothing."""
        if not self.nanoseconds:
            return "PT0S"
        days, rest = divmod(abs(self.nanoseconds), DAY)
        whole, fraction = divmod(rest, SECOND)
        exact = f"{whole % 60}{_fraction(fraction)}"
        below = (f"{whole // 3600}H", f"{whole // 60 % 60}M", f"{exact}S")
        time = "".join(part for part in below if part not in ("0H", "0M", "0S"))
        return f"{'-' if self.nanoseconds < 0 else ''}P{f'{days}D' if days else ''}{'T' + time if time else ''}"


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

    def __str__(self) -> str:
        near, year = self.near, self.year
        return f"{'-' if year < 0 else ''}{abs(year):04}-{near.month:02}-{near.day:02}"

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
    def offset(self) -> int:
        """Return the offset from UTC in nanoseconds; of a named zone that of an ordinary winter day."""
        return 0 if self.zone is None else _nanoseconds(self.zone.utcoffset(WINTER))

    @property
    def instant(self) -> int:
        """Return the nanoseconds since midnight, of UTC where there is a zone."""
        return self.nanoseconds - self.offset

    def __str__(self) -> str:
        text = f"{self.hour:02}:{self.minute:02}:{self.second:02}{_fraction(self.nanoseconds % SECOND)}"
        return text + _zone(self.zone)

    def plus(self, length: DaysTime) -> "Time":
        """Return a time later or earlier, around midnight."""
        return Time((self.nanoseconds + length.nanoseconds) % DAY, self.zone)


WINTER, YEAR_1 = datetime(2000, 1, 1), datetime(1, 1, 1)  # noqa: DTZ001
MIDNIGHT, UTC_MIDNIGHT = Time(0), Time(0, UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time.

    `shown`: nanoseconds from the beginning of year 1 to what calendar and clock show. `offset`: theirs from UTC, which
    tells apart the two hours that clocks show when they are put back.
    """

    shown: int
    zone: tzinfo | None = None
    offset: int = 0

    @classmethod
    def of(cls, day: Date, at: Time) -> "Moment":
        shown = (day.ordinal - 1) * DAY + at.nanoseconds
        return cls(shown, at.zone, _offset(at.zone, shown))

    @property
    def date(self) -> Date:
        return Date(self.shown // DAY + 1)

    @property
    def time(self) -> Time:
        return Time(self.shown % DAY, self.zone)

    @property
    def instant(self) -> int:
        """Return the nanoseconds since the beginning of year 1, in UTC where there is a zone."""
        return self.shown - self.offset

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"

    def plus(self, length: DaysTime) -> "Moment | None":
        """Return a moment later or earlier in absolute time, not in local time, where a zone changes its offset."""
        return moment_at(self.instant + length.nanoseconds, self.zone)


def moment_at(instant: int, zone: tzinfo | None) -> Moment | None:
    """Return the moment that `Moment.instant` gave, as clocks in the zone show it; None beyond the last year."""
    if zone is None or isinstance(zone, timezone):
        offset = _offset(zone, instant)
    else:
        offset = _nanoseconds(zone.fromutc(_near(instant).replace(tzinfo=zone)).utcoffset())
    shown = instant + offset
    return Moment(shown, zone, offset) if FIRST.ordinal <= shown // DAY + 1 <= LAST.ordinal else None


def _offset(zone: tzinfo | None, shown: int) -> int:
    if zone is None:
        return 0
    return _nanoseconds(zone.utcoffset(None if isinstance(zone, timezone) else _near(shown)))


def _near(nanoseconds: int) -> datetime:
    """Return it without zone in Python's years: a zone has its first offset before them and its last rules after."""
    days, rest = divmod(nanoseconds, DAY)
    cycle = min(max(days // CYCLE_DAYS, 0), FAR_CYCLE)
    near = days % CYCLE_DAYS + cycle * CYCLE_DAYS
    return YEAR_1 + timedelta(days=near, seconds=rest // SECOND)


def _nanoseconds(offset: timedelta | None) -> int:
    return 0 if offset is None else (offset.days * 86_400 + offset.seconds) * SECOND


def _fraction(nanoseconds: int) -> str:
    return f".{nanoseconds:09}".rstrip("0") if nanoseconds else ""


def _zone(where: tzinfo | None) -> str:
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


# -- Python's own ---------------------------------------------------------------------------------------------------


def own(value: Any) -> Any:
    """Return a caller's date, time, moment or duration as ours; anything else as it is."""
    convert = OWN.get(type(value))
    if convert is not None:
        return convert(value)
    if not isinstance(value, PYTHONS):
        return value
    return next(convert(value) for python, convert in OWN.items() if isinstance(value, python))  # of a subclass


def own_moment(value: datetime) -> Moment:
    seconds = (value.toordinal() - 1) * 86_400 + (value.hour * 60 + value.minute) * 60 + value.second
    shown = seconds * SECOND + value.microsecond * MICROSECOND
    return Moment(shown, value.tzinfo, _nanoseconds(value.utcoffset()))


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


PYTHONS = tuple(OWN)


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
    first = datetime.combine(day, at)
    return first if _nanoseconds(first.utcoffset()) == value.offset else first.replace(fold=1)


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
