"""Dates and times as files write them, in the company's time zone."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from engine.importing import clocks
from engine.importing.cleaning import plain

Order = Literal["day first", "month first", ""]
"""What 3/4/2020 means; empty: unknown."""

Said = tuple[str, str]

EARLIEST = 1990
SERIALS = (32_874, 73_050)
"""Days since 1899-12-30, as spreadsheets count: the years 1990 to 2099."""

MONTHS = {
    name: number + 1
    for number, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
}
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})\s*(?:[-/.年]\s*)(?P<month>\d{1,2})\s*(?:[-/.月]\s*)(?P<day>\d{1,2})\s*[日号]?"
)
_YEAR_LAST = re.compile(r"(?P<first>\d{1,2})\s*[-/.]\s*(?P<second>\d{1,2})\s*[-/.]\s*(?P<year>\d{4})")
_NAMED = re.compile(
    r"(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)?[\s\-/]+)?(?P<name>[a-z]{3,9})\.?[\s\-/]+(?:(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?[\s\-/]+)?(?P<year>\d{4})"
)
_PACKED = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:t?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?"
)
_WEEKDAY = re.compile(r"[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s")


@dataclass(frozen=True, slots=True)
class Read:
    """The content of a cell: a moment, or why there is none. `day_only`: a date without a time."""

    at: datetime | None
    day_only: bool = False
    wrong: Said | None = None


def order_of(cells: Iterable[object]) -> Order:
    """Return what 3/4/2020 means in a column, by its unambiguous dates; AM and PM suggest American order."""
    firsts = seconds = halves = False
    for cell in cells:
        if isinstance(cell, str) and (found := _YEAR_LAST.match(_narrow(cell))):
            firsts |= int(found["first"]) > 12
            seconds |= int(found["second"]) > 12
            halves |= bool(re.search(r"[ap]\.?m", cell, re.IGNORECASE))
    if firsts != seconds:
        return "day first" if firsts else "month first"
    return "month first" if halves and not firsts else ""


def read(cell: object, zone: tzinfo, order: Order = "") -> Read:
    """Return the moment in a cell, or nothing if it is empty."""
    if isinstance(cell, datetime):
        bare = cell.time() == time()
        return _within(cell if cell.tzinfo else cell.replace(tzinfo=zone), bare)
    if isinstance(cell, date):
        return _within(datetime.combine(cell, time(), zone), True)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _number(float(cell), zone) if (said := _as_packed(cell)) is None else _text(said, zone, order)
    if isinstance(cell, time | timedelta):
        return _unknown(plain(cell))
    text = _narrow(plain(cell))
    return _text(text, zone, order) if text else Read(None)


def with_clock(day: Read, cell: object, zone: tzinfo, order: Order = "") -> Read:
    """Return a day with the time of day from another cell. A whole moment there counts alone."""
    if day.wrong is not None or cell is None or not plain(cell).strip():
        return day
    clock = clocks.read(cell)
    if clock is None:
        return read(cell, zone, order)
    if day.at is None:
        return Read(None, wrong=("只有几点，没有日期。", "there is a time of day, but no date."))
    local = day.at.astimezone(zone)
    return _within(datetime.combine(local.date(), clock, zone), False)


def _as_packed(cell: float) -> str | None:
    """Return a number that is a date written together, 20261103 or 20261103093000, as text; None for others."""
    if cell != int(cell) or len(said := str(int(cell))) not in (8, 12, 14) or not _PACKED.fullmatch(said):
        return None
    year, month, day = int(said[:4]), int(said[4:6]), int(said[6:8])
    return said if EARLIEST <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31 else None


def _narrow(text: str) -> str:
    plain_text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_WEEKDAY.sub(" ", plain_text).split()).strip(" '\"")


def _text(text: str, zone: tzinfo, order: Order) -> Read:
    if re.fullmatch(r"\d+(?:\.\d+)?", text) and not _PACKED.fullmatch(text):
        return _number(float(text), zone)
    for shape in (_packed, _year_first, _year_last, _named):
        found = shape(text, order)
        if isinstance(found, Read):
            return found
        if found is not None:
            return _build(text, found, zone)
    return _unknown(text)


@dataclass(frozen=True, slots=True)
class _Day:
    """The numbers of a date as written, and the rest of the text."""

    year: int
    month: int
    day: int
    rest: str


def _packed(text: str, _: Order) -> "_Day | None":
    found = _PACKED.fullmatch(text)
    if found is None:
        return None
    clock = f"{found['hour']}:{found['minute']}:{found['second'] or '00'}" if found["hour"] else ""
    return _Day(int(found["year"]), int(found["month"]), int(found["day"]), clock)


def _year_first(text: str, _: Order) -> "_Day | None":
    found = _YEAR_FIRST.match(text)
    return found and _Day(int(found["year"]), int(found["month"]), int(found["day"]), text[found.end() :])


def _year_last(text: str, order: Order) -> "_Day | Read | None":
    found = _YEAR_LAST.match(text)
    if found is None:
        return None
    first, second, year, rest = int(found["first"]), int(found["second"]), int(found["year"]), text[found.end() :]
    if first > 12 and order != "month first":
        return _Day(year, second, first, rest)
    if second > 12 and order != "day first":
        return _Day(year, first, second, rest)
    if order == "day first" or (not order and "." in found[0]):  # with dots nobody writes the month first
        return _Day(year, second, first, rest)
    if order == "month first" or first == second:
        return _Day(year, first, second, rest)
    return Read(
        None,
        wrong=(
            f"看不出“{text}”哪个是月、哪个是日，请写成 {year}-月-日。",
            f"it is not clear which is the day and which the month in “{text}”; write {year}-month-day.",
        ),
    )


def _named(text: str, _: Order) -> "_Day | None":
    found = _NAMED.match(text)
    month = MONTHS.get(found["name"][:3]) if found else None
    if found is None or month is None or bool(found["d1"]) == bool(found["d2"]):
        return None
    return _Day(int(found["year"]), month, int(found["d1"] or found["d2"]), text[found.end() :])


def _build(text: str, day: _Day, zone: tzinfo) -> Read:
    rest = day.rest.strip(" t,，-")
    at = clocks.TIME.fullmatch(rest) if rest else None
    if rest and at is None:
        return _unknown(text)
    try:
        on = date(day.year, day.month, day.day)
    except ValueError:
        return Read(None, wrong=(f"没有“{text}”这一天。", f"there is no such day as “{text}”."))
    if at is None:
        return _within(datetime.combine(on, time(), zone), True)
    clock = clocks.of(at)
    if clock is None:
        return Read(None, wrong=(f"没有“{text}”这个时刻。", f"there is no such time as “{text}”."))
    return _within(datetime.combine(on, clock, _zone(at["zone"], zone)), False)


def _zone(said: str | None, zone: tzinfo) -> tzinfo:
    if not said:
        return zone
    if said in ("z", "utc", "gmt"):
        return UTC
    return datetime.strptime(said.replace(":", ""), "%z").tzinfo or zone


def _number(value: float, zone: tzinfo) -> Read:
    """Parse a spreadsheet's day number, or seconds or milliseconds since 1970."""
    if 1e9 <= value < 4e9:
        return _within(datetime.fromtimestamp(int(value), zone), False)
    if 1e12 <= value < 4e12:
        return _within(datetime.fromtimestamp(int(value) // 1000, zone), False)
    if SERIALS[0] <= value < SERIALS[1]:
        moment = datetime(1899, 12, 30, tzinfo=zone) + timedelta(days=int(value), seconds=round(value % 1 * 86400))
        return _within(moment, value == int(value))
    if 0 <= value < SERIALS[0]:
        said = (
            f"数字 {value:g} 换算成日期在 {EARLIEST} 年以前。",
            f"the number {value:g} as a date lies before {EARLIEST}.",
        )
        return Read(None, wrong=said)
    return _unknown(f"{value:g}")


def _within(at: datetime, day_only: bool) -> Read:
    if at.year < EARLIEST or at.year > 2100:
        day = f"{at:%Y-%m-%d}"
        return Read(
            None,
            wrong=(
                f"日期 {day} 不可能（空日期常被程序写成 1900 年）。",
                f"the date {day} is impossible (programs write 1900 for an empty date).",
            ),
        )
    return Read(at.astimezone(UTC), day_only)


def _unknown(text: str) -> Read:
    shown = text[:40]
    return Read(
        None, wrong=(f"“{shown}”不是日期，请写成 2026-03-02 09:30。", f"“{shown}” is no date; write 2026-03-02 09:30.")
    )
