"""What the events of a calendar file mean for working hours, day by day."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Literal

from engine.company.calendars.calendar import intervals
from engine.company.calendars.ics import LONGEST_NAME, Piece
from engine.company.calendars.working_time import Intervals, WorkingTime
from engine.core.errors import Unclear

Means = Literal["closed", "open"]
"""Whether nobody works during an event (holidays, a power cut), or people work just then (a plan of shifts)."""

WORKED = re.compile(r"补班|(?<![不用])上班|[（(\[【]班[）)\]】]|(?<![上值夜早中晚白])班$")
"""Names by which calendars of Chinese holidays mark a make-up workday among days off."""

END = 24 * 60  # minutes of a day

Minutes = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Brought:
    """A day that a file makes different. `before`: its hours without the file."""

    day: date
    hours: list[list[str]]
    name: str
    before: Intervals


def days(working: WorkingTime, pieces: Iterable[Piece], means: Means) -> list[Brought]:
    """Return the days that differ from the week and the known holidays, in order."""
    bare, by_day = replace(working, exceptions={}), defaultdict[date, list[Piece]](list)
    for each in pieces:
        by_day[each.day].append(each)
    found = []
    for day, said in sorted(by_day.items()):
        hours = _hours(bare, day, said, means) if (written := _written(said)) is None else written
        is_new = intervals(hours) != bare.on(day) or (bare.public_holidays and day > bare.known_until)
        if is_new:
            name = "、".join(dict.fromkeys(each.name for each in said if each.name))[:LONGEST_NAME]
            found.append(Brought(day, hours, name, bare.on(day)))
    return found


def texts(hours: Intervals) -> list[list[str]]:
    """Return hours of a day as they are stored."""
    return _texts(_minutes(each) for each in hours)


def _written(said: Sequence[Piece]) -> list[list[str]] | None:
    """Return the hours that our own export gives a day, if it does and they can be read."""
    for each in said:
        if each.hours is not None:
            hours = [span.split("-", 1) for span in each.hours]
            try:
                intervals(hours)
            except Unclear:
                continue
            return hours
    return None


def _hours(bare: WorkingTime, day: date, said: Sequence[Piece], means: Means) -> list[list[str]]:
    if means == "open":
        every = [span for each in said for span in (_worked(bare, day) if each.span is None else [_minutes(each.span)])]
        return _texts(_merged(every))
    if any(each.span is None and WORKED.search(each.name) for each in said):
        return _texts(_worked(bare, day))
    left = [_minutes(each) for each in bare.on(day)]
    for each in said:
        left = [] if each.span is None else _without(left, _minutes(each.span))
    return _texts(left)


def _worked(bare: WorkingTime, day: date) -> list[Minutes]:
    return [_minutes(each) for each in bare.worked_in(day)]


def _minutes(span: tuple[time, time]) -> Minutes:
    opens, closes = (each.hour * 60 + each.minute for each in span)
    return opens, closes or END


def _without(spans: Sequence[Minutes], gone: Minutes) -> list[Minutes]:
    parts = (part for a, b in spans for part in ((a, min(b, gone[0])), (max(a, gone[1]), b)))
    return [(a, b) for a, b in parts if a < b]


def _merged(spans: Sequence[Minutes]) -> list[Minutes]:
    found: list[Minutes] = []
    for a, b in sorted(spans):
        if found and a <= found[-1][1]:
            found[-1] = found[-1][0], max(b, found[-1][1])
        elif a < b:
            found.append((a, b))
    return found


def _texts(spans: Iterable[Minutes]) -> list[list[str]]:
    return [[f"{each // 60:02}:{each % 60:02}" for each in span] for span in spans]
