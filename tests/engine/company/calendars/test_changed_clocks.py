"""Working time where clocks are changed, in both directions and by half an hour: lengths are real time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.company.calendars import KNOWN_UNTIL, USUAL, WEEKDAYS, WorkingTime
from engine.company.calendars.calendar import weekly
from engine.complaints.limits.arithmetic import Span

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
LORD_HOWE, CHINA = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Shanghai")
ST_JOHNS, APIA = ZoneInfo("America/St_Johns"), ZoneInfo("Pacific/Apia")

CHANGES = [
    (BERLIN, datetime(2026, 3, 29, 1, tzinfo=UTC)),
    (BERLIN, datetime(2026, 10, 25, 1, tzinfo=UTC)),
    (NEW_YORK, datetime(2026, 3, 8, 7, tzinfo=UTC)),
    (NEW_YORK, datetime(2026, 11, 1, 6, tzinfo=UTC)),
    (LORD_HOWE, datetime(2026, 4, 4, 15, tzinfo=UTC)),
    (LORD_HOWE, datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    (ST_JOHNS, datetime(2010, 11, 7, 2, 31, tzinfo=UTC)),  # one minute after midnight, back to the day before
    (APIA, datetime(2011, 12, 30, 10, tzinfo=UTC)),  # a whole day left out
    (BERLIN, datetime(2044, 10, 30, 1, tzinfo=UTC)),  # beyond every known holiday
    (CHINA, datetime(2026, 2, 17, tzinfo=UTC)),
    (CHINA, datetime(KNOWN_UNTIL.year, 12, 31, tzinfo=UTC)),
]
"""Where clocks are changed, where holidays end, and what lies beyond."""

NIGHT = {day: [["00:00", "02:30"], ["03:00", "06:00"], ["22:00", "24:00"]] for day in WEEKDAYS}
SHIFTS = {
    "office": USUAL,
    "night": NIGHT,
    "always": {day: [["00:00", "24:00"]] for day in WEEKDAYS},
    "half past": {day: [["00:30", "01:15"], ["01:45", "02:15"], ["02:15", "02:45"]] for day in WEEKDAYS},
    "weekend": {"sat": [["09:00", "12:00"]], "sun": [["01:00", "02:30"], ["23:15", "24:00"]]},
}


def hours(shift: str, zone: ZoneInfo) -> WorkingTime:
    return WorkingTime(weekly(SHIFTS[shift]), {date(2026, 3, 28): ((time(2), time(3)),)}, zone)


def at(zone: ZoneInfo, text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "day", "real"),
    [
        (BERLIN, "2026-03-29", 7),
        (BERLIN, "2026-10-25", 9),
        (BERLIN, "2026-07-05", 8),
        (NEW_YORK, "2026-03-08", 7),
        (NEW_YORK, "2026-11-01", 9),
        (LORD_HOWE, "2026-04-05", 8.5),
        (LORD_HOWE, "2026-10-04", 7.5),
    ],
)
def test_a_night_shift_is_as_long_as_it_really_was(zone: ZoneInfo, day: str, real: float) -> None:
    nights = WorkingTime(weekly({each: [["00:00", "08:00"]] for each in WEEKDAYS}), zone=zone, public_holidays=False)
    begins = at(zone, f"{day} 00:00")
    assert nights.between(begins, at(zone, f"{day} 08:00")) == timedelta(hours=real)
    assert nights.add(begins, timedelta(hours=real)) == at(zone, f"{day} 08:00")


def test_a_time_that_is_passed_over_is_the_moment_of_the_change() -> None:
    gone = WorkingTime({6: ((time(2, 10), time(2, 50)),)}, zone=BERLIN, public_holidays=False)
    spring = datetime(2026, 3, 29, 0, tzinfo=UTC)
    assert gone.add(spring, timedelta(minutes=10)) == at(BERLIN, "2026-04-05 02:20")  # that shift did not take place
    assert not gone.is_working(datetime(2026, 3, 29, 1, 15, tzinfo=UTC))
    into = WorkingTime({6: ((time(1), time(2, 30)), (time(3), time(5)))}, zone=BERLIN, public_holidays=False)
    assert into.between(spring, spring + timedelta(days=1)) == timedelta(hours=3)
    assert into.is_working(datetime(2026, 3, 29, 0, 59, tzinfo=UTC))


def test_a_time_that_comes_twice_is_meant_the_first_time() -> None:
    until = WorkingTime({6: ((time(0), time(2, 30)),)}, zone=BERLIN, public_holidays=False)
    assert until.is_working(at(BERLIN, "2026-10-25 02:29"))
    assert not until.is_working(at(BERLIN, "2026-10-25 02:29", fold=1))
    daily = hours("always", BERLIN)
    assert daily.add(at(BERLIN, "2026-10-24 02:30"), timedelta(days=1)) == at(BERLIN, "2026-10-25 02:30")
    # The second 02:30 comes after the first 02:59, so what begins then is not due before what began earlier.
    assert daily.add(at(BERLIN, "2026-10-25 02:30", fold=1), timedelta(days=1)) == at(BERLIN, "2026-10-26 03:00")


def test_whole_days_keep_the_time_of_day_over_a_change() -> None:
    office = WorkingTime(weekly(USUAL), zone=BERLIN)
    assert office.add(at(BERLIN, "2026-03-27 10:00"), timedelta(days=1)) == at(BERLIN, "2026-03-30 10:00")
    assert office.add(at(BERLIN, "2026-10-23 10:00"), timedelta(days=2)) == at(BERLIN, "2026-10-27 10:00")


def test_a_make_up_day_has_the_hours_of_the_first_day_of_the_week_that_has_any() -> None:
    tuesdays = WorkingTime({1: ((time(8), time(16)),), 3: ((time(9), time(11)),)})
    assert tuesdays.on(date(2026, 2, 14)) == ((time(8), time(16)),)  # a Saturday worked in; Mondays are free
    own = WorkingTime({1: ((time(8), time(16)),), 5: ((time(9), time(11)),)})
    assert own.on(date(2026, 2, 14)) == ((time(9), time(11)),)
    assert WorkingTime({}).on(date(2026, 2, 14)) == ()


near = st.tuples(st.sampled_from(CHANGES), st.sampled_from(sorted(SHIFTS)), st.integers(-4 * 24 * 60, 4 * 24 * 60)).map(
    lambda drawn: (hours(drawn[1], drawn[0][0]), drawn[0][1] + timedelta(minutes=drawn[2]))
)
"""A calendar, and a moment within four days of a change."""

lengths = st.timedeltas(timedelta(seconds=1), timedelta(hours=23, minutes=59))
MANY = settings(max_examples=200, deadline=None)


@MANY
@given(near, lengths)
def test_what_was_added_lies_between(drawn: tuple[WorkingTime, datetime], length: timedelta) -> None:
    working, start = drawn
    assert working.between(start, working.add(start, length)) == length


@MANY
@given(near, lengths, lengths)
def test_going_on_after_any_moment_loses_nothing(
    drawn: tuple[WorkingTime, datetime], first: timedelta, more: timedelta
) -> None:
    working, start = drawn
    first, more = first / 2, more / 2  # together less than a day: whole days are counted in days
    assert working.add(working.add(start, first), more) == working.add(start, first + more)


@MANY
@given(near, lengths, st.timedeltas(timedelta(), timedelta(days=6)), st.timedeltas(timedelta(), timedelta(days=6)))
def test_a_pause_costs_exactly_the_working_time_in_it(
    drawn: tuple[WorkingTime, datetime], length: timedelta, until_pause: timedelta, pause: timedelta
) -> None:
    working, start = drawn
    begun, ended = start + until_pause, start + until_pause + pause
    due = Span(start, length, working, pauses=((begun, ended),)).due()
    assert due is not None
    stood_still = working.between(begun, ended) if begun < working.add(start, length) else timedelta()
    assert working.between(start, due) == length + stood_still


@MANY
@given(near, st.timedeltas(timedelta(), timedelta(days=2)), st.integers(0, 6), lengths)
def test_who_begins_later_is_never_due_earlier(
    drawn: tuple[WorkingTime, datetime], later: timedelta, days: int, rest: timedelta
) -> None:
    working, start = drawn
    for length in (timedelta(days=days), rest, timedelta(days=days) + rest):
        assert working.add(start, length) <= working.add(start + later, length)


@MANY
@given(near, st.integers(0, 5), lengths, lengths)
def test_more_is_never_due_earlier(
    drawn: tuple[WorkingTime, datetime], days: int, one: timedelta, other: timedelta
) -> None:
    working, start = drawn
    shorter, longer = sorted((one, other))
    assert working.add(start, timedelta(days=days) + shorter) <= working.add(start, timedelta(days=days) + longer)
    assert working.add(start, timedelta(days=days)) <= working.add(start, timedelta(days=days + 1))


@MANY
@given(near, st.timedeltas(timedelta(), timedelta(days=5)), st.timedeltas(timedelta(), timedelta(days=5)))
def test_working_time_adds_up(drawn: tuple[WorkingTime, datetime], first: timedelta, second: timedelta) -> None:
    working, start = drawn
    middle, end = start + first, start + first + second
    assert working.between(start, end) == working.between(start, middle) + working.between(middle, end)


@MANY
@given(near)
def test_a_moment_of_work_is_work(drawn: tuple[WorkingTime, datetime]) -> None:
    working, start = drawn
    one = timedelta(seconds=1)
    assert working.is_working(start) == (working.between(start, start + one) == one)
