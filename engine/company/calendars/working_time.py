"""Working time as a value: hours per weekday, public holidays, own exceptions. Uses no tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo

from chinese_calendar import constants

from engine.core.errors import BihuanError

Interval = tuple[time, time]
Intervals = tuple[Interval, ...]

DAY = timedelta(days=1)
FARTHEST = 3660  # days searched for working time: ten years
HOLIDAYS: Mapping[date, object] = constants.holidays
MAKE_UP: Mapping[date, object] = constants.workdays
CHINA = ZoneInfo("Asia/Shanghai")
KNOWN_UNTIL = date(max(HOLIDAYS).year, 12, 31)
"""The last day whose public holidays are known; the State Council announces a year's in the autumn before."""


WARNED_BEFORE = timedelta(days=90)
"""So long before the last known day administrators are told."""


def holidays_until(now: datetime, zone: tzinfo) -> date | None:
    """Return the last day whose public holidays are known once it is near or past, else None."""
    return KNOWN_UNTIL if now.astimezone(zone).date() + WARNED_BEFORE > KNOWN_UNTIL else None


class NoWorkingTime(BihuanError):
    """The calendar has no working hours within ten years."""

    zh = "工作日历里没有任何工作时间，请检查每周工时和例外。"
    en = "The calendar has no working hours at all; check its weekly hours and exceptions."


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When people work.

    `hours`: intervals of local time per weekday (0 is Monday). `exceptions`: days that differ, with their intervals
    (none: no work). `public_holidays`: whether China's holidays are free; a make-up workday has its weekday's hours,
    or Monday's when that weekday is otherwise free. Beyond `known_until` only the weekly hours are known.
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
        if self.public_holidays and day in MAKE_UP:
            return usual or self.hours.get(0, ())
        return usual

    def add(self, start: datetime, length: timedelta) -> datetime:
        """Return the moment `length` of working time after `start` (aware; the result is in UTC).

        Time outside working hours does not count: a start outside them moves to the next opening. Whole days of
        `length` are working days: three days after Monday 10:00 is Thursday 10:00, or the nearest working moment
        before it when that day is shorter. The rest is time within working hours. Raises `NoWorkingTime`.
        """
        if length < timedelta():
            raise ValueError("working time is added, not taken away")
        if not length:
            return start.astimezone(UTC)
        days, rest = divmod(length, DAY)
        local = self._opening(start.astimezone(self.zone).replace(tzinfo=None))
        if days:
            local = self._within(self._day_after(local.date(), days), local.time())
        return self._work_off(local, rest).replace(tzinfo=self.zone).astimezone(UTC)

    def between(self, first: datetime, last: datetime) -> timedelta:
        """Return the working time between two moments (aware); zero when the second is earlier."""
        start = first.astimezone(self.zone).replace(tzinfo=None)
        end = last.astimezone(self.zone).replace(tzinfo=None)
        total = timedelta()
        day = start.date()
        while day <= end.date():
            for opens, closes in self._spans(day):
                total += max(timedelta(), min(closes, end) - max(opens, start))
            day += DAY
        return total

    def is_working(self, moment: datetime) -> bool:
        """Return whether this moment (aware) is working time."""
        local = moment.astimezone(self.zone).replace(tzinfo=None)
        return any(opens <= local < closes for opens, closes in self._spans(local.date()))

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for opens, closes in self.on(day):
            # An interval that ends at 00:00 ends with the day.
            end = datetime.combine(day, closes) + (DAY if closes == time() else timedelta())
            yield datetime.combine(day, opens), end

    def _days_from(self, day: date) -> Iterator[date]:
        for distance in range(FARTHEST):
            if self.on(day + distance * DAY):
                yield day + distance * DAY
        raise NoWorkingTime

    def _opening(self, local: datetime) -> datetime:
        for day in self._days_from(local.date()):
            for opens, closes in self._spans(day):
                if local < closes:
                    return max(local, opens)
        raise NoWorkingTime

    def _day_after(self, day: date, count: int) -> date:
        for number, each in enumerate(self._days_from(day + DAY), 1):
            if number == count:
                return each
        raise NoWorkingTime

    def _within(self, day: date, wanted: time) -> datetime:
        """Return the given time on a working day, or the last working moment before it, or the day's opening."""
        moment = datetime.combine(day, wanted)
        spans = list(self._spans(day))
        before = [min(closes, moment) for opens, closes in spans if opens <= moment]
        return max(before) if before else spans[0][0]

    def _work_off(self, local: datetime, rest: timedelta) -> datetime:
        if not rest:
            return local
        for day in self._days_from(local.date()):
            for opens, closes in self._spans(day):
                begins = max(local, opens)
                if begins >= closes:
                    continue
                if rest <= closes - begins:
                    return begins + rest
                rest -= closes - begins
        raise NoWorkingTime
