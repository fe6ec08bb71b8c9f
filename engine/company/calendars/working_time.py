"""Working time as a value: hours per weekday, public holidays, own exceptions. Uses no tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from types import MappingProxyType
from zoneinfo import ZoneInfo

from chinese_calendar import constants

from engine.core.errors import BihuanError

Interval = tuple[time, time]
Intervals = tuple[Interval, ...]
Moments = tuple[datetime, datetime]

DAY = timedelta(days=1)
FARTHEST = 3660  # days searched for working time: ten years
OVERLAP = 2  # days that a moment may lie in: its own, and the next where a change of clocks lets midnight come twice
HOLIDAYS: Mapping[date, object] = constants.holidays
MAKE_UP: Mapping[date, object] = constants.workdays
CHINA = ZoneInfo("Asia/Shanghai")
KNOWN_UNTIL = date(max(HOLIDAYS).year, 12, 31)
"""The last day whose public holidays are known; the State Council announces a year's in the autumn before."""


FESTIVALS: Mapping[str, str] = {each.value: each.chinese for each in constants.Holiday}

WARNED_BEFORE = timedelta(days=90)
"""So long before the last known day administrators are told."""


def holidays_until(now: datetime, zone: tzinfo) -> date | None:
    """Return the last day whose public holidays are known once it is near or past, else None."""
    return KNOWN_UNTIL if now.astimezone(zone).date() + WARNED_BEFORE > KNOWN_UNTIL else None


def festival(day: date) -> tuple[str, str]:
    """Return the festival (Chinese, English) that a day is off for, or is worked in for; "" for any other day."""
    name = str(HOLIDAYS.get(day) or MAKE_UP.get(day) or "")
    return FESTIVALS.get(name, name), name


