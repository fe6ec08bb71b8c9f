"""Working time: lunch breaks, nights, weekends, holidays, make-up workdays, exceptions."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from engine.company import calendars, places
from engine.company.calendars import USUAL, NoWorkingTime, WorkingTime
from engine.company.calendars.calendar import weekly
from engine.core.errors import Unclear

CHINA = ZoneInfo("Asia/Shanghai")
USUALLY = WorkingTime(weekly(USUAL))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2026-03-02 10:00", timedelta(hours=1), "2026-03-02 11:00"),
        ("2026-03-02 11:30", timedelta(hours=1), "2026-03-02 14:00"),  # over lunch
        ("2026-03-02 17:00", timedelta(hours=2), "2026-03-03 10:00"),  # over night
        ("2026-03-06 17:30", timedelta(hours=1), "2026-03-09 09:30"),  # over a weekend
        ("2026-03-07 12:00", timedelta(hours=1), "2026-03-09 10:00"),  # from a Saturday
        ("2026-03-02 10:00", timedelta(days=3), "2026-03-05 10:00"),
        ("2026-03-05 10:00", timedelta(days=3), "2026-03-10 10:00"),
        ("2026-03-07 12:00", timedelta(days=3), "2026-03-12 09:00"),  # received on a Saturday: from Monday's opening
        ("2026-03-02 22:00", timedelta(days=1), "2026-03-04 09:00"),  # received at night: from the next opening
        ("2026-03-02 10:00", timedelta(days=1, hours=8), "2026-03-04 10:30"),
        ("2026-09-30 10:00", timedelta(days=1), "2026-10-08 10:00"),  # over the National Day week
        ("2026-02-13 10:00", timedelta(days=1), "2026-02-14 10:00"),  # a Saturday worked in for Spring Festival
        ("2026-03-02 10:00", timedelta(0), "2026-03-02 10:00"),
        ("2026-03-07 10:00", timedelta(0), "2026-03-07 10:00"),
    ],
)
def test_work_goes_on_only_in_working_hours(start: str, length: timedelta, end: str) -> None:
    found = USUALLY.add(at(start), length)
    assert found.tzinfo is UTC
    assert found.astimezone(CHINA) == at(end)


def test_a_shorter_day_ends_earlier_and_a_free_day_is_passed_over() -> None:
    half_day = {date(2026, 3, 5): ((time(9), time(12)),), date(2026, 3, 6): ()}
    hours = WorkingTime(weekly(USUAL), half_day)
    assert hours.add(at("2026-03-02 17:00"), timedelta(days=3)).astimezone(CHINA) == at("2026-03-05 12:00")
    assert hours.add(at("2026-03-05 11:00"), timedelta(hours=2)).astimezone(CHINA) == at("2026-03-09 10:00")


def test_beyond_the_known_years_weekends_apply() -> None:
    assert USUALLY.on(date(2099, 10, 1)) == USUALLY.hours[3]  # a Thursday
    assert USUALLY.on(date(2099, 10, 3)) == ()
    assert USUALLY.known_until.year >= 2026


def test_round_the_clock_means_every_hour() -> None:
    always = WorkingTime(weekly({day: [["00:00", "24:00"]] for day in calendars.WEEKDAYS}), public_holidays=False)
    assert always.add(at("2026-10-01 23:30"), timedelta(hours=1)) == at("2026-10-02 00:30")
    assert always.between(at("2026-10-01 12:00"), at("2026-10-03 12:00")) == timedelta(days=2)
    assert always.is_working(at("2026-10-01 23:59"))


def test_a_calendar_without_hours_says_so_instead_of_searching_for_ever() -> None:
    with pytest.raises(NoWorkingTime):
        WorkingTime({}).add(at("2026-03-02 10:00"), timedelta(hours=1))


def test_time_between_counts_working_hours_only() -> None:
    assert USUALLY.between(at("2026-03-06 17:00"), at("2026-03-09 10:00")) == timedelta(hours=2)
    assert USUALLY.between(at("2026-03-09 10:00"), at("2026-03-06 17:00")) == timedelta(0)
    assert not USUALLY.is_working(at("2026-03-02 12:30"))


moments = st.integers(0, 330 * 24 * 60).map(lambda minutes: at("2026-01-01 00:00") + timedelta(minutes=minutes))


@settings(max_examples=200, deadline=None)
@given(moments, st.timedeltas(timedelta(minutes=1), timedelta(hours=23)))
def test_what_was_added_lies_between(start: datetime, length: timedelta) -> None:
    assert USUALLY.between(start, USUALLY.add(start, length)) == length


@settings(max_examples=200, deadline=None)
@given(moments, moments, st.integers(0, 12))
def test_who_begins_later_is_never_due_earlier(one: datetime, other: datetime, days: int) -> None:
    first, second = sorted((one, other))
    assert USUALLY.add(first, timedelta(days=days)) <= USUALLY.add(second, timedelta(days=days))


# rows


@pytest.fixture
def tree(session: Session) -> dict[str, int]:
    company = places.add(session, "company", None, "company", "集团")
    region = places.add(session, "region", company, "east", "东区")
    garden = places.add(session, "community", region, "garden", "阳光里")
    desk = places.add_department(session, garden, "desk")
    return {"company": company.id, "region": region.id, "garden": garden.id, "desk": desk.id}


def test_a_place_has_the_hours_of_the_nearest_place_above_it(session: Session, tree: dict[str, int]) -> None:
    assert calendars.of(session, tree["garden"]).hours == USUALLY.hours
    calendars.seed(session)
    calendars.seed(session)
    calendars.change(session, tree["region"], {"mon": [["08:00", "20:00"]]})
    assert calendars.of(session, tree["desk"]).hours == {0: ((time(8), time(20)),)}
    assert calendars.of(session, tree["company"]).hours == USUALLY.hours
    own = calendars.change(session, tree["garden"], {"tue": [["08:00", "20:00"]]}, public_holidays=False)
    calendars.except_day(session, own, date(2026, 3, 3), [], "停电检修")
    calendars.except_day(session, own, date(2026, 3, 3), [["10:00", "11:00"]], "停电检修")
    found = calendars.of(session, tree["desk"])
    assert found.on(date(2026, 3, 3)) == ((time(10), time(11)),)
    assert found.on(date(2026, 10, 6)) == ((time(8), time(20)),)  # a Tuesday in the National Day week
    calendars.drop_exception(session, calendars.exceptions(session, own)[0])
    assert calendars.of(session, tree["desk"]).on(date(2026, 3, 3)) == ((time(8), time(20)),)


@pytest.mark.parametrize(
    "hours",
    [
        {"someday": []},
        {"mon": [["09:00"]]},
        {"mon": [["09:00", "25:00"]]},
        {"mon": [["18:00", "09:00"]]},
        {"mon": [["09:00", "12:00"], ["11:00", "18:00"]]},
    ],
)
def test_hours_that_make_no_sense_are_refused_in_words(session: Session, hours: dict[str, list[list[str]]]) -> None:
    with pytest.raises(Unclear) as said:
        calendars.change(session, None, hours)
    assert said.value.text("zh")
    with pytest.raises(Unclear):
        calendars.change(session, None, {}, zone="Mars/Base")
