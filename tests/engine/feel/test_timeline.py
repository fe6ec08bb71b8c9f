"""Dates, moments and durations beyond Python's own: any year within a billion, nanoseconds; and what callers get."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine import feel
from engine.feel import YearsMonths
from engine.feel.timeline import Date, DaysTime, Moment, Time

PARIS = ZoneInfo("Europe/Paris")

WRITTEN = [
    ('date("999999999-12-31")', "999999999-12-31"),
    ('date("-999999999-01-01")', "-999999999-01-01"),
    ("date(-4712, 1, 1)", "-4712-01-01"),
    ('date("0000-03-01") - @"P1D"', "0000-02-29"),
    ('date("0001-01-01") - @"P1D"', "0000-12-31"),
    ('date("9999-12-31") + @"P1D"', "10000-01-01"),
    ('date("9999-12-31") + @"P1M"', "10000-01-31"),
    ('date("999999999-12-31") + @"P1D"', None),
    ('date("-999999999-01-01") - @"P1M"', None),
    ('date("1000000000-01-01")', None),
    ('date and time("12026-07-31T11:22:33.123456789+08:00")', "12026-07-31T11:22:33.123456789+08:00"),
    (
        'date and time("2026-12-31T23:59:59.999999999@Europe/Paris") + @"PT0.000000001S"',
        "2027-01-01T00:00:00@Europe/Paris",
    ),
    ('date and time("-0044-03-15T12:00:00Z") + @"P2026Y"', "1982-03-15T12:00:00Z"),
    ('time("11:22:33.123456789")', "11:22:33.123456789"),
    ("time(11, 59, 45.000000001, null)", "11:59:45.000000001"),
    ('duration("P1DT2H3M4.123456789S")', "P1DT2H3M4.123456789S"),
    ('duration("-PT0.000000001S")', "-PT0.000000001S"),
    ('@"999999999-12-31" - @"-999999999-01-01"', "P730484999633D"),
    ('date and time(@"12026-07-31T11:22:33Z", "Asia/Shanghai")', "12026-07-31T19:22:33@Asia/Shanghai"),
    ('date("02026-01-01")', None),
    ('date("-02026-01-01")', None),
    ('date and time("02026-01-01T00:00:00")', None),
    ('date("226-01-01")', None),
]


@pytest.mark.fault(21)
@pytest.mark.parametrize(("text", "written"), WRITTEN)
def test_years_and_nanoseconds(text: str, written: str | None) -> None:
    assert feel.evaluate(f"string({text})", {}) == written


@pytest.mark.fault(21)
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('date("-0044-03-15").year', Decimal(-44)),
        ('date("12026-07-31").weekday', Decimal(5)),
        ('day of week(date("-0044-03-15"))', "Thursday"),
        ('day of year(date("-0004-12-31"))', Decimal(366)),
        ('date and time("12026-07-31T00:00:00@Europe/Paris").time offset', timedelta(hours=2)),
        ('date("9999-12-31") < date("10000-01-01")', True),
        ('date and time("12026-07-31T02:00:00+02:00") = date and time("12026-07-31T00:00:00Z")', True),
        ('time("10:00:00.000000001") > time("10:00:00")', True),
        ('for d in @"9999-12-31"..@"10000-01-01" return d.year', [Decimal(9999), Decimal(10000)]),
        ('@"12026-01-01" in [@"2026-01-01"..@"22026-01-01"]', True),
        ('@"P1D" * 1e40', None),
        ('@"P1Y" * 1e40', None),
    ],
)
def test_what_is_asked_of_them(text: str, value: object) -> None:
    assert feel.evaluate(text, {}) == value


@pytest.mark.fault(21)
def test_callers_get_pythons_own_where_it_can_hold_the_value() -> None:
    assert feel.evaluate('date("9999-12-31")', {}) == date(9999, 12, 31)
    assert feel.evaluate('date("9999-12-31") + @"P1D"', {}) == Date.of(10000, 1, 1)
    assert feel.evaluate('[@"10:00:00.000001", @"10:00:00.000000001"]', {}) == [
        time(10, microsecond=1),
        Time.of(10, 0, 0, 1),
    ]
    assert feel.evaluate('@"P1D" + @"PT0.000000001S"', {}) == DaysTime(86_400 * 10**9 + 1)
    assert isinstance(feel.evaluate('@"12026-01-01T00:00:00"', {}), Moment)
    assert feel.evaluate('{a: {b: @"PT1H"}}', {}) == {"a": {"b": timedelta(hours=1)}}
    assert feel.parse_moment("12026-01-01") is None
    assert feel.parse_duration("PT0.000000001S") is None


@pytest.mark.fault(21)
def test_own_functions_get_pythons_values_and_may_give_them() -> None:
    seen: list[object] = []

    def put(*values: object) -> datetime:
        seen.extend(values)
        return datetime(2026, 3, 1, 8, tzinfo=UTC)

    found = feel.evaluate('put(@"2026-01-01", [@"PT1H"], @"10:00:00") + @"PT1H"', {}, {"put": put})
    assert found == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert seen == [date(2026, 1, 1), [timedelta(hours=1)], time(10)]


def test_what_callers_give_is_taken_wherever_it_stands() -> None:
    context = {
        "day": date(2026, 3, 1),
        "at": datetime(2026, 3, 1, 8, 30, 0, 5, tzinfo=timezone(timedelta(hours=8))),
        "length": timedelta(days=1, microseconds=1),
        "days": [{"day": date(2026, 3, 2)}, {"day": date(2026, 3, 1)}],
        "clock": time(8, 30),
    }
    for text in (
        'day = @"2026-03-01"',
        'at = @"2026-03-01T00:30:00.000005Z"',
        'string(length) = "P1DT0.000001S"',
        "sort(days.day)[1] = day",
        "list contains(days.day, day)",
        'min(days.day) + @"P1D" = days[1].day',
        'clock + @"PT1H" = @"09:30:00"',
        'day in [@"2026-02-01"..@"2026-04-01"]',
        'count(days[day = @"2026-03-01"]) = 1',
        'date and time(day, clock) = @"2026-03-01T08:30:00"',
        "abs(-length) = length",
        "is(day, days[2].day)",
        "at instance of date and time",
    ):
        assert feel.evaluate(text, context) is True, text


def test_an_hour_that_comes_twice_is_told_apart() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)
    assert feel.evaluate('at + @"PT1H"', {"at": first}) == first.replace(fold=1)
    assert feel.evaluate('(at + @"PT1H") - at', {"at": first}) == timedelta(hours=1)
    assert feel.evaluate("later - at", {"at": first, "later": first.replace(fold=1)}) == timedelta(hours=1)


@pytest.mark.fault(21)
@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-01-15T23:00:00", "2026-02-15T01:00:00", 1),
        ("2026-01-15T23:00:00+08:00", "2026-02-15T01:00:00Z", 1),
        ("2026-01-15T01:00:00", "2026-02-14T23:00:00", 0),
        ("2026-02-15T01:00:00", "2026-01-15T23:00:00", -1),
        ("2026-02-15", "2024-01-16", -24),
        ("2026-02-15", "2024-01-15T23:00:00", -25),
        ("2014-12-31", "-999999999-10-01", -12 * 1_000_002_013 - 2),
    ],
)
def test_months_between_look_at_the_days_alone(start: str, end: str, months: int) -> None:
    text = f'years and months duration(@"{start}", @"{end}")'
    assert feel.evaluate(text, {}) == YearsMonths(months)
