"""Reads calendar files (iCalendar, RFC 5545) as days: what a working calendar needs of them, and within bounds.

Anybody's file may come: its size, its events and the days that they cover are counted, nothing is nested, and what is
not understood is passed over and said.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.company.calendars.repeating import Unread, repeated
from engine.company.calendars.working_time import DAY
from engine.core import parsing
from engine.core.errors import BihuanError

LARGEST = 1_000_000
"""Bytes of a file."""

MOST_EVENTS = 5_000
LONGEST = timedelta(days=5_000)  # that one event may last
MOST_DAYS = 20_000
"""Days that all events of a file may cover together."""

LONGEST_NAME = 80
DEEPEST = 5  # an alarm in an event in a calendar are three
MOST_PASSED = 50
"""Passed-over events that are named; more are counted."""

HOURS = "X-BIHUAN-HOURS"
"""Our own exports say here which hours an all-day event means: 09:00-12:00,13:30-18:00, or nothing."""

KNOWN = frozenset(
    {"SUMMARY", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "STATUS", "RECURRENCE-ID", HOURS}
)
OUTLOOK: Mapping[str, str] = {"China Standard Time": "Asia/Shanghai", "Taipei Standard Time": "Asia/Taipei"}
"""Zones as Outlook names them in Chinese offices."""


class NotACalendar(BihuanError):
    """The content is no calendar file, or beyond our bounds."""

    zh = "这不是能读的日历文件（.ics）：{why_zh}。"
    en = "This is no calendar file (.ics) that can be read: {why_en}."


@dataclass(frozen=True, slots=True)
class Piece:
    """What an event says of one day. `span`: from when to when (24:00 is `time()`), None for all day; `hours`: those
    that our own export gives it."""

    day: date
    name: str
    span: tuple[time, time] | None = None
    hours: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """An event that was passed over, and why."""

    name: str
    zh: str
    en: str


@dataclass(slots=True)
class Read:
    """A file as days. `outside`: how many events say nothing of the time that was asked for; `more`: how many were
    passed over beside those named."""

    pieces: list[Piece] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    more: int = 0
    events: int = 0
    outside: int = 0

    def pass_over(self, name: str, why: Unread) -> None:
        """Note an event that says nothing here."""
        if len(self.passed) < MOST_PASSED:
            self.passed.append(Passed(name, why.text("zh"), why.text("en")))
        else:
            self.more += 1


@dataclass(frozen=True, slots=True)
class Property:
    """One line of an event."""

    value: str
    parameters: Mapping[str, str]


Event = dict[str, list[Property]]


def read(content: bytes, zone: tzinfo, window: tuple[date, date], patience: float | None = None) -> Read:
    """Return what a file says of the days of `window` (the first and the last), at home in `zone`. `patience`: as for
    `parsing.alone`. Raises `NotACalendar`, `Busy`."""
    parsing.require_unlocked()
    found = Read()
    with parsing.alone(patience):
        for event in _events(_lines(_text(content))):
            found.events += 1
            if found.events > MOST_EVENTS:
                raise NotACalendar(why_zh=f"超过 {MOST_EVENTS} 个日程", why_en=f"more than {MOST_EVENTS} events")
            name = _name(event)
            try:
                pieces = _pieces(event, name, zone, window)
            except Unread as why:
                found.pass_over(name, why)
                continue
            found.pieces += pieces
            found.outside += not pieces
            if len(found.pieces) > MOST_DAYS:
                raise NotACalendar(
                    why_zh=f"日程一共超过 {MOST_DAYS} 天", why_en=f"events of more than {MOST_DAYS} days"
                )
    return found


# ---- lines -----------------------------------------------------------------------------------------------------------


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise NotACalendar(why_zh=f"超过 {LARGEST // 1_000_000} MB", why_en=f"larger than {LARGEST // 1_000_000} MB")
    for encoding in ("utf-8-sig", "gb18030"):  # Outlook of Chinese offices still writes the latter
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "BEGIN:VCALENDAR" in text[:1000].upper() and "\0" not in text:
            return text
    raise NotACalendar(why_zh="开头不是 BEGIN:VCALENDAR", why_en="it does not begin with BEGIN:VCALENDAR")


def _lines(text: str) -> Iterator[str]:
    """Yield whole lines: one that begins with a blank goes on with the one before."""
    parts: list[str] = []
    for line in re.split(r"\r\n|\n|\r", text):
        if line[:1] in (" ", "\t"):
            parts.append(line[1:])
            continue
        if parts:
            yield "".join(parts)
        parts = [line]
    yield "".join(parts)


def _events(lines: Iterator[str]) -> Iterator[Event]:
    """Yield the events; what stands within one (an alarm) or elsewhere (a time zone) is left out."""
    inside: list[str] = []
    event: Event = {}
    for line in lines:
        name, parameters, value = _split(line)
        if name == "BEGIN":
            inside.append(value.strip().upper())
            if inside == ["VCALENDAR", "VEVENT"]:
                event = {}
            elif len(inside) > DEEPEST:
                raise NotACalendar(why_zh="嵌套太深", why_en="it is nested too deep")
        elif name == "END":
            if inside == ["VCALENDAR", "VEVENT"]:
                yield event
            if not inside or inside.pop() != value.strip().upper():
                raise NotACalendar(why_zh="BEGIN 和 END 对不上", why_en="BEGIN and END do not match")
        elif name in KNOWN and inside == ["VCALENDAR", "VEVENT"]:
            event.setdefault(name, []).append(Property(value, parameters))
    if inside:
        raise NotACalendar(why_zh="文件没有完", why_en="it breaks off")


def _split(line: str) -> tuple[str, dict[str, str], str]:
    """Return a line's name, parameters and value; colons and semicolons within quotes belong to a parameter."""
    pieces, start, quoted = [], 0, False
    for at, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character in ";:" and not quoted:
            pieces.append(line[start:at])
            start = at + 1
            if character == ":":
                break
    else:
        return "", {}, ""
    pairs = (each.partition("=") for each in pieces[1:])
    return pieces[0].strip().upper(), {key.upper(): said.strip('"') for key, _, said in pairs}, line[start:]


