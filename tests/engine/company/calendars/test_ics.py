"""Calendar files: what is read, what is passed over and said, and what a hostile one costs."""

from collections.abc import Iterable
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.company.calendars import USUAL, WorkingTime, brought, exporting, ics, shifts, year
from engine.company.calendars.calendar import intervals, weekly
from engine.company.calendars.ics import NotACalendar, Read

CHINA = ZoneInfo("Asia/Shanghai")
WINDOW = date(2026, 1, 1), date(2029, 12, 31)
WORKING = WorkingTime(weekly(USUAL))


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])


def file(*events: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *events, "END:VCALENDAR", ""]).encode()


def read(content: bytes) -> Read:
    return ics.read(content, CHINA, WINDOW)


def days(*lines: str, means: brought.Means = "closed") -> dict[str, list[list[str]]]:
    """Day to hours that one event leaves."""
    found = read(file(event(*lines)))
    assert not found.passed, found.passed
    return {f"{each.day:%m-%d}": each.hours for each in brought.days(WORKING, found.pieces, means)}


def why(*lines: str) -> str:
    """Why an event is passed over."""
    found = read(file(event("SUMMARY:开会", *lines)))
    assert found.pieces == []
    return found.passed[0].zh


def test_days_off_power_cuts_and_events_of_several_days() -> None:
    assert days("SUMMARY:停电", "DTSTART;VALUE=DATE:20260303") == {"03-03": []}
    assert days("DTSTART;VALUE=DATE:20260303", "DTEND;VALUE=DATE:20260305") == {"03-03": [], "03-04": []}
    assert days("DTSTART:20260303T110000", "DTEND:20260303T150000") == {
        "03-03": [["09:00", "11:00"], ["15:00", "18:00"]]
    }
    assert days("DTSTART:20260303T090000Z", "DURATION:PT2H") == {
        "03-03": [["09:00", "12:00"], ["13:30", "17:00"]]  # nine in Greenwich is five in Shanghai
    }
    assert days("DTSTART;TZID=China Standard Time:20260303T170000", "DTEND:20260305T100000") == {
        "03-03": [["09:00", "12:00"], ["13:30", "17:00"]],
        "03-04": [],
        "03-05": [["10:00", "12:00"], ["13:30", "18:00"]],
    }
    assert days("DTSTART;VALUE=DATE:20260307") == {}, "a Saturday is free anyway"


def test_shifts_are_hours_to_work_in() -> None:
    night = days("DTSTART:20260303T220000", "DTEND:20260304T060000", means="open")
    assert night == {"03-03": [["22:00", "24:00"]], "03-04": [["00:00", "06:00"]]}
    assert days("DTSTART;VALUE=DATE:20260307", means="open") == {"03-07": USUAL["mon"]}


@pytest.mark.parametrize(
    ("name", "works"), [("国庆节（班）", True), ("补班", True), ("元旦 班", True), ("夜班", False), ("不上班", False)]
)
def test_a_make_up_day_among_days_off_is_worked(name: str, works: bool) -> None:
    assert days(f"SUMMARY:{name}", "DTSTART;VALUE=DATE:20260307") == ({"03-07": USUAL["mon"]} if works else {})


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("FREQ=YEARLY", ["2026-03-03", "2027-03-03", "2028-03-03", "2029-03-03"]),
        ("FREQ=YEARLY;COUNT=14", ["2026-03-03", "2027-03-03", "2028-03-03"]),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3;UNTIL=20270303", ["2026-03-03", "2027-03-03"]),
        ("FREQ=YEARLY;INTERVAL=4", ["2027-03-03"]),
    ],
)
def test_yearly_repetitions(rule: str, found: list[str]) -> None:
    said = read(file(event("DTSTART;VALUE=DATE:20150303", f"RRULE:{rule}")))
    assert [str(each.day) for each in said.pieces] == found