class NoWorkingTime(BihuanError):
    """The calendar has no working hours within ten years."""

    zh = "工作日历里没有任何工作时间，请检查每周工时和例外。"
    en = "The calendar has no working hours at all; check its weekly hours and exceptions."


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When people work.

    `hours`: intervals of local time per weekday (0 is Monday). `exceptions`: days that differ, with their intervals
    (none: no work). `public_holidays`: whether China's holidays are free; a make-up workday has its weekday's hours,
    or those of the week's first working day when that weekday is otherwise free. Beyond `known_until` only the weekly
    hours are known.

    Lengths are real time, also where clocks are changed: a night from 22:00 to 06:00 is an hour shorter or longer then.
    A time of day that is passed over is the moment of the change; one that comes twice is meant the first time.
    """

    hours: Mapping[int, Intervals]
    exceptions: Mapping[date, Intervals] = field(default_factory=lambda: MappingProxyType({}))
    zone: tzinfo = CHINA
    public_holidays: bool = True
    known_until: date = KNOWN_UNTIL

    def on(self, day: date) -> Intervals:
        """Return the working intervals of a day. Exceptions override holidays, holidays override the weekly hours."""
        if day in self.exceptions:
            return self.exceptions[day]
        usual = self.hours.get(day.weekday(), ())
        if self.public_holidays and day in HOLIDAYS:
            return ()
        return self.worked_in(day) if self.public_holidays and day in MAKE_UP else usual

    def worked_in(self, day: date) -> Intervals:
        """Return the hours of a day that is worked in whatever its weekday: those of the weekday, or of the week's first
        working day when that is free."""
        usual = self.hours.get(day.weekday(), ())
        return usual or next((self.hours[each] for each in sorted(self.hours) if self.hours[each]), ())

    def add(self, start: datetime, length: timedelta) -> datetime:
        """Return the moment `length` of working time after `start` (aware; the result is in UTC).

        Time outside working hours does not count: a start outside them moves to the next opening. Whole days of
        `length` are working days: three days after Monday 10:00 is Thursday 10:00, or the nearest working moment
        before it when that day is shorter. The rest is time within working hours. Raises `NoWorkingTime`.
        """
        if length < timedelta():
            raise ValueError("working time is added, not taken away")
        moment = start.astimezone(UTC)
        if not length:
            return moment
        days, rest = divmod(length, DAY)
        if days:
            moment = self._days_after(moment, days)
        return self._work_off(moment, rest) if rest else moment

    def between(self, first: datetime, last: datetime) -> timedelta:
        """Return the working time between two moments (aware); zero when the second is earlier."""
        start, end = first.astimezone(UTC), last.astimezone(UTC)
        total = timedelta()
        day, until = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        for number in range((until - day).days + OVERLAP):
            for opens, closes in self._spans(day + number * DAY):
                total += max(timedelta(), min(closes, end) - max(opens, start))
        return total

    def is_working(self, moment: datetime) -> bool:
        """Return whether this moment (aware) is working time."""
        day = moment.astimezone(self.zone).date()
        near = (span for number in range(OVERLAP) for span in self._spans(day + number * DAY))
        return any(opens <= moment < closes for opens, closes in near)

    def _spans(self, day: date) -> Iterator[Moments]:
        """Yield the intervals of a day as moments in UTC, in order; none that a change of clocks passes over."""
        for opens, closes in self.on(day):
            # An interval that ends at 00:00 ends with the day.
            end = datetime.combine(day if closes != time() else day + DAY, closes)
            first, last = _moment(datetime.combine(day, opens), self.zone), _moment(end, self.zone)
            if first < last:
                yield first, last

    def _days_from(self, day: date) -> Iterator[tuple[date, list[Moments]]]:
        """Yield the days with working time, for ten years. Raises `NoWorkingTime` after them."""
        for distance in range(FARTHEST):
            if spans := list(self._spans(day + distance * DAY)):
                yield day + distance * DAY, spans
        raise NoWorkingTime

    def _days_after(self, start: datetime, count: int) -> datetime:
        """Return the same time of day so many working days later, or the last working moment before it."""
        days = self._days_from(start.astimezone(self.zone).date())
        day, opening = next(
            (day, max(start, opens)) for day, spans in days for opens, closes in spans if start < closes
        )
        since_midnight = _clock(opening, self.zone) - datetime.combine(day, time())
        day, spans = next(islice(self._days_from(day + DAY), count - 1, None))
        moment = _moment(datetime.combine(day, time()) + since_midnight, self.zone)
        before = [min(closes, moment) for opens, closes in spans if opens <= moment]
        return max(before) if before else spans[0][0]

    def _work_off(self, start: datetime, rest: timedelta) -> datetime:
        for _day, spans in self._days_from(start.astimezone(self.zone).date()):
            for opens, closes in spans:
                begins = max(start, opens)
                if begins >= closes:
                    continue
                if rest <= closes - begins:
                    return begins + rest
                rest -= closes - begins
        raise NoWorkingTime


def _moment(local: datetime, zone: tzinfo) -> datetime:
    """Return what a clock's time means, in UTC; later times never mean an earlier moment."""
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment
    return _change(local.replace(tzinfo=zone, fold=1).astimezone(UTC), moment, zone)


def _clock(moment: datetime, zone: tzinfo) -> datetime:
    """Return the local time of a moment; while a time of day comes again, that at which the clock is changed."""
    local = moment.astimezone(zone)
    if not local.fold:
        return local.replace(tzinfo=None)
    earlier = local.replace(fold=0).astimezone(UTC)
    return (_change(earlier, moment, zone) + (moment - earlier)).astimezone(zone).replace(tzinfo=None)


def _change(earlier: datetime, later: datetime, zone: tzinfo) -> datetime:
    """Return the moment between these two at which clocks are changed, to the second."""
    before = earlier.astimezone(zone).utcoffset()
    while later - earlier > timedelta(seconds=1):
        middle = earlier + (later - earlier) / 2
        earlier, later = (middle, later) if middle.astimezone(zone).utcoffset() == before else (earlier, middle)
    return later.replace(microsecond=0)