def _name(event: Event) -> str:
    said = _first(event, "SUMMARY")
    text = re.sub(r"\\(.)", lambda found: " " if found[1] in "nN" else found[1], said.value if said else "")
    return " ".join(word for word in text.split() if word.isprintable())[:LONGEST_NAME]


def _first(event: Event, name: str) -> Property | None:
    return event[name][0] if name in event else None


# ---- events ----------------------------------------------------------------------------------------------------------


def _pieces(event: Event, name: str, zone: tzinfo, window: tuple[date, date]) -> list[Piece]:
    """Return what an event says of the days within the window. Raises `Unread`."""
    if (status := _first(event, "STATUS")) and status.value.strip().upper() == "CANCELLED":
        raise Unread(zh="已取消", en="it is cancelled")
    if "RECURRENCE-ID" in event or "RDATE" in event:
        raise Unread(zh="重复中单独改过的一次，或另列的日期", en="a changed round of a repetition, or extra dates")
    begins = _moment(_first(event, "DTSTART"), zone)
    length = _length(event, begins, zone)
    excluded = {_moment(one, zone) for each in event.get("EXDATE", ()) for one in _parts(each)}
    rule = _first(event, "RRULE")
    found: list[Piece] = []
    for each in repeated(begins, rule.value, length, window) if rule else [begins]:
        if each not in excluded:
            found += _days(each, length, name, _hours(event), window)
        if len(found) > MOST_DAYS:
            break
    return found


def _parts(said: Property) -> Iterator[Property]:
    return (Property(each, said.parameters) for each in said.value.split(",")[:MOST_EVENTS])


def _moment(said: Property | None, zone: tzinfo) -> date:
    """Return a day, or a moment as the clock of `zone` shows it. Raises `Unread`."""
    found = re.fullmatch(r"(\d{8})(?:T(\d{4})(\d\d)?(Z)?)?", said.value.strip()) if said else None
    if said is None or found is None:
        raise Unread(zh="没有能读的日期", en="it has no date that can be read")
    try:
        if found[2] is None:
            return datetime.strptime(found[1], "%Y%m%d").date()  # noqa: DTZ007 - a day
        local = datetime.strptime(found[1] + found[2], "%Y%m%d%H%M")  # noqa: DTZ007 - its zone follows
        named = "UTC" if found[4] else said.parameters.get("TZID", "")
        return local.replace(tzinfo=_zone(named)).astimezone(zone).replace(tzinfo=None) if named else local
    except (ValueError, OverflowError):
        raise Unread(zh="没有这样的日期", en="there is no such date") from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(OUTLOOK.get(name, name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unread(zh=f"不认识时区 {name[:40]}", en=f"the time zone {name[:40]} is not known") from None


def _length(event: Event, begins: date, zone: tzinfo) -> timedelta:
    """Return how long an event lasts. Raises `Unread` for one that lasts no time."""
    timed = isinstance(begins, datetime)
    length = DAY if not timed else timedelta()
    if "DTEND" in event:
        ends = _moment(_first(event, "DTEND"), zone)
        if isinstance(ends, datetime) != timed:
            raise Unread(zh="开始和结束一个有钟点、一个没有", en="only one of its beginning and end has a time of day")
        length = ends - begins
    elif said := _first(event, "DURATION"):
        found = re.fullmatch(
            r"P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d{1,6}S)?)?", said.value.strip()
        )
        if found is None:
            raise Unread(zh="时长读不懂", en="its duration cannot be read")
        weeks, days, hours, minutes = (int(each or 0) for each in found.groups())
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    if length <= timedelta():
        raise Unread(zh="没有长度", en="it lasts no time")
    return min(length, LONGEST)


def _days(
    begins: date, length: timedelta, name: str, hours: tuple[str, ...] | None, window: tuple[date, date]
) -> Iterator[Piece]:
    """Yield a part of an event for each day that it touches within the window."""
    start = begins if isinstance(begins, datetime) else datetime.combine(begins, time())
    if start.date() > window[1]:
        return
    end = min(start + length, datetime.combine(window[1] + DAY, time()))
    day = max(start.date(), window[0])
    while datetime.combine(day, time()) < end:
        midnight = datetime.combine(day, time())
        since, until = max(start, midnight), min(end, midnight + DAY)
        whole = not isinstance(begins, datetime) or until - since == DAY
        yield Piece(day, name, None if whole else (since.time(), until.time()), hours if whole else None)
        day += DAY


def _hours(event: Event) -> tuple[str, ...] | None:
    said = _first(event, HOURS)
    return None if said is None else tuple(each.strip() for each in said.value[:500].split(",") if each.strip())