def test_weekly_repetitions() -> None:
    said = read(file(event("DTSTART;VALUE=DATE:20251204", "RRULE:FREQ=WEEKLY;COUNT=8;BYDAY=TU,TH", "EXDATE:20260106")))
    # 4, 9, 11, 16, 18, 23, 25, 30 December: the eight end before the year
    assert said.pieces == []
    again = read(
        file(event("DTSTART;VALUE=DATE:20251204", "RRULE:FREQ=WEEKLY;COUNT=12;BYDAY=TU,TH", "EXDATE:20260106"))
    )
    assert [str(each.day) for each in again.pieces] == ["2026-01-01", "2026-01-08", "2026-01-13"]
    other = read(file(event("DTSTART:20260303T170000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260401")))
    assert [str(each.day) for each in other.pieces] == ["2026-03-03", "2026-03-17", "2026-03-31"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["DTSTART;VALUE=DATE:20260303", "RRULE:FREQ=MONTHLY"], "只认每年、每周"),
        (["DTSTART;VALUE=DATE:20260303", "RRULE:FREQ=SECONDLY;COUNT=999999999"], "只认每年、每周"),
        (["DTSTART;VALUE=DATE:20260303", f"RRULE:FREQ=YEARLY;BYDAY={'MO,' * 50_000}"], "只认每年、每周"),
        (["DTSTART;VALUE=DATE:20260303", "RRULE:FREQ=YEARLY;COUNT=99999999999999999999"], "COUNT"),
        (["DTSTART;VALUE=DATE:20260303", "RRULE:FREQ=WEEKLY;BYDAY=1MO"], "BYDAY"),
        (["DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY;COUNT=3"], "COUNT"),
        (["DTSTART;VALUE=DATE:20261303"], "没有这样的日期"),
        (["DTSTART;TZID=../../etc/passwd:20260303T100000", "DURATION:PT1H"], "不认识时区"),
        (["DTSTART:20260303T100000"], "没有长度"),
        (["DTSTART:20260303T100000", "DTEND:20260303T090000"], "没有长度"),
        (["DTSTART:20260303T100000", "DTEND;VALUE=DATE:20260303"], "一个有钟点"),
        (["DTSTART:20260303T100000", "DURATION:P9999999999Y"], "时长读不懂"),
        (["DTSTART;VALUE=DATE:20260303", "STATUS:CANCELLED"], "已取消"),
        (["DTSTART;VALUE=DATE:20260303", "RECURRENCE-ID:20260303"], "单独改过"),
        (["SUMMARY:x"], "没有能读的日期"),
    ],
)
def test_what_is_passed_over_is_said(lines: Iterable[str], said: str) -> None:
    assert said in why(*lines)


def test_dates_at_the_ends_of_time_are_harmless() -> None:
    for lines in (
        ["DTSTART;VALUE=DATE:99991231", "RRULE:FREQ=WEEKLY"],
        ["DTSTART;VALUE=DATE:00010101", "RRULE:FREQ=WEEKLY;BYDAY=SU"],
        ["DTSTART;VALUE=DATE:00010101", "DTEND;VALUE=DATE:99991231", "RRULE:FREQ=YEARLY"],
        ["DTSTART:00010101T000000Z", "DTEND:99991231T235959Z"],
    ):
        read(file(event(*lines)))


def test_an_alarm_or_a_zone_does_not_speak_for_the_event() -> None:
    zone = "BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    alarm = "BEGIN:VALARM\r\nSUMMARY:响铃\r\nDTSTART:20200101\r\nEND:VALARM"
    found = read(file(zone, event(alarm, 'SUMMARY;X="a:b;c":春\\, 节\\n 快乐', "DTSTART;VALUE=DATE:20260303")))
    assert [(each.name, str(each.day)) for each in found.pieces] == [("春, 节 快乐", "2026-03-03")]


def test_folded_lines_and_other_encodings() -> None:
    plain = file(event("SUMMARY:停水检修", "DTSTART;VALUE=DATE:20260303"))
    folded = b"\r\n ".join(bytes([each]) for each in b"X-LONG:" + b"a" * 100_000)
    deep = plain.replace(b"SUMMARY", folded + b"\r\nSUMMARY")
    for content in (plain, b"\xef\xbb\xbf" + plain, plain.decode().encode("gb18030"), deep):
        assert [each.name for each in read(content).pieces] == ["停水检修"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "BEGIN:VCALENDAR"),
        (b"PK\x03\x04", "BEGIN:VCALENDAR"),
        (file().decode().encode("utf-16"), "BEGIN:VCALENDAR"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "没有完"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "对不上"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 10_000, "嵌套太深"),
        (file(*[event("DTSTART;VALUE=DATE:20260303")] * 5_001), "5000 个日程"),
        (file(*[event("DTSTART;VALUE=DATE:20260101", "DTEND;VALUE=DATE:20291231")] * 100), "20000 天"),
        (file(event("DTSTART;VALUE=DATE:20100101", "DURATION:P9999D", "RRULE:FREQ=WEEKLY")), "20000 天"),
        (b"BEGIN:VCALENDAR\r\n" + b"x" * 1_000_001, "1 MB"),
    ],
)
def test_what_is_no_calendar_or_too_much_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(NotACalendar) as refused:
        read(content)
    assert said in refused.value.text("zh")
    assert refused.value.text("en")


