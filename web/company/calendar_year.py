"""A year of a calendar, drawn as twelve tables that read in print, on a phone and aloud."""

import calendar
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from engine.company.calendars import Differing, Intervals, WorkingTime, year
from engine.company.calendars.year import Kind, YearDay
from web.shell.formats import MONTHS, day
from web.shell.language import gettext as _
from web.shell.language import language


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the drawing. `mark`: why it stands out, in a letter or two; `said`: all of it in words."""

    day: date
    kind: Kind
    hours: str
    mark: str
    said: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the drawing: its weeks, Monday first, None for days of other months."""

    first: date
    name: str
    weeks: Sequence[Sequence[Cell | None]]


@dataclass(frozen=True, slots=True)
class Year:
    """A year of a calendar, and how many days of each kind it has."""

    number: int
    months: Sequence[Month]
    counts: Mapping[Kind, int]


def draw(working: WorkingTime, number: int, differing: Mapping[date, Differing], weekdays: Sequence[str]) -> Year:
    """The drawing of a year. `weekdays`: their names, Monday first."""
    days = year.days(working, number, {each.day: each.name for each in differing.values()})
    cells = {each.day: _cell(each, weekdays) for each in days}
    months = [
        Month(
            date(number, month, 1),
            _("{month}月", month=month) if language() == "zh" else MONTHS[month - 1],
            [
                [cells.get(each) if each.month == month else None for each in week]
                for week in calendar.Calendar().monthdatescalendar(number, month)
            ],
        )
        for month in range(1, 13)
    ]
    return Year(number, months, Counter(each.kind for each in days))


def kinds() -> dict[Kind, tuple[str, str]]:
    """Each kind of day: its name, and the mark that it has without colours."""
    return {
        "work": (_("上班"), ""),
        "short": (_("缩短"), "◐"),
        "make_up": (_("调休或加班"), _("班")),
        "free": (_("休息"), _("休")),
        "unknown": (_("还不知道是不是节假日"), "?"),
    }


def _cell(each: YearDay, weekdays: Sequence[str]) -> Cell:
    name, mark = kinds()[each.kind]
    if each.kind == "free" and not each.why:
        mark = ""  # a free weekday of any week
    named = each.name[0 if language() == "zh" else 1]
    hours = spans(each.hours)
    parts = [f"{day(each.day)} {weekdays[each.day.weekday()]}", name, hours, named]
    return Cell(each.day, each.kind, hours, mark, _("，").join(part for part in parts if part))


def spans(hours: Intervals) -> str:
    """The hours of a day: 09:00–12:00 13:30–18:00."""
    return " ".join(f"{opens:%H:%M}–{'24:00' if closes == time() else f'{closes:%H:%M}'}" for opens, closes in hours)