def test_three_thousand_events_are_read() -> None:
    every = [event(f"SUMMARY:{number}", f"DTSTART;VALUE=DATE:{2000 + number % 40}0303") for number in range(3_000)]
    found = read(file(*every))
    assert (found.events, len(found.pieces), found.outside) == (3_000, 300, 2_700)
    assert [each.day.year for each in brought.days(WORKING, found.pieces, "closed")] == [2026, 2027, 2028, 2029]


MANGLED = (
    "DTSTART;VALUE=DATE:20260303", "DTSTART:20260303T100000Z", "DTSTART;TZID=Europe/Berlin:20260329T023000",
    "DTSTART:99991231T235900", "DTSTART:00010101T000000Z", "DTEND;VALUE=DATE:99991231", "DTEND:20260304T110000",
    "DURATION:P1DT2H", "RRULE:FREQ=YEARLY;COUNT=3", "RRULE:FREQ=WEEKLY;BYDAY=MO,TU;UNTIL=20270101T000000Z",
    "RRULE:FREQ=WEEKLY;INTERVAL=999999;COUNT=999999", "EXDATE:20260303,20270303", "X-BIHUAN-HOURS:09:00-12:00",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(MANGLED)), st.data())
def test_whatever_comes_is_read_or_refused(lines: list[str], data: st.DataObject) -> None:
    content = bytearray(file(event(*lines)))
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(
            st.sampled_from(b'0123456789;:=,TZ-+\r\n "\\/PM')
        )
    try:
        found = read(bytes(content))
    except NotACalendar:
        return
    for means in ("closed", "open"):
        for each in brought.days(WORKING, found.pieces, means):
            intervals(each.hours)


def test_passed_over_events_are_named_up_to_a_bound() -> None:
    found = read(file(*[event("DTSTART:x")] * 70))
    assert (len(found.passed), found.more) == (50, 20)


def test_what_we_export_we_read_back() -> None:
    own = {
        date(2026, 3, 3): ((time(9), time(11)), (time(14), time())),
        date(2026, 3, 7): ((time(9), time(12)),),
        date(2026, 3, 4): (),
    }
    named = {date(2026, 3, 3): "停电, 检修; \\", date(2026, 3, 4): "节" * 80}
    here = WorkingTime(weekly(USUAL), own)
    differing = [each for each in year.days(here, 2026, named) if each.why]
    content = exporting.write("阳光里", differing, "zh")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    again = brought.days(WORKING, read(content).pieces, "closed")
    assert {each.day: intervals(each.hours) for each in again} == own
    assert {each.day: each.name for each in again if each.day in named} == named


def test_a_year_says_what_each_of_its_days_is() -> None:
    here = WorkingTime(
        weekly(USUAL), {date(2026, 3, 3): ((time(9), time(11)),), date(2026, 3, 7): ((time(9), time(11)),)}
    )
    found = {each.day: each for each in year.days(here, 2026, {date(2026, 3, 3): "停电"})}
    assert len(found) == 365
    assert [found[date(2026, *day)].kind for day in ((3, 2), (3, 3), (3, 7), (2, 14), (2, 17), (3, 8))] == [
        "work", "short", "make_up", "make_up", "free", "free",
    ]  # fmt: skip
    assert found[date(2026, 2, 17)].name == ("春节", "Spring Festival")
    assert found[date(2026, 3, 3)].name[0] == "停电"
    assert {each.kind for each in year.days(here, 2099, {})} == {"unknown"}


WEEKS = [
    {"mon": [["22:00", "06:00"]]},
    {"sun": [["22:00", "06:00"]], "mon": [["08:00", "12:00"]]},
    {day: [["00:00", "24:00"]] for day in ("mon", "tue")},
    {day: [["14:00", "22:00"], ["22:00", "06:00"], ["06:00", "10:00"]] for day in USUAL},
    USUAL,
]


@pytest.mark.parametrize("week", WEEKS)
def test_nights_are_parted_at_midnight_and_shown_as_one(week: dict[str, list[list[str]]]) -> None:
    stored = shifts.parted(week)
    weekly(stored)
    assert shifts.parted(shifts.joined(stored)) == stored
    assert stored != shifts.joined(stored) or all(a < b for spans in week.values() for a, b in spans)
